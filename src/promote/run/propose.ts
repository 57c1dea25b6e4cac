import type { RepositoryContext } from "../../change/repository-context.ts";
import { versionsText } from "../../change/text/version.ts";
import { arrivalOf, sameVersions, type TargetVersion, versionsAt } from "../../change/versions.ts";
import { settingsFor } from "../../config/index.ts";
import { UserError } from "../../model/errors.ts";
import { eventId } from "../../model/events.ts";
import type { Deployment } from "../../model/github-repository.ts";
import type { HistoryEntry } from "../../model/state.ts";
import type { Target } from "../../model/target.ts";
import { deployOutcome } from "../deploy-outcome.ts";
import { promotionBranch } from "../text/branch.ts";
import { promotionOf, shortDigest } from "../text/metadata.ts";
import type { RollbackProposal } from "../text/proposal-metadata.ts";
import { loopText, proposalReason } from "../text/rollback-proposal.ts";
import type { Observed } from "./health.ts";
import { openPromotion, type PromotionResult } from "./open.ts";
import type { PromotionPorts } from "./ports.ts";
import { rollbackPairs } from "./rollback-pairs.ts";
import { type RollbackPoint, rollbackPoint } from "./rollback-point.ts";
import { settleDeploy } from "./settled-deploys.ts";
import { ownPullOf } from "./source-moves.ts";

/** A deploy that failed, and those before it. */
export interface FailedDeploy {
  readonly newest: Deployment;
  /** Newest first. */
  readonly older: readonly Deployment[];
  readonly observed: Observed;
  readonly failure: RollbackProposal["failure"];
  /** Where more is said of it. */
  readonly url?: string | undefined;
}

/**
 * Opens the rollback of a deploy that failed, and holds automation there; once for each Deployment, and not where a
 * person declined it, where the failure is itself a rollback, or where the version was healthy there before. Every step
 * may be the last of a process.
 */
export async function propose(
  ports: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  failed: FailedDeploy,
): Promise<void> {
  const { newest } = failed;
  const history = await context.state.history(target.environment, target.app);
  const done = history.find(({ id }) => id === proposedId(newest));
  if (done?.pullRequest !== undefined) return hold(ports, context, target, failed, done.pullRequest);
  const there = await versionOf(ports, context, target, newest.sha);
  const now = await versionOf(ports, context, target, context.head);
  // Another version is on its way: that one is looked at when it has been deployed.
  if (there?.ok !== true || there.digest !== now?.digest) return;
  const found = await opening(ports, context, target, failed, there, history);
  if (found === undefined) return settleDeploy(ports, context, target, newest.id);
  const proposal = proposalOf(failed, there, found);
  const { pull } = await open(ports, context, target, found, proposal);
  if (pull === undefined) {
    ports.log.warn({ target: target.id }, "no rollback is proposed: it cannot be planned");
    return settleDeploy(ports, context, target, newest.id);
  }
  const { id, at, by, environment, apps } = decided(ports, target, newest);
  const reason = proposalReason(proposal);
  const decision = { id, at, by, environment, apps, pullRequest: pull.number, commit: found.commit, reason };
  await ports.state.record(context.where, { ...decision, kind: "rollback-proposed" }, context.signal);
  await hold(ports, context, target, failed, pull.number, reason);
}

function proposedId({ id }: Deployment): string {
  return `proposed-${id}`;
}

function decided({ clock }: PromotionPorts, { app, environment }: Target, newest: Deployment) {
  return { id: proposedId(newest), at: new Date(clock()).toISOString(), by: "sluice", environment, apps: [app] };
}

/** Tells who is held. The decision is written: a run before this one may have ended then. */
async function hold(
  ports: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  { newest }: FailedDeploy,
  pullRequest: number,
  reason = "",
): Promise<void> {
  const { where, base: defaultBranch } = context;
  const { app, environment } = target;
  await ports.queue.add({ type: "promotions", ...where, defaultBranch });
  const id = eventId("hold.set", where.repository, proposedId(newest), app);
  const about = { id, at: ports.clock(), ...where, environment, app, defaultBranch, pullRequest, reason };
  const actor = { kind: "automation", login: "sluice" } as const;
  await ports.events.dispatch({ ...about, kind: "hold.set", actor }, context.signal);
  await settleDeploy(ports, context, target, newest.id);
}

