import type { Arguments } from "../model/command.ts";
import type { Acknowledgement, Finding } from "../model/preview.ts";
import type { HistoryEntry } from "../model/state.ts";
import { codeList, inert } from "../model/text/markdown.ts";
import { checkName, LIMITS, reasonOf } from "./command-arguments.ts";

/** What `/ack` asks for. */
export interface AckRequest {
  /** A finding's key, or its first part. */
  readonly finding: string;
  /** `""` where none was given. */
  readonly reason: string;
}

/** The head of a pull request, and the commit that it was compared with. */
export interface ComparedHead {
  readonly pullRequest: number;
  readonly head: string;
  readonly mergeBase?: string;
}

/** What the words of `/ack` ask for. */
export function ackRequest({ words: [first = "", ...more] }: Arguments): AckRequest {
  return { finding: checkName(first, "finding", LIMITS.finding), reason: reasonOf(more) };
}

/** The name that tells a finding from others of its kind: `deleted-namespace:web/Namespace/web`. */
export function findingKey({ id, app, resource }: Pick<Finding, "id" | "app" | "resource">): string {
  return `${id}:${app}/${resource}`;
}

/** Whether `name` names the finding with this key: in full, or all of its kind. */
export function isNamed(key: string, name: string): boolean {
  return key === name || key.startsWith(`${name}:`);
}

/** Who confirmed that the finding with this key is meant, at this very head. */
export function acknowledgementOf(
  history: readonly HistoryEntry[],
  { pullRequest, head, mergeBase }: ComparedHead,
  key: string,
): Acknowledgement | undefined {
  const entry = history.find(
    (one) =>
      one.kind === "acknowledged" &&
      one.pullRequest === pullRequest &&
      one.head === head &&
      (one.commit === undefined || mergeBase === undefined || one.commit === mergeBase) &&
      isNamed(key, one.finding ?? ""),
  );
  if (entry === undefined) return undefined;
  return { by: entry.by, ...(entry.reason ? { reason: entry.reason } : {}) };
}

/** The reply to `/ack`. `commit` links to the head. */
export function confirmedText(commit: string, keys: readonly string[], reason: string): string {
  const why = reason === "" ? "" : ` "${inert(reason)}".`;
  const what = keys.length === 1 ? codeList(keys) : `${keys.length} findings, ${codeList(keys)}`;
  return `✅ **Confirmed as meant** for ${commit}: ${what}.${why} The next push asks again.`;
}
