import { fenced } from "../../model/text/markdown.ts";
import type { Refusal } from "./reply.ts";

/** What did not happen, by the command. */
const verdicts: Readonly<Record<string, string>> = {
  promote: "Not promoted",
  rollback: "Not rolled back",
  hold: "Not put on hold",
  release: "Not released",
  override: "Not overridden",
  ack: "Not confirmed",
  retry: "Not retried",
  diff: "Not checked",
};

/**
 * What a refused command is told: what did not happen, why, and the fix; alone in a reply with a line to copy where one
 * is known.
 */
export function refusalText(refusal: Refusal, where: "alone" | "line"): string {
  if (refusal.meant !== undefined) return unknownText(refusal.name, refusal.meant, where);
  const why = ticked(refusal.why);
  if (refusal.name === "…") return `❌ **Not carried out:** ${sentence(why)}${fixText(refusal.fix)}`;
  if (refusal.cause === "permission") return notAllowed(refusal, why, where);
  const verdict = verdicts[refusal.name.split(" ")[0] ?? ""] ?? "Not done";
  const meant = where === "alone" ? meantLine(refusal) : undefined;
  if (meant === undefined) return `❌ **${verdict}:** ${sentence(why)}${fixText(refusal.fix)}`;
  const others = meant.known === "" ? "" : `\n\n${meant.known}`;
  return `❌ **${verdict}:** ${sentence(why)} Did you mean this?\n\n${fenced("text", meant.line)}${others}`;
}

function unknownText(name: string, meant: string, where: "alone" | "line"): string {
  const all = where === "alone" ? " `/help` lists all commands." : "";
  return `❌ **Unknown command \`/${name}\`.** Did you mean \`/${meant}\`?${all}`;
}

function notAllowed({ name, fix }: Refusal, why: string, where: "alone" | "line"): string {
  const text = `❌ **Not allowed:** ${sentence(why)}${fixText(fix)}`;
  const isAsked = fix?.endsWith(":") === true && where === "alone" && !name.endsWith("…");
  return !isAsked ? text : `${text}\n\n${fenced("text", `/${name}`)}`;
}

/** The line as it was probably meant, where the error names a word of it and the one that is like it. */
function meantLine({ name, why, fix = "" }: Refusal): { readonly line: string; readonly known: string } | undefined {
  const [, wrong = ""] = /["`]([^"`]+)["`]/.exec(why) ?? [];
  const [, right = "", known = ""] = /^did you mean `([^`]+)`\?\s*(.*)$/is.exec(fix) ?? [];
  const words = name.split(" ");
  if (right === "" || !words.slice(1).includes(wrong) || name.endsWith("…")) return undefined;
  const line = `/${words.map((word, index) => (index > 0 && word === wrong ? right : word)).join(" ")}`;
  return { line, known };
}

/** Names that messages for the terminal have in quotes. */
function ticked(text: string): string {
  return text.replaceAll(/"([^"`\n]{1,120})"/g, "`$1`");
}

function fixText(fix: string | undefined): string {
  return fix === undefined ? "" : ` ${sentence(upperFirst(ticked(fix)))}`;
}

function sentence(text: string): string {
  return /[.?!:]$/.test(text) ? text : `${text}.`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
