import type { UserError } from "../../model/errors.ts";
import type { Found } from "./find.ts";

/** What became of one command. */
export type Outcome =
  | { readonly kind: "done"; readonly name: string; readonly said: string }
  | { readonly kind: "refused"; readonly name: string; readonly why: string; readonly fix: string | undefined };

/** How many commands of one comment are carried out. */
export const COMMAND_LIMIT = 10;

/** A command that failed by the user's doing. */
export function refused(name: string, error: UserError): Outcome {
  return { kind: "refused", name, why: error.message, fix: error.fix };
}

/** A name that is nearly a command's. */
export function unknown(found: Extract<Found, { kind: "unknown" }>): Outcome {
  return {
    kind: "refused",
    name: found.name,
    why: "there is no such command",
    fix: `did you mean \`/${found.meant}\`? \`/help\` lists all`,
  };
}

/** The commands after the tenth. */
export function tooMany(count: number): Outcome {
  const why = `a comment may have ${COMMAND_LIMIT} commands; the last ${count} ${count === 1 ? "was" : "were"} not carried out`;
  return { kind: "refused", name: "…", why, fix: "put them in a further comment" };
}

/** The one reply, as markdown. `actor` is named without being notified: the comment is theirs. */
export function replyText(actor: string, outcomes: readonly Outcome[]): string {
  const lines = outcomes.map((one) => {
    if (one.kind === "done") return `🚀 \`/${one.name}\`: ${one.said}`;
    return `👎 \`/${one.name}\`: ${one.why}${one.fix === undefined ? "" : `. ${upperFirst(one.fix)}`}`;
  });
  return [`To \`${actor}\`:`, ...lines].join("\n\n");
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
