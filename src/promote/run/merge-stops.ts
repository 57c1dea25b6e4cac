import { authorOf } from "../../change/merged-pull.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { shortVersion } from "../../change/text/version.ts";
import type { GateVerdict, MergeStop } from "../../model/gates.ts";
import type { PullRequest } from "../../model/github.ts";
import type { HistoryEntry } from "../../model/state.ts";
import { goesBack, orderOfChange } from "../carried.ts";
import { pairOf } from "../resolve.ts";
import type { PromotionMetadata } from "../text/metadata.ts";
import { isDecidedAfter } from "./decided-after.ts";
import type { PromotionPorts } from "./ports.ts";
import { judgeMove, type MoveVerdict } from "./source-moves.ts";

/**
 * Why Sluice leaves this merge to people, whatever the gates say: a version would go back, or a person changed the
 * target, and nobody has asked for this or approved it since. A rollback is what a person asked for.
 */
export async function mergeStops(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: PromotionMetadata,
  verdict: GateVerdict,
): Promise<readonly MergeStop[]> {
  if (metadata.kind === "rollback") return [];
  const approved = verdict.results.some(
    ({ gate, state, counted = 0 }) => gate === "approvals" && state === "passed" && counted > 0,
  );
  const stops: MergeStop[] = [];
  for (const target of metadata.targets)
    stops.push(...(await stopOf(ports, context, pull, metadata, target, approved)));
  return stops;
}

async function stopOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: PromotionMetadata,
  { app, images: changes }: PromotionMetadata["targets"][number],
  approved: boolean,
): Promise<readonly MergeStop[]> {
  const { environment, from, commit } = metadata;
  const pair = pairOf(context, app, environment, from);
  if (pair === undefined) return [];
  const older = goesBack(changes);
  if (!older && approved) return [];
  const history = await context.state.history(environment, app);
  const move = await judgeMove(ports, context, { pair, commit, changes, history });
  if (!older && (move.ok || (await isAskedFor(context, pull, metadata, history, move)))) return [];
  const first = changes.find((one) => orderOfChange(one) === "older") ?? changes[0];
  const { change } = move;
  return [
    {
      kind: older ? "older" : "changed",
      app,
      has: shortVersion(first?.from ?? ""),
      gets: shortVersion(first?.to ?? ""),
      ...(change === undefined ? {} : { change: await authorOf(context, change.commit) }),
    },
  ];
}

/** Whether a person asked for this promotion when the target was what it is now. */
async function isAskedFor(
  context: RepositoryContext,
  pull: PullRequest,
  { actor }: PromotionMetadata,
  history: readonly HistoryEntry[],
  { change }: MoveVerdict,
): Promise<boolean> {
  // The history may not have it yet.
  if (change === undefined && actor !== undefined) return true;
  const { repository } = context;
  for (const entry of history) {
    const { kind, pullRequest, commit } = entry;
    if (kind !== "requested" || pullRequest !== pull.number || commit === undefined) continue;
    if (change === undefined) return true;
    if (!(await isDecidedAfter(context, entry, change.commit))) continue;
    const known = (await repository.objects.read(commit))?.kind === "commit";
    if (known && (await repository.isAncestor(change.commit.sha, commit))) return true;
  }
  return false;
}
