import { UserError } from "../model/errors.ts";
import type { VersionChange } from "../model/promotion.ts";
import type { Decision } from "../model/state.ts";
import { clip } from "../model/text/lines.ts";
import type { DeferredFile, StoredEntry, StoredHold, StoredRequest, TargetFile } from "./files.ts";

/** Entries that a file's history keeps; older ones are in the branch's own history. */
export const HISTORY_LIMIT = 200;
const deferredLimit = 1_000;
const reasonLimit = 1_000;
const versionsLimit = 200;
const versionLimit = 500;

/** What was decided about targets and environments. */
export type TargetDecision = Exclude<Decision, DeferredDecision>;

/** What was decided about deferred requests. */
export type DeferredDecision = Extract<Decision, { kind: "waiting" | "done-waiting" }>;

/** Whether the decision is about deferred requests. */
export function isAboutDeferred(decision: Decision): decision is DeferredDecision {
  return decision.kind === "waiting" || decision.kind === "done-waiting";
}

/**
 * The file of the environment (`app` undefined) or of one of its targets after the decision; `undefined` when the
 * decision is in its history already.
 */
export function applyDecision(
  file: TargetFile,
  decision: TargetDecision,
  app: string | undefined,
): TargetFile | undefined {
  if (file.history.some(({ id }) => id === decision.id)) return undefined;
  const hold = holdAfter(file.hold, decision, file.history);
  const history = remembered(file.history, entryOf(decision, app));
  return { rest: file.rest, history, ...(hold === undefined ? {} : { hold }) };
}

/** The deferred requests after the decision; `undefined` when they say so already. */
export function applyDeferred(file: DeferredFile, decision: DeferredDecision): DeferredFile | undefined {
  const waiting = decision.kind === "waiting" ? withRequest(file, decision) : withoutRequest(file.waiting, decision);
  if (waiting === undefined) return undefined;
  const { environment, apps } = decision;
  const entry = { ...entryOf(decision, undefined), environment, apps: [...apps] };
  return { rest: file.rest, waiting, history: remembered(file.history, entry) };
}

function holdAfter(
  before: StoredHold | undefined,
  decision: TargetDecision,
  history: readonly StoredEntry[],
): StoredHold | undefined {
  const { by, at: since, reason = "" } = decision;
  const { person, automatic } = partsOf(before);
  const isLate = (kinds: ReadonlySet<string>): boolean =>
    history.some((entry) => kinds.has(entry.kind) && overtakes(entry, decision));
  switch (decision.kind) {
    case "held": {
      if (isLate(ofPerson) || (person !== undefined && outlasts(person, decision))) return before;
      const until = decision.until === undefined ? {} : { until: decision.until };
      return joined({ by, reason: clip(reason, reasonLimit), since, ...until, cause: "person" }, automatic);
    }
    case "rolled-back":
    case "reverted":
    case "rollback-proposed":
      return isLate(ofAutomatic) || liftedSince(history, decision) ? before : joined(person, automaticHold(decision));
    case "rollback-declined":
    case "rollback-dropped":
      return automatic?.proposal === decision.pullRequest ? person : before;
    case "released":
      return joined(isLate(ofPerson) ? person : undefined, isLate(ofAutomatic) ? automatic : undefined);
    case "promoted":
      return by === "sluice" || isLate(ofAutomatic) ? before : person;
    case "bumped":
    case "requested":
    case "verified":
    case "overridden":
    case "acknowledged":
      return before;
    default:
      return decision satisfies never;
  }
}

/** What a rollback, a proposed one or a revert holds. */
function automaticHold(decision: TargetDecision): StoredHold {
  const { by, at: since, reason = "" } = decision;
  const hold = { by, reason: clip(reason, reasonLimit), since };
  if (decision.kind === "rollback-proposed") return { ...hold, cause: "rollback", proposal: decision.pullRequest };
  return { ...hold, cause: decision.kind === "reverted" ? "revert" : "rollback" };
}

/** What puts or ends either part of a hold. */
const ofPerson: ReadonlySet<string> = new Set(["held", "released"]);
const ofAutomatic: ReadonlySet<string> = new Set(["rolled-back", "reverted", "rollback-proposed", "released"]);

/** A person's hold, and what a rollback or a revert holds: neither ends the other one. */
interface HoldParts {
  readonly person?: StoredHold | undefined;
  readonly automatic?: StoredHold | undefined;
}

function partsOf(hold: StoredHold | undefined): HoldParts {
  if (hold?.cause !== "person") return { automatic: hold };
  const { beneath, ...person } = hold;
  return { person, automatic: beneath };
}

