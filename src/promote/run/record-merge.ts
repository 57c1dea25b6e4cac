import { describesHead } from "../../change/pull-request/metadata.ts";
import { settlePullRequest } from "../../change/pull-request/settle.ts";
import { historyOf } from "../../change/repository-context.ts";
import { replaceVerdict } from "../../change/text/verdict-part.ts";
import type { PullRequest } from "../../model/github.ts";
import type { Decision, StateAddress } from "../../model/state.ts";
import { replaceWays } from "../text/body.ts";
import { foldedGates, gatesOfCheck, type SeenGates } from "../text/gates.ts";
import { mergedId, type PromotionMetadata } from "../text/metadata.ts";
import { declinedText } from "../text/rollback-proposal.ts";
import { mergedCheck, mergedSection, mergedUnmetText, promotionCheck } from "../text/verdict.ts";
import { endProposal } from "./end-proposal.ts";
import { enqueueUpdates } from "./enqueue-updates.ts";
import { broughtAt, changedTargets, closedEvent, lastOf, mergedEvent, type OfPull } from "./events.ts";
import type { PromotionPorts } from "./ports.ts";

/**
 * A promotion pull request that was merged goes into the history, and its branch goes; the status comments of what it
 * carried are updated, and what may follow it is evaluated.
 */
export async function recordPromotionMerge(
  ports: PromotionPorts,
  where: StateAddress,
  pull: PullRequest,
  metadata: PromotionMetadata,
  signal: AbortSignal,
): Promise<void> {
  const gates = pull.merged ? await seenGates(ports, where, pull) : undefined;
  const decisions = async () => [decisionOf(ports, pull, metadata, gates)];
  const merged = await settlePullRequest(ports, where, pull, { metadata, decisions, deletesUnmerged: false }, signal);
  if (merged) await sayMerged(ports, where, pull, metadata, gates);
  if (merged && metadata.kind === "rollback") await refreshRolledBack(ports, where, metadata, signal);
  if (!pull.merged && metadata.kind === "rollback") await sayEnded(ports, where, pull, metadata, signal);
  await announceEnd(ports, { where, pull, metadata }, merged, signal);
  await enqueueUpdates(ports, where, metadata);
  await ports.queue.add({ type: "promotions", ...where, defaultBranch: pull.defaultBranch });
}

/** The gates of the merged head as the App's own check says them; people can edit the description. */
interface GatesAtMerge {
  readonly summary: string;
  readonly seen: SeenGates | undefined;
}

async function seenGates(ports: PromotionPorts, where: StateAddress, pull: PullRequest): Promise<GatesAtMerge> {
  const github = await ports.github(where.installationId, where.repository);
  const { summary = "" } = (await github.ownCheck(pull.head.sha, promotionCheck)) ?? {};
  return { summary, seen: gatesOfCheck(summary) };
}

/** The description says that it is merged; gates that had not passed are told in a comment. */
async function sayMerged(
  ports: PromotionPorts,
  where: StateAddress,
  pull: PullRequest,
  metadata: PromotionMetadata,
  { summary, seen }: GatesAtMerge = { summary: "", seen: undefined },
): Promise<void> {
  const github = await ports.github(where.installationId, where.repository);
  const about = { unmet: seen?.unmet, isAsPlanned: describesHead(metadata, pull), now: ports.clock() };
  const body = replaceWays(foldedGates(replaceVerdict(pull.body, mergedSection(metadata, pull, about))), metadata);
  if (body !== pull.body) await github.updatePullRequest(pull.number, { body });
  if (seen?.unmet.length === 0) return;
  const report = seen && mergedCheck(pull, seen, summary);
  if (report !== undefined) await github.upsertCheck(report);
  const history = `${ports.webUrl}/${where.repository.owner}/${where.repository.name}/tree/sluice-state`;
  await github.upsertComment(pull.number, "merged-unmet", mergedUnmetText(pull, metadata, { seen, history }));
}

/**
 * A rollback that was closed has rolled nothing back, and what it held is held still; but where Sluice had proposed it,
 * closing it is the answer.
 */
