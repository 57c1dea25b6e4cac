import { inert } from "../diff/index.ts";
import { Fault } from "../model/errors.ts";
import { clip, oneLine } from "../model/text/lines.ts";
import { comingTime, lasting } from "../model/text/times.ts";
import { type EarlierResult, hiddenResult } from "./earlier-result.ts";
import { type PreviewReport, simpleReport } from "./report.ts";

/** Somebody else did not answer, or asked to wait. */
export interface Outage {
  /** `GitHub`, or a host name. */
  readonly peer: string;
  readonly asked: boolean;
  /** How long they asked to wait, in milliseconds. */
  readonly retryAfterMs: number;
}

/** The outage that an error reports; `undefined` where Sluice itself may be the cause. */
export function outageOf(error: unknown): Outage | undefined {
  if (!(error instanceof Fault) || error.peer === undefined || error.kind === "bug") return undefined;
  return { peer: error.peer, asked: error.kind === "throttled", retryAfterMs: error.retryAfterMs ?? 0 };
}

const minute = 60_000;
const longestWait = 8 * 60 * minute;

/**
 * When to try again, in milliseconds since the epoch: after a quarter of an hour, then after twice as long each time.
 */
export function nextTry({ retryAfterMs }: Outage, putOff: number, now: number): number {
  const wait = Math.max(Math.min(15 * minute * 2 ** putOff, longestWait), retryAfterMs);
  return Math.ceil((now + wait) / minute) * minute;
}

/** What a report about an outage is made of. */
export interface OutageFacts {
  readonly head: string;
  readonly outage: Outage;
  /** How long it was tried, in milliseconds, where that is known. */
  readonly triedMs: number | undefined;
  readonly nextAt: number;
  readonly now: number;
  /** What the comment said of a commit before. */
  readonly earlier: EarlierResult | undefined;
}

/** What a pull request gets when the newest commit could not be compared, and it is nobody's fault here. */
export function outageReport(facts: OutageFacts): PreviewReport {
  const { head, outage, nextAt, now, earlier } = facts;
  const paragraphs = [
    `The newest commit, \`${head.slice(0, 7)}\`, needs files from there${triedText(facts)}. Sluice tries again at ${comingTime(nextAt, now)}.`,
    "**Next:** wait, or comment `/diff` to try at once.",
    ...(earlier === undefined ? [] : [earlierText(head, earlier)]),
  ];
  const report = simpleReport(head, {
    sign: "❌",
    title: `Not checked: ${oneLine(clip(outage.peer, 30))} ${outage.asked ? "asked to wait" : "did not answer"}`,
    text: paragraphs.join("\n\n"),
    conclusion: "failure",
  });
  return earlier === undefined ? report : { ...report, comment: `${report.comment}${hiddenResult(earlier)}` };
}

function triedText({ triedMs = 0 }: OutageFacts): string {
  return triedMs < minute ? "" : `; ${lasting(Math.floor(triedMs / minute) * minute)} of trying`;
}

/** The earlier result must not look like that of the newest commit. */
function earlierText(head: string, { head: before, text }: EarlierResult): string {
  const which = before === head ? "An earlier result for this commit" : "The result for the commit before";
  return `<details><summary>${which}, ${before.slice(0, 7)}</summary>\n\n${inert(text)}\n\n</details>`;
}
