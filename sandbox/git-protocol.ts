import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readRefFiles } from "./ref-files.ts";

/** What a client asks for in version 2 of git's protocol: its command and the arguments, without capabilities. */
interface GitRequest {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Answers `ls-refs` as `git upload-pack` does, from the repository's files: half of what a fetch costs goes there
 * otherwise. Undefined where git itself must be asked, which is for tags: they may point at objects that have to be
 * peeled.
 */
export function answerLsRefs(dir: string, body: Buffer): Buffer | undefined {
  const { command, args } = parseRequest(body);
  if (command !== "ls-refs" || !args.every(isKnown)) return undefined;
  const prefixes = args.flatMap((arg) => (arg.startsWith("ref-prefix ") ? [arg.slice("ref-prefix ".length)] : []));
  const wanted = (name: string): boolean => prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix));
  const refs = [...readRefFiles(dir, "refs")].filter(([name]) => wanted(name));
  if (refs.some(([name]) => !/^refs\/(?:heads|pull)\//.test(name))) return undefined;
  const head = wanted("HEAD") ? headLine(dir, args) : [];
  return Buffer.concat([...[...head, ...refs.map(([name, id]) => `${id} ${name}`)].map(packet), Buffer.from("0000")]);
}

function isKnown(arg: string): boolean {
  return arg === "peel" || arg === "symrefs" || arg === "unborn" || arg.startsWith("ref-prefix ");
}

function headLine(dir: string, args: readonly string[]): string[] {
  const target = /^ref: (\S+)/.exec(readFileSync(join(dir, "HEAD"), "utf8"))?.[1];
  if (target === undefined) return [];
  const id = readRefFiles(dir, "refs/heads").get(target);
  const symbolic = args.includes("symrefs") ? ` symref-target:${target}` : "";
  if (id !== undefined) return [`${id} HEAD${symbolic}`];
  return args.includes("unborn") ? [`unborn HEAD${symbolic}`] : [];
}

function packet(line: string): Buffer {
  const bytes = Buffer.from(`${line}\n`);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
}

/**
 * The lines of a request up to its end, which is a packet of size 0; one of size 1 parts the arguments from what comes
 * before.
 */
function parseRequest(body: Buffer): GitRequest {
  const lines: string[] = [];
  let argsFrom = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 4 <= body.length; ) {
    const size = Number.parseInt(body.toString("latin1", at, at + 4), 16);
    if (size === 1) argsFrom = lines.length;
    else if (size >= 4) lines.push(body.toString("utf8", at + 4, at + size).replace(/\n$/, ""));
    else break;
    at += Math.max(size, 4);
  }
  const command = lines.find((line) => line.startsWith("command="))?.slice("command=".length) ?? "";
  return { command, args: lines.slice(argsFrom) };
}
