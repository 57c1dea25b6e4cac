import { pullOf } from "../../change/merged-pull.ts";
import { describesHead } from "../../change/pull-request/metadata.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import type { PullRequest } from "../../model/github.ts";
import type { VersionChange } from "../../model/promotion.ts";
import type { HistoryEntry } from "../../model/state.ts";
import type { CommitFacts } from "../../model/tree.ts";
import { type Carried, type CarriedRequest, carriedAt, carriedOf, compareCarried, orderOfChange } from "../carried.ts";
import type { PromotionPair } from "../resolve.ts";
import { promotionOf } from "../text/metadata.ts";
import { type VersionRun, versionRuns } from "../version-runs.ts";
import { isDecidedAfter } from "./decided-after.ts";
import type { PromotionPorts } from "./ports.ts";

/** What automation would carry to one target. */
export interface Move {
  readonly pair: PromotionPair;
  /** Where the versions are read. */
  readonly commit: string;
  readonly changes: readonly VersionChange[];
  /** Of the target. */
  readonly history: readonly HistoryEntry[];
}

/** A person's change of what a target has, on the base branch. */
export interface PersonsChange {
  readonly has: Carried;
  readonly commit: CommitFacts;
}

/**
 * Whether automation carries it. `older`: a version would go back. `changed`: a person set something of which nobody
 * can tell whether the source has passed it. `same`: the source has not moved since something was last carried, or
 * since a person changed the target. `back`: it has moved, to something that it had before.
 */
export type MoveVerdict =
  | { readonly ok: true; readonly change?: PersonsChange }
  | { readonly ok: false; readonly why: "older" | "changed" | "same" | "back"; readonly change?: PersonsChange };

/**
 * Automation follows the source's moves, not differences: it carries what the source has moved forward to since its
 * version was last carried to the target, and never undoes what a person did there.
 */
export async function judgeMove(ports: PromotionPorts, context: RepositoryContext, move: Move): Promise<MoveVerdict> {
  const origin = await originOf(ports, context, move);
  const change = origin.kind === "person" ? { change: origin.change } : {};
  if (move.changes.some((one) => orderOfChange(one) === "older")) return { ok: false, why: "older", ...change };
  if (origin.kind === "unknown") return { ok: true };
  if (origin.kind === "begun")
    return judgeSince(ports, context, move, await bothSince(ports, context, move, origin), {});
  if (origin.kind === "carried") return judgeSince(ports, context, move, origin.since, {});
  const released = await isReleasedAfter(context, move.history, origin.change.commit);
  if (origin.takenBack && released) return { ok: true, ...change };
  if (!origin.takenBack && !released && !passes(move)) return { ok: false, why: "changed", ...change };
  return origin.since === undefined ? { ok: true, ...change } : judgeSince(ports, context, move, origin.since, change);
}

/** Whether what is carried is newer than all that a person set. A whole folder has more in it than versions. */
function passes({ changes, pair: { settings } }: Move): boolean {
  return settings.strategy !== "directory" && changes.every((one) => orderOfChange(one) === "newer");
}

/** Whether the source has moved forward since that commit. What cannot be read any more does not stand in the way. */
async function judgeSince(
  ports: PromotionPorts,
  context: RepositoryContext,
  move: Move,
  since: string,
  change: { readonly change?: PersonsChange },
): Promise<MoveVerdict> {
  const request = carriedRequest(ports, context, move.pair, "source");
  const [then, now] = await Promise.all([carriedAt(request, since), carriedAt(request, move.commit)]);
  if (then === undefined || now === undefined) return { ok: true, ...change };
  const order = compareCarried(carriedOf(now, move.changes), carriedOf(then, move.changes));
  if (order === "same") return { ok: false, why: "same", ...change };
  const back = order === "older" || (order === "unknown" && (await hadBefore(request, since, now, move.changes)));
  return back ? { ok: false, why: "back", ...change } : { ok: true, ...change };
}

/** Whether the source had these versions before the ones that it has at a commit. */
export async function hadBefore(
  request: CarriedRequest,
  commit: string,
  versions: Carried,
  changes: readonly Pick<VersionChange, "image">[],
): Promise<boolean> {
  const wanted = carriedOf(versions, changes);
  for await (const { carried } of versionRuns(request, commit))
    if (compareCarried(carriedOf(carried, changes), wanted) === "same") return true;
  return false;
}

/** The versions of one side of a pair, as promotions of it take them. */
export function carriedRequest(
  ports: PromotionPorts,
  { repository, signal }: RepositoryContext,
  pair: PromotionPair,
  side: "source" | "target",
): CarriedRequest {
  const { settings, target } = pair;
  return { repository, renderer: ports.renderer, target: pair[side], to: target.environment, settings, signal };
}

