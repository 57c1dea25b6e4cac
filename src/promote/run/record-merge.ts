import { historyOf } from "../../change/repository-context.ts";
import { messageOf, UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { StateAddress } from "../../model/state.ts";
import { mergedId, type PromotionMetadata } from "../text/metadata.ts";
import type { PromotionPorts } from "./ports.ts";
import { enqueue } from "./publish.ts";
import { describesHead } from "./replan.ts";

/** A promotion pull request that was merged goes into the history, and its branch goes; the chains of what it carried, and what may follow it, are looked at again. */
export async function settle(
  ports: PromotionPorts,
  where: StateAddress,
  pull: PullRequest,
  metadata: PromotionMetadata,
  signal: AbortSignal,
): Promise<void> {
  if (pull.merged && pull.base.ref === metadata.base && metadata.base === pull.defaultBranch) {
    await remember(ports, where, pull, metadata, signal);
    await clearAway(ports, where, pull);
    if (metadata.kind === "rollback") await tellPromotions(ports, where, metadata, signal);
  }
  await enqueue(ports, { where }, metadata, undefined);
  await ports.queue.add({ type: "promotions", ...where, defaultBranch: pull.defaultBranch });
}

/** A history that somebody broke by hand must not keep the rest from being done; the person who mends it finds the merge on the branch itself. */
async function remember(
  ports: PromotionPorts,
  where: StateAddress,
  pull: PullRequest,
  metadata: PromotionMetadata,
  signal: AbortSignal,
): Promise<void> {
  const decision = {
    kind: metadata.kind === "promotion" ? "promoted" : "rolled-back",
    id: mergedId(pull.number),
    at: new Date(ports.clock()).toISOString(),
    by: metadata.actor ?? "sluice",
    environment: metadata.environment,
    apps: metadata.targets.map(({ app }) => app),
    pullRequest: pull.number,
    commit: metadata.commit,
    ...(pull.mergeCommit === undefined ? {} : { mergeCommit: pull.mergeCommit }),
    // What a person pushed to the branch is not known.
    versions: describesHead(metadata, pull)
      ? Object.fromEntries(metadata.targets.map(({ app, images }) => [app, images]))
      : {},
  } as const;
  try {
    await ports.state.record(where, decision, signal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    ports.log.warn({ error, pullRequest: pull.number }, "a merged promotion is not in the history");
    const github = await ports.github(where.installationId, where.repository);
    const said = `This merge is not in the history: ${messageOf(error)}. ${error.fix ?? ""}`;
    await github.upsertComment(pull.number, "history", said.trim());
  }
}

/** What a rollback took away stands in the chains of the promotions that brought it. */
async function tellPromotions(
  ports: PromotionPorts,
  where: StateAddress,
  { environment, targets }: PromotionMetadata,
  signal: AbortSignal,
): Promise<void> {
  const state = await ports.state.read(where, signal);
  for (const { app } of targets) {
    const brought = (await historyOf({ state }, environment, app)).filter(({ kind }) => kind === "promoted");
    for (const { pullRequest } of brought.slice(-maxRefreshed)) {
      if (pullRequest !== undefined) await ports.queue.add({ type: "status-comment", ...where, pullRequest });
    }
  }
}

/** The newest promotions of a target; older ones are in no rollback of a few versions. */
const maxRefreshed = 5;

/** The branch may be a later promotion's by now, for it is one branch for a target for ever, or have what a person pushed after the merge. */
async function clearAway(ports: PromotionPorts, where: StateAddress, pull: PullRequest): Promise<void> {
  const github = await ports.github(where.installationId, where.repository);
  const newest = await github.pullRequestOf(pull.head.ref);
  if (newest === undefined || newest.number === pull.number) await github.deleteBranch(pull.head.ref, pull.head.sha);
}