/** Where to go back to; `undefined`: nothing is proposed, and the log says why. */
async function opening(
  ports: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  failed: FailedDeploy,
  version: TargetVersion,
  history: readonly HistoryEntry[],
): Promise<RollbackPoint | undefined> {
  const { newest, observed } = failed;
  const none = (why: string) =>
    void ports.log.info({ target: target.id, deployment: newest.id }, `no rollback: ${why}`);
  const pull = await observed.pull(promotionBranch("rollback", target.environment, [target.app]));
  const metadata = pull === undefined ? undefined : promotionOf(pull, ports.signer);
  if (pull?.state === "open" && metadata?.proposal === undefined) return none("a person rolls it back already");
  if (pull?.state === "closed" && metadata?.proposal?.deployment === newest.id) return none("a person declined it");
  if (await isRollback(ports, context, target, newest, history)) return none("what failed is itself a rollback");
  const counts = countsOf(failed, history);
  if (await wasHealthy(ports, context, target, failed, version, counts))
    return none("its version was healthy there before, so something else is the cause");
  return rollbackPoint(ports, context, observed, target, { counts }).then(
    (point) => (point?.healthySince === undefined ? none("no earlier version is known to have been healthy") : point),
    (error: unknown) => {
      if (error instanceof UserError && error.kind === "not-found") return none(error.message);
      throw error;
    },
  );
}

async function versionOf(
  { renderer }: PromotionPorts,
  { repository, signal }: RepositoryContext,
  target: Target,
  commit: string,
): Promise<TargetVersion | undefined> {
  if ((await repository.objects.read(commit))?.kind !== "commit") return undefined;
  return versionsAt({ repository, renderer, signal }, target, commit);
}

/** Whether a rollback brought what failed; a comment on it says that nothing comes of that by itself. */
async function isRollback(
  { renderer, signer }: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  { sha }: Deployment,
  history: readonly HistoryEntry[],
): Promise<boolean> {
  const { repository, signal } = context;
  const { app, environment } = target;
  const commit = await arrivalOf({ repository, renderer, target, commit: sha, signal });
  if (commit === undefined) return false;
  const pull = await ownPullOf(context, commit);
  const isOurs = pull !== undefined && promotionOf(pull, signer)?.kind === "rollback";
  if (isOurs) await context.github.upsertComment(pull.number, "no-rollback", loopText(app, environment));
  const isRecorded = history.some(
    ({ kind, commit: of, mergeCommit }) =>
      (kind === "rolled-back" && mergeCommit === commit.sha) || (kind === "reverted" && of === commit.sha),
  );
  return isOurs || isRecorded;
}

/**
 * Which deploys say that a version was healthy: those that did not fail after all, and of which no rollback was
 * proposed that nobody declined.
 */
function countsOf({ newest, observed }: FailedDeploy, history: readonly HistoryEntry[]) {
  const declined = new Set(
    history.flatMap(({ kind, pullRequest }) => (kind === "rollback-declined" ? [pullRequest] : [])),
  );
  const bad = new Set(
    history.flatMap(({ kind, id, pullRequest }) =>
      kind === "rollback-proposed" && !declined.has(pullRequest) ? [id] : [],
    ),
  );
  return async (one: Deployment): Promise<boolean> => {
    if (one.id === newest.id || bad.has(proposedId(one))) return false;
    return deployOutcome(one.createdAt, await observed.statuses(one.id)).state === "live";
  };
}

/** Of how many deploys it is asked whether they had the same version. */
const followed = 20;

async function wasHealthy(
  ports: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  { older }: FailedDeploy,
  version: TargetVersion,
  counts: (one: Deployment) => Promise<boolean>,
): Promise<boolean> {
  const { strategy } = settingsFor(context.config, target.app, target.environment).promote;
  for (const one of older.slice(0, followed)) {
    const then = await versionOf(ports, context, target, one.sha);
    if (then === undefined) continue;
    const same = strategy === "images" ? sameVersions(then, version) : then.digest === version.digest;
    if (same && (await counts(one))) return true;
  }
  return false;
}

function proposalOf(
  { newest, failure, url }: FailedDeploy,
  { digest, ...version }: Extract<TargetVersion, { ok: true }>,
  { healthySince: from }: RollbackPoint,
): RollbackProposal {
  const text = versionsText(version.images.map(({ image, versions }) => ({ image, version: versions.join(", ") })));
  const healthy = from === undefined ? {} : { healthy: { from, until: Date.parse(newest.createdAt) } };
  const link = url === undefined || url === "" ? {} : { url };
  return { deployment: newest.id, version: text, digest: shortDigest(digest), failure, ...link, ...healthy };
}

function open(
  ports: PromotionPorts,
  context: RepositoryContext,
  { app, environment }: Target,
  { commit }: RollbackPoint,
  proposal: RollbackProposal,
): Promise<PromotionResult> {
  return openPromotion(ports, context, {
    kind: "rollback",
    environment,
    from: environment,
    pairs: rollbackPairs(context, environment, [app]),
    commit,
    proposal,
  });
}