/** Where what the target has now came from. */
type Origin =
  /** Nothing of it can be read. */
  | { readonly kind: "unknown" }
  /**
   * The target began with it at this commit, as far as is known. Who gives a folder another name, or adds an
   * environment, sets what it has: a difference of before is nobody's move.
   */
  | { readonly kind: "begun"; readonly at: string }
  /** Sluice carried it, with what the source had at `since`. */
  | { readonly kind: "carried"; readonly since: string }
  /**
   * A person set it. `takenBack`: to something that the target or the source had before. `since`: from when on the
   * source's moves count: since the change where it was taken back, else since Sluice last carried something.
   */
  | {
      readonly kind: "person";
      readonly since: string | undefined;
      readonly takenBack: boolean;
      readonly change: PersonsChange;
    };

async function originOf(ports: PromotionPorts, context: RepositoryContext, move: Move): Promise<Origin> {
  const request = carriedRequest(ports, context, move.pair, "target");
  const runs = versionRuns(request, context.head);
  const { value: present } = await runs.next();
  if (present === undefined) return { kind: "unknown" };
  if (present.initial) return { kind: "begun", at: present.first.sha };
  const carried = await carriedBy(ports, context, move.history, present);
  if (carried !== undefined) return { kind: "carried", since: carried };
  const change = { has: present.carried, commit: present.first };
  const at = present.first.sha;
  const before: VersionRun[] = [];
  for await (const run of runs) before.push(run);
  const source = carriedRequest(ports, context, move.pair, "source");
  const takenBack =
    before.some(({ carried: had }) => compareCarried(had, present.carried) === "same") ||
    (await hadBefore(source, at, present.carried, move.changes));
  const since = takenBack ? at : await lastCarried(ports, context, move, before, source);
  return { kind: "person", since, takenBack, change };
}

/** From when on both the target and its source were there, as far as is known. */
async function bothSince(
  ports: PromotionPorts,
  context: RepositoryContext,
  { pair, commit }: Move,
  { at }: { readonly at: string },
): Promise<string> {
  const source = carriedRequest(ports, context, pair, "source");
  const { path } = source.target.render;
  const there = path === "" || (await (await context.repository.tree(at)).at(path)) !== undefined;
  if (there && (await carriedAt(source, at)) !== undefined) return at;
  let began = at;
  for await (const { first } of versionRuns(source, commit)) began = first.sha;
  return began;
}

/** Earlier versions of a target that are followed to what brought them. */
const maxRuns = 5;

/** The source's commit of what the target had before a person changed it. */
async function lastCarried(
  ports: PromotionPorts,
  context: RepositoryContext,
  move: Move,
  before: readonly VersionRun[],
  source: CarriedRequest,
): Promise<string | undefined> {
  for (const run of before.slice(0, maxRuns)) {
    const commit = await carriedBy(ports, context, move.history, run);
    if (commit !== undefined) return commit;
  }
  const [previous] = before;
  if (previous === undefined) return undefined;
  const had = carriedOf(previous.carried, move.changes);
  for await (const { carried, last } of versionRuns(source, move.commit))
    if (compareCarried(carriedOf(carried, move.changes), had) === "same") return last.sha;
  return undefined;
}

/**
 * The source's commit of which Sluice carried what the target has in this run; `undefined` when a person brought it.
 */
async function carriedBy(
  ports: PromotionPorts,
  context: RepositoryContext,
  history: readonly HistoryEntry[],
  { first }: VersionRun,
): Promise<string | undefined> {
  for (const { kind, commit, mergeCommit, versions = [] } of history.toReversed()) {
    if (kind !== "promoted" || commit === undefined || mergeCommit === undefined || versions.length === 0) continue;
    if ((await context.repository.objects.read(mergeCommit))?.kind !== "commit") continue;
    if (await context.repository.isAncestor(first.sha, mergeCommit)) return commit;
  }
  const pull = await ownPullOf(context, first);
  if (pull === undefined) return undefined;
  const metadata = promotionOf(pull, ports.signer);
  if (metadata === undefined) return first.sha;
  return metadata.kind === "promotion" && describesHead(metadata, pull) ? metadata.commit : undefined;
}

/** The pull request of Sluice's own that a commit on the base branch is the merge of. */
export async function ownPullOf(
  context: RepositoryContext,
  commit: CommitFacts | undefined,
): Promise<PullRequest | undefined> {
  const pull = commit && (await pullOf(context, commit));
  return pull?.merged && pull.byApp && !pull.fork && pull.head.ref.startsWith("sluice/") ? pull : undefined;
}

async function isReleasedAfter(
  context: RepositoryContext,
  history: readonly HistoryEntry[],
  commit: CommitFacts,
): Promise<boolean> {
  for (const entry of history)
    if (entry.kind === "released" && (await isDecidedAfter(context, entry, commit))) return true;
  return false;
}
