import { clip } from "../../model/command.ts";
import type { UserError, UserErrorKind } from "../../model/errors.ts";
import type { Found } from "./find-commands.ts";
import { cut } from "./truncate.ts";

/** What became of one command. `name` is what was written after the slash, short. */
export type Outcome =
  | { readonly kind: "done"; readonly name: string; readonly said: string }
  | {
      readonly kind: "refused";
      readonly name: string;
      readonly why: string;
      readonly fix: string | undefined;
      /** What kind of mistake it was; `unknown` for what is no command, `ours` for what is nobody's mistake here. */
      readonly cause: UserErrorKind | "unknown" | "ours";
    };

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

/** A command that was carried out. */
export function done(found: Found, said: string): Outcome {
  return { kind: "done", name: nameOf(found), said };
}

/** A command that failed by the user's doing. */
export function refused(found: Found, error: UserError): Outcome {
  return { kind: "refused", name: nameOf(found), why: error.message, fix: error.fix, cause: error.kind };
}

/** A name that is nearly a command's. */
export function unknown(found: Extract<Found, { kind: "unknown" }>): Outcome {
  return {
    kind: "refused",
    name: found.name,
    why: "there is no such command",
    fix: `did you mean \`/${found.meant}\`? \`/help\` lists all`,
    cause: "unknown",
  };
}

/** A line of which one cannot be sure what its author saw. */
export function doubtful(found: Extract<Found, { kind: "doubtful" }>): Outcome {
  const fix = "write it in a new comment, by hand, alone at the start of its line";
  return { kind: "refused", name: found.name, why: found.doubt, fix, cause: "unknown" };
}

/** A command that could not be carried out for reasons that are not the user's. */
export function failed(found: Found): Outcome {
  const why = "it could not be carried out, and it was not your doing";
  return { kind: "refused", name: nameOf(found), why, fix: "try again later", cause: "ours" };
}

/** The commands after the tenth. */
export function tooMany(count: number): Outcome {
  const why = `a comment may have ${COMMAND_LIMIT} commands; the last ${count} ${count === 1 ? "was" : "were"} not carried out`;
  return { kind: "refused", name: "…", why, fix: "put them in a further comment", cause: "limit" };
}

/**
 * The one reply, as markdown, within what GitHub takes. `actor` is named without being notified: the comment is theirs.
 */
export function replyText(actor: string, outcomes: readonly Outcome[]): string {
  const parts = outcomes.map(partOf);
  const whole = parts.reduce((sum, part) => sum + part.length, 0) <= REPLY_LIMIT;
  const each = Math.floor(REPLY_LIMIT / Math.max(1, parts.length));
  return [`To \`${actor}\`:`, ...(whole ? parts : parts.map((part) => cut(part, each)))].join("\n\n");
}

function partOf(one: Outcome): string {
  if (one.kind === "done") return `🚀 \`/${one.name}\`: ${one.said}`;
  const why = `👎 \`/${one.name}\`: ${one.why}`;
  return one.fix === undefined ? why : `${why}${/[.?!]$/.test(why) ? "" : "."} ${upperFirst(one.fix)}`;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
