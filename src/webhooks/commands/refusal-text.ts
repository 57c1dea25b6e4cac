import type { UserErrorKind } from "../../model/errors.ts";
import type { Permission } from "../../model/github.ts";
import { fenced, inert } from "../../model/text/markdown.ts";
import { notDoneText } from "../../model/text/not-done.ts";

/** A command that was not carried out. */
export interface Refusal {
  readonly name: string;
  readonly why: string;
  readonly fix: string | undefined;
  /** What kind of mistake it was; `unknown` for what is no command, `ours` for what is nobody's mistake here. */
  readonly cause: UserErrorKind | "unknown" | "ours";
  /** The level of the person, where that is what is missing. */
  readonly has?: Permission;
  /** The command that was probably meant, by its name. */
  readonly meant?: string;
  /** What the command was about, where the reason is about one thing of several: `search to prod`. */
  readonly subject?: string;
  /** The command to give again, for this one thing. */
  readonly again?: string;
}

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
  const { subject, again } = refusal;
  if (subject !== undefined && where === "alone")
    return notDoneText({ verdict, subject, why, fix: refusal.fix, again });
  const first = where === "alone" ? firstStep(refusal.fix) : undefined;
  if (first !== undefined)
    return `❌ **${verdict}:** ${sentence(why)} First:\n\n${fenced("text", first.step)}\n\nThen \`${first.then}\`, here or there.`;
  const meant = where === "alone" ? meantLine(refusal) : undefined;
  if (meant === undefined) return `❌ **${verdict}:** ${sentence(why)}${fixText(refusal.fix)}`;
  return `❌ **${verdict}:** ${sentence(why)} Did you mean this?\n\n${fenced("text", meant.line)}`;
}

/** The names that there are, for the small print below a line to copy: `environments: dev, staging, prod`. */
export function knownNames(refusal: Refusal): string {
  const [, what, names = ""] = /^The (.+?) are (.+?)\.?$/s.exec(meantLine(refusal)?.known ?? "") ?? [];
  return what === undefined ? "" : `${inert(what)}: ${inert(names.replaceAll("`", ""))}`;
}

/** A command that has to come before the one that was given. */
function firstStep(fix = ""): { readonly step: string; readonly then: string } | undefined {
  const [, step, then] = /^first `([^`]+)`, then `([^`]+)`\.?$/.exec(fix) ?? [];
  return step === undefined || then === undefined ? undefined : { step, then };
}

function unknownText(name: string, meant: string, where: "alone" | "line"): string {
  const all = where === "alone" ? " `/help` lists all commands." : "";
  return `❌ **Unknown command \`/${name}\`.** Did you mean \`/${meant}\`?${all}`;
}

function notAllowed({ name, fix }: Refusal, why: string, where: "alone" | "line"): string {
  const canCopy = where === "alone" && !name.endsWith("…");
  const asked = canCopy ? fix : fix?.replace(/ to comment:$/, "");
  const text = `❌ **Not allowed:** ${sentence(why)}${fixText(asked)}`;
  return canCopy && fix?.endsWith(":") === true ? `${text}\n\n${fenced("text", `/${name}`)}` : text;
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