async function sayEnded(
  ports: PromotionPorts,
  where: StateAddress,
  pull: PullRequest,
  metadata: PromotionMetadata,
  signal: AbortSignal,
): Promise<void> {
  const { environment, apps, proposal } = metadata;
  const github = await ports.github(where.installationId, where.repository);
  if (proposal !== undefined) {
    await github.upsertComment(pull.number, "closed-rollback", declinedText(metadata));
    const about = { environment, apps, pullRequest: pull.number, defaultBranch: pull.defaultBranch };
    return endProposal(ports, where, { ...about, how: "declined" }, signal);
  }
  const releases = apps.map((app) => `\`/release ${environment}/${app}\``).join(", ");
  const text = `Closed: nothing was rolled back. Automation of what it named in ${environment} stays on hold; ${releases} ends that.`;
  await github.upsertComment(pull.number, "closed-rollback", text);
}

async function announceEnd(ports: PromotionPorts, of: OfPull, merged: boolean, signal: AbortSignal): Promise<void> {
  const { where, pull, metadata } = of;
  if (merged) {
    const sources = metadata.kind === "promotion" ? await sourceMerges(ports, where, metadata, signal) : [];
    ports.events.announce(mergedEvent(of, lastOf(sources), ports.clock()));
  }
  // The metadata of what Sluice itself closes no longer counts, so a person closed this one.
  if (!pull.merged) ports.events.announce(closedEvent(of, "person", "a person closed it", ports.clock()));
}

/** When each target's versions were merged in the source environment, `NaN` where its history does not say. */
async function sourceMerges(
  ports: PromotionPorts,
  where: StateAddress,
  metadata: PromotionMetadata,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const state = await ports.state.read(where, signal);
  const each = changedTargets(metadata).map(async (target) =>
    broughtAt(await historyOf({ state }, metadata.from, target.app), target),
  );
  return (await Promise.all(each)).map((moment) => moment ?? Number.NaN);
}

function decisionOf(
  { clock }: PromotionPorts,
  pull: PullRequest,
  metadata: PromotionMetadata,
  gates: GatesAtMerge | undefined,
): Decision {
  const { kind, actor = "sluice", environment, targets, commit } = metadata;
  const unmet = gates?.seen?.unmet ?? [];
  return {
    kind: kind === "promotion" ? "promoted" : "rolled-back",
    id: mergedId(pull.number),
    at: new Date(pull.closedAt ?? clock()).toISOString(),
    by: actor,
    environment,
    apps: targets.map(({ app }) => app),
    pullRequest: pull.number,
    commit,
    ...(pull.mergeCommit === undefined ? {} : { mergeCommit: pull.mergeCommit }),
    ...(pull.mergedBy === undefined ? {} : { mergedBy: pull.mergedBy }),
    ...(unmet.length === 0 ? {} : { unmet }),
    ...(gates !== undefined && gates.seen === undefined ? { unseen: true as const } : {}),
    ...(metadata.head === undefined ? { reason: "its description was gone, so what it brought is not known" } : {}),
    // What a person pushed to the branch is not known.
    versions: describesHead(metadata, pull) ? Object.fromEntries(targets.map(({ app, images }) => [app, images])) : {},
  };
}

/** The newest promotions of a target; older ones are in no rollback of a few versions. */
const maxRefreshed = 5;

/** What a rollback took away is in the status comments of the promotions that brought it. */
async function refreshRolledBack(
  ports: PromotionPorts,
  where: StateAddress,
  { environment, targets }: PromotionMetadata,
  signal: AbortSignal,
): Promise<void> {
  const state = await ports.state.read(where, signal);
  for (const { app } of targets) {
    const promoted = (await historyOf({ state }, environment, app)).filter(({ kind }) => kind === "promoted");
    for (const { pullRequest } of promoted.slice(-maxRefreshed)) {
      if (pullRequest !== undefined) await ports.queue.add({ type: "status-comment", ...where, pullRequest });
    }
  }
}