function joined(person: StoredHold | undefined, automatic: StoredHold | undefined): StoredHold | undefined {
  return person === undefined || automatic === undefined ? (person ?? automatic) : { ...person, beneath: automatic };
}

/**
 * Whether a hold was put or ended after what is written down now, which a busy queue may bring late: the later word
 * stands. Times are GitHub's, in whole seconds. A promotion of the same second came after a rollback where its pull
 * request did; else nobody knows, and the hold stands.
 */
function overtakes(entry: StoredEntry, decision: TargetDecision): boolean {
  if (entry.kind === "held" && decision.kind === "held" && outlasts(decision, entry)) return false;
  const [then, now] = [secondOf(entry.at), secondOf(decision.at)];
  if (then !== now || decision.kind !== "promoted" || entry.kind === "released") return then > now;
  return (decision.pullRequest ?? 0) <= (entry.pullRequest ?? Number.POSITIVE_INFINITY);
}

/** Whether one hold stands on when the other one has ended: a shorter one must not end it. */
function outlasts(one: { readonly until?: string }, { until }: { readonly until?: string }): boolean {
  return until !== undefined && (one.until === undefined || Date.parse(one.until) > Date.parse(until));
}

function secondOf(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}

/**
 * A rollback is written down when it is asked for and when it is merged. What a person released in between stays
 * released.
 */
function liftedSince(
  history: readonly StoredEntry[],
  { kind, pullRequest, mergeCommit }: TargetDecision & { pullRequest?: number; mergeCommit?: string },
): boolean {
  if (mergeCommit === undefined) return false;
  const asked = history.findLastIndex(
    (entry) =>
      (entry.kind === kind || entry.kind === "rollback-proposed") &&
      entry.mergeCommit === undefined &&
      entry.pullRequest === pullRequest,
  );
  return asked >= 0 && history.slice(asked + 1).some((entry) => entry.kind === "released");
}

function withRequest(file: DeferredFile, decision: DeferredDecision): readonly StoredRequest[] | undefined {
  const { id, pullRequest, environment, apps, by, at, base } = decision;
  if ([...file.waiting, ...file.history].some((known) => known.id === id)) return undefined;
  if (file.waiting.length >= deferredLimit) {
    throw new UserError("limit", `${deferredLimit} promotions wait for their pull requests to be merged already`, {
      fix: "merge or close some of them",
    });
  }
  const same = (one: StoredRequest): boolean =>
    isAbout(one, decision) && one.by === by && one.apps.join("\0") === apps.join("\0");
  const request = { id, pullRequest, environment, apps: [...apps], by, at, ...(base === undefined ? {} : { base }) };
  return [...file.waiting.filter((one) => !same(one)), request];
}

/**
 * Without apps every deferred request of the pull request for the environment is done; with some, those apps of each.
 */
function withoutRequest(
  requests: readonly StoredRequest[],
  decision: DeferredDecision,
): readonly StoredRequest[] | undefined {
  const done = new Set(decision.apps);
  const left = requests.flatMap((one) => {
    if (!isAbout(one, decision) || (decision.asker ?? one.by) !== one.by) return [one];
    if (done.size === 0) return [];
    const apps = one.apps.filter((app) => !done.has(app));
    return apps.length === one.apps.length ? [one] : apps.length === 0 ? [] : [{ ...one, apps }];
  });
  const same = left.length === requests.length && left.every((one, index) => one === requests[index]);
  return same ? undefined : left;
}

function isAbout(one: StoredRequest, { pullRequest, environment }: DeferredDecision): boolean {
  return one.pullRequest === pullRequest && one.environment === environment;
}

function entryOf(decision: Decision, app: string | undefined): StoredEntry {
  const { environment: _environment, apps: _apps, reason, ...said } = decision;
  const versions = "versions" in decision && app !== undefined ? decision.versions[app] : undefined;
  const { versions: _versions, ...entry } = "versions" in said ? said : { ...said, versions: undefined };
  return {
    ...entry,
    ...(reason === undefined ? {} : { reason: clip(reason, reasonLimit) }),
    ...(versions === undefined ? {} : { versions: versions.slice(0, versionsLimit).map(briefly) }),
  };
}

function remembered(history: readonly StoredEntry[], entry: StoredEntry): readonly StoredEntry[] {
  return [...history, entry].slice(-HISTORY_LIMIT);
}

/** What is promoted by path may be any text of a file. */
function briefly({ image, from, to }: VersionChange) {
  return { image: clip(image, versionLimit), from: clip(from, versionLimit), to: clip(to, versionLimit) };
}
