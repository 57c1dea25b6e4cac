import { discardedOf } from "../../change/pull-request/metadata.ts";
import { endedUnheard, inTurn, isUnsettled, saveSettled, unsettledHeads } from "../../change/pull-request/published.ts";
import { finishClosing } from "../../change/pull-request/settle.ts";
import { openContext, type RepositoryContext } from "../../change/repository-context.ts";
import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import { isAtOrBelow } from "../../model/paths.ts";
import type { StateAddress } from "../../model/state.ts";
import { ownPaths } from "../../model/target.ts";
import { parseBranch } from "../text/branch.ts";
import { type PromotionMetadata, promotionFormat, promotionOf } from "../text/metadata.ts";
import { enqueueUpdates } from "./enqueue-updates.ts";
import { forEachLogged } from "./for-each-logged.ts";
import type { Observed } from "./health.ts";
import type { PromotionPorts } from "./ports.ts";
import { recordPromotionMerge } from "./record-merge.ts";

/**
 * Settles promotions of whose end no event came: they are on record as open, and their branch is gone, or has no open
 * pull request of that number. Where there are many, each sweep begins elsewhere, so that what cannot be settled keeps
 * nothing else waiting.
 */
export async function settleEnded(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
): Promise<void> {
  const records = await unsettledHeads(context, (branch) => parseBranch(branch) !== undefined);
  const gone = records.filter(({ branch }) => !context.branches.has(branch));
  const there = records.filter(({ branch }) => context.branches.has(branch));
  await forEachLogged(
    ports,
    [...inTurn(gone, ports.clock()), ...there],
    "the end of a promotion",
    async ({ branch }) => {
      context.signal.throwIfAborted();
      const newest = context.branches.has(branch) ? await observed.pull(branch) : undefined;
      const ended = await endedUnheard(context, branch, newest?.state === "open" ? newest : undefined);
      if (ended !== undefined) await settlePromotion(ports, context.where, ended, context.signal);
    },
  );
}

/**
 * Writes down how a promotion that is closed ended, whatever its description says: who may write may have emptied it.
 * What was merged without one is in the history all the same, with versions that are not known. Idempotent.
 */
export async function settlePromotion(
  ports: PromotionPorts,
  where: StateAddress,
  pull: PullRequest,
  signal: AbortSignal,
): Promise<void> {
  const metadata = promotionOf(pull, ports.signer);
  if (metadata !== undefined) return recordPromotionMerge(ports, where, pull, metadata, signal);
  const closed = pull.merged ? undefined : discardedOf(promotionFormat, pull, ports.signer);
  if (closed !== undefined) {
    await finishClosing(ports, where, pull, signal);
    return enqueueUpdates(ports, where, closed);
  }
  const want = pull.merged ? [`refs/pull/${pull.number}/head`, ...(pull.mergeCommit ? [pull.mergeCommit] : [])] : [];
  const context = await openContext(ports, where, pull.defaultBranch, signal, want).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    ports.log.warn({ error, pullRequest: pull.number }, "what was merged without a description is not known yet");
    return undefined;
  });
  if (context === undefined || !(await isUnsettled(context, pull))) return;
  const merged = pull.merged ? await undescribed(context, pull) : undefined;
  if (merged === undefined) return saveSettled(ports, where, pull, signal);
  return recordPromotionMerge(ports, where, pull, merged, signal);
}

/** What a promotion was, by its branch's name and by what its merge changed. */
async function undescribed(context: RepositoryContext, pull: PullRequest): Promise<PromotionMetadata | undefined> {
  const { repository, base } = context;
  const branch = parseBranch(pull.head.ref);
  if (branch === undefined || pull.mergeCommit === undefined) return undefined;
  const [merge] = await repository.log({ to: pull.mergeCommit, limit: 1 });
  const [parent] = merge?.parents ?? [];
  if (parent === undefined) return undefined;
  const { kind, environment } = branch;
  const apps =
    branch.app === undefined ? await changedApps(context, environment, parent, pull.mergeCommit) : [branch.app];
  const source = context.config.environments.find(({ name }) => name === environment)?.from;
  return {
    kind,
    environment,
    from: kind === "promotion" ? (source ?? environment) : environment,
    apps,
    // What was carried is no newer than what there was when the branch left the base.
    commit: (await repository.mergeBase(pull.head.sha, parent)) ?? parent,
    base,
    targets: apps.map((app) => ({ app, images: [], digest: "" })),
    carried: [],
    replaced: [],
  };
}

async function changedApps(
  { repository, targets }: RepositoryContext,
  environment: string,
  from: string,
  to: string,
): Promise<readonly string[]> {
  const changed = await repository.changedPaths(from, to);
  return targets.targets
    .filter((target) => target.environment === environment)
    .filter((target) => changed.some(({ path }) => ownPaths(target).some((own) => isAtOrBelow(path, own))))
    .map(({ app }) => app);
}
