import { spawn } from "node:child_process";
import { readLoose } from "./loose-object.ts";

const TIMEOUT_MS = 120_000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** How to run git. */
export interface GitOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are no error; default 0 only. */
  readonly ok?: readonly number[];
}

/** What git answers. */
export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
}

/** git ended with an unexpected code. */
export class GitFailure extends Error {
  override readonly name = "GitFailure";
  /** -1 when a signal ended it. */
  readonly code: number;
  readonly stderr: string;

  constructor(args: readonly string[], code: number, stderr: string) {
    super(`git ${args[0] ?? ""} ended with ${code < 0 ? "a signal" : code}: ${stderr.trim()}`);
    this.code = code;
    this.stderr = stderr;
  }
}

/** The environment for git: no user or system configuration, no prompts. */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    ...extra,
  };
}

/** A program to run, and how it ended; `code` is -1 when a signal ended it. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: string | Uint8Array;
  /** Most bytes of output that are kept. */
  readonly maxOutputBytes: number;
}

/** Starts a program. */
export type StartProgram = (program: Program) => {
  readonly ended: Promise<{ readonly code: number; readonly stdout: Buffer; readonly stderr: Buffer }>;
  kill(): void;
};

let start: StartProgram = startHere;

/** Has somebody else start git's processes from now on: that is cheaper where this process is large. */
export function startGitWith(other: StartProgram): void {
  start = other;
}

/** Runs a program of git's; gives its exit code and what it printed. */
export async function runProgram(program: Omit<Program, "maxOutputBytes">, timeoutMs: number) {
  const running = start({ ...program, maxOutputBytes: MAX_OUTPUT_BYTES });
  const timer = setTimeout(() => running.kill(), timeoutMs);
  return running.ended.finally(() => clearTimeout(timer));
}

function startHere({ file, args, cwd, env, input }: Program): ReturnType<StartProgram> {
  const { promise: ended, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<StartProgram>["ended"]>>();
  const child = spawn(file, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.on("error", reject);
  // git may end without reading its input; its exit code then tells why.
  child.stdin.on("error", () => undefined);
  child.on("close", (code) => resolve({ code: code ?? -1, stdout: Buffer.concat(out), stderr: Buffer.concat(err) }));
  child.stdin.end(input);
  return { ended, kill: () => child.kill("SIGKILL") };
}

/** Runs git in a repository. Rejects with GitFailure on any exit code outside `ok`. */
export async function git(dir: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const env = gitEnvironment(options.env);
  const program = { file: "git", args: ["-C", dir, ...args], cwd: "/", env, input: options.input ?? "" };
  const { code, stdout, stderr } = await runProgram(program, TIMEOUT_MS);
  if (code >= 0 && (options.ok ?? [0]).includes(code)) return { code, stdout };
  throw new GitFailure(args, code, stderr.toString("utf8"));
}

const answers = new Map<string, GitResult>();
const MAX_ANSWERS = 5_000;

/**
 * Like `git`, for a question whose answer never changes, since it names every object by its full id. Asked once per
 * repository; what ends with any other code than those in `ok` is asked again.
 */
export async function gitOnce(dir: string, args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const question = [dir, ...args].join("\0");
  const known = answers.get(question);
  if (known) return known;
  const result = await git(dir, args, options);
  answers.set(question, result);
  for (const oldest of answers.keys()) {
    if (answers.size <= MAX_ANSWERS) break;
    answers.delete(oldest);
  }
  return result;
}

/** Like `git`, giving the trimmed text. */
export async function gitText(dir: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  return (await git(dir, args, options)).stdout.toString("utf8").trim();
}

/** The object id that a revision names, or undefined. `type` peels, e.g. to `commit`. */
export async function revParse(dir: string, revision: string, type = "commit"): Promise<string | undefined> {
  if (revision.startsWith("-") || revision === "") return undefined;
  const object = readLoose(dir, revision);
  if (object?.type === type) return revision;
  if (object?.type === "commit" && type === "tree")
    return /^tree ([\da-f]{40})\n/.exec(object.bytes.toString("latin1"))?.[1];
  const args = ["rev-parse", "--verify", "--quiet", `${revision}^{${type}}`];
  // An object that is not there yet may come: only what was found is found for ever.
  const ask = /^[\da-f]{40}$/.test(revision) ? gitOnce(dir, args) : git(dir, args);
  const result = await ask.catch(undefinedFor([1, 128]));
  const id = result?.stdout.toString("utf8").trim();
  return id === "" ? undefined : id;
}

/** Takes these exit codes for no answer. */
function undefinedFor(codes: readonly number[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof GitFailure && codes.includes(error.code)) return undefined;
    throw error;
  };
}
