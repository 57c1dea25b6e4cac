import { clip } from "../../model/command.ts";
import { Fault, type UserError } from "../../model/errors.ts";
import type { Permission } from "../../model/github.ts";
import type { Found } from "./find-commands.ts";
import { knownNames, type Refusal, refusalText } from "./refusal-text.ts";
import { cut } from "./truncate.ts";

/** What became of one command. `name` is what was written after the slash, short. */
export type Outcome =
  | { readonly kind: "done"; readonly name: string; readonly said: string }
  | (Refusal & { readonly kind: "refused" });

/** How many commands of one comment are carried out. */
export const COMMAND_LIMIT = 10;

/** Characters of a reply; GitHub takes 65,536 with the hidden marker. */
const REPLY_LIMIT = 60_000;

/** What a command is called in the reply: as it was written, short, unable to end its code span. */
function nameOf(found: Found): string {
  if (found.kind !== "command") return found.name;
  const rest = clip(found.rest, 61);
  return `${found.command.name} ${rest.length > 60 ? `${rest.slice(0, 60)}…` : rest}`.trim();
}

/** A command that was carried out. `said` is the result, bold first words first. */
export function done(found: Found, said: string): Outcome {
  return { kind: "done", name: nameOf(found), said };
}

/** A command that failed by the user's doing; `has` is the person's level. */
export function refused(found: Found, error: UserError, has: Permission): Outcome {
  const { subject, again } = error.fields;
  const about = {
    ...{ name: nameOf(found), why: error.message, fix: error.fix, cause: error.kind },
    ...(typeof subject === "string" ? { subject } : {}),
    ...(typeof again === "string" ? { again } : {}),
  };
  return { kind: "refused", ...about, ...(error.kind === "permission" ? { has } : {}) };
}

/** A name that is nearly a command's. */
export function unknown({ name, meant }: Extract<Found, { kind: "unknown" }>): Outcome {
  return { kind: "refused", name, why: "there is no such command", fix: undefined, cause: "unknown", meant };
}

/** A line of which one cannot be sure what its author saw. */
export function doubtful(found: Extract<Found, { kind: "doubtful" }>): Outcome {
  const fix = "write it in a new comment, by hand, alone at the start of its line";
  return { kind: "refused", name: found.name, why: found.doubt, fix, cause: "unknown" };
}

/** A command that could not be carried out for reasons that are not the user's. */
export function failed(found: Found, error: unknown): Outcome {
  const name = nameOf(found);
  const isOutside = error instanceof Fault && error.kind !== "bug";
  const why = isOutside ? "GitHub or the network failed at every try" : "Sluice failed at every try";
  return { kind: "refused", name, why, fix: `Please comment \`/${name}\` again`, cause: "ours" };
}

/** The commands after the tenth. */
export function tooMany(count: number): Outcome {
  const why = `a comment may have ${COMMAND_LIMIT} commands; the last ${count} ${count === 1 ? "was" : "were"} not carried out`;
  return { kind: "refused", name: "…", why, fix: "put them in another comment", cause: "limit" };
}

/**
 * The one reply, as markdown, within what GitHub takes: the result of one command with the command below it, or a line
 * for each of several. `actor` is named without being notified: the comment is theirs.
 */
export function replyText(actor: string, outcomes: readonly Outcome[]): string {
  const [only, ...more] = outcomes;
  if (only !== undefined && more.length === 0) return single(actor, only);
  const ready = outcomes.filter(({ kind }) => kind === "done").length;
  const heading = `${ready} of ${outcomes.length} commands done:`;
  const parts = outcomes.map((one) => textOf(one, "line"));
  if (parts.every((part) => !part.includes("\n"))) {
    return [heading, "", ...parts.map((part, index) => `- ${line(part, written(outcomes[index]))}`)].join("\n");
  }
  const whole = parts.reduce((sum, part) => sum + part.length, 0) <= REPLY_LIMIT;
  const each = Math.floor(REPLY_LIMIT / Math.max(1, parts.length));
  const blocks = parts.flatMap((part, index) => {
    const name = small(outcomes[index]);
    return [whole ? part : cut(part, each), ...(name === "" ? [] : [name])];
  });
  return [heading, ...blocks].join("\n\n");
}

function single(actor: string, one: Outcome): string {
  const text = cut(textOf(one, "alone"), REPLY_LIMIT);
  if (one.kind === "refused" && one.cause === "unknown") return text;
  return [text, smallPrint(actor, one)].join("\n\n");
}

/** The command, and what helps to understand the answer. */
function smallPrint(actor: string, one: Outcome): string {
  const has = one.kind === "refused" && one.has !== undefined ? `, who has ${levelText(one.has)}` : "";
  const isOutage = one.kind === "refused" && one.cause === "ours";
  const known = one.kind === "refused" ? knownNames(one) : "";
  const more = isOutage ? "[GitHub status](https://www.githubstatus.com)" : known;
  return `<sub>\`/${one.name}\` by \`${actor}\`${has}${more === "" ? "" : ` · ${more}`}</sub>`;
}

function levelText(level: Permission): string {
  return level === "none" ? "no access" : `${level} access`;
}

/** A result with its command behind it, in place of the full stop of its only sentence. */
function line(part: string, command: string): string {
  const isOne = !/[.?!](?:\*\*)? /.test(part.replace(/^\S+ \*\*[^*]*\*\*/, ""));
  return `${command !== "" && isOne ? part.replace(/\.$/, "") : part}${command}`;
}

/** The command behind a line of the list. */
function written(one: Outcome | undefined): string {
  return one === undefined || isNameless(one) ? "" : ` (\`/${one.name}\`)`;
}

function small(one: Outcome | undefined): string {
  return one === undefined || isNameless(one) ? "" : `<sub>\`/${one.name}\`</sub>`;
}

function isNameless(one: Outcome): boolean {
  return one.kind === "refused" && (one.cause === "unknown" || one.name === "…");
}

function textOf(one: Outcome, where: "alone" | "line"): string {
  return one.kind === "done" ? doneText(one.said) : refusalText(one, where);
}

/** A result that is no sentence of its own gets the sign and a capital. */
function doneText(said: string): string {
  const text = /^[\p{Ll}#`]/u.test(said) ? `✅ ${said.charAt(0).toUpperCase()}${said.slice(1)}` : said;
  return !text.includes("\n") && /[\p{L}\p{N}`)]$/u.test(text) ? `${text}.` : text;
}
