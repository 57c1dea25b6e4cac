import { stopped } from "./lines.ts";
import { code, inert } from "./markdown.ts";

/** What a person asked for and did not get. Sentences may end without a full stop. */
export interface NotDone {
  /** `Not promoted`. */
  readonly verdict: string;
  /** What it was about: `search to prod`; absent where the reason says it. */
  readonly subject?: string | undefined;
  readonly why: string;
  readonly fix?: string | undefined;
  /** The command to give again when it is fixed. */
  readonly again?: string | undefined;
}

/** What did not happen, why, and what lets it. Everything in it is inert; backticks stand for code. */
export function notDoneText({ verdict, subject, why, fix, again }: NotDone): string {
  const reason = stopped(inert(upperFirst(why)));
  if (subject === undefined) return [`❌ **${verdict}:** ${stopped(inert(why))}`, ...fixSentence(fix)].join(" ");
  const first = `❌ **${verdict}: ${inert(subject)}.** ${reason}`;
  const todo = fix === undefined ? undefined : inert(lowerFirst(fix.replace(/\.$/, "")));
  if (todo === undefined) return first;
  return `${first}\n\n**Fix:** ${todo}${again === undefined ? "" : `, then comment ${code(again)} again`}.`;
}

function fixSentence(fix: string | undefined): readonly string[] {
  if (fix === undefined) return [];
  const text = inert(upperFirst(fix));
  return [/[.?!:]$/.test(text) ? text : `${text}.`];
}

/** An address at the beginning stays as it is. */
function upperFirst(text: string): string {
  if (/^[a-z][a-z0-9+-]*(?::\/\/|\.[a-z])/.test(text)) return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
