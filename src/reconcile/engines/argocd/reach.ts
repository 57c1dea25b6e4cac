import { isAtOrBelow } from "../../../model/paths.ts";
import type { Repository } from "../../../model/tree.ts";
import { descentOf } from "../controller/descent.ts";
import type { Desired } from "../engine.ts";
import { type Application, annotationOf } from "./application.ts";
import type { Reach } from "./decide.ts";
import { isOutdated, type OwnSources } from "./sources.ts";

type History = Pick<Repository, "isAncestor" | "changedPaths">;

/** What decides how far revisions reach. */
export interface ReachWork {
  readonly history: History;
  readonly desired: Desired;
  readonly own: OwnSources;
}

/** How far what was compared last, and what was synced last, reach. */
export async function reaches(
  application: Application,
  work: ReachWork,
): Promise<{ readonly compared: Reach; readonly operated: Reach }> {
  const { sync, operationState: state } = application.status;
  const asked = state?.operation.sync;
  const [compared, result] = [revisionsOf(sync, work.own), revisionsOf(state?.syncResult, work.own)];
  const operated = result.some((one) => one !== "") ? result : revisionsOf(asked, work.own);
  if (work.own.hydrated) return hydratedReach(application, work, compared[0] ?? "", operated[0] ?? "");
  return {
    compared: isOutdated(application) ? "unknown" : await worst(compared, work),
    operated: await worst(operated, work),
  };
}

interface Revisions {
  readonly revision: string;
  readonly revisions: readonly string[];
}

function revisionsOf(named: Revisions | undefined, { at, several }: OwnSources): readonly string[] {
  return several ? at.map((index) => named?.revisions[index] ?? "") : [named?.revision ?? ""];
}

async function worst(revisions: readonly string[], work: ReachWork): Promise<Reach> {
  const found = new Set<Reach>();
  for (const revision of revisions) found.add(await reachOf(revision, work));
  return (["apart", "unknown", "behind"] as const).find((one) => found.has(one)) ?? "in";
}

async function reachOf(revision: string, { history, desired, own }: ReachWork): Promise<Reach> {
  const descent = await descentOf(history, revision, desired.head);
  if (descent === "same" || descent === "ahead") return "in";
  return descent === "behind" && (await isSame(revision, { history, desired, own })) ? "in" : descent;
}

/**
 * Whether another commit, an ancestor, deploys the same: its render is the same, and nothing else says what is
 * deployed. Argo CD may read more of the folder than Sluice: what replaces parts of a source, or Jsonnet.
 */
export async function isSame(commit: string, { history, desired, own }: ReachWork): Promise<boolean> {
  if (commit === desired.head) return true;
  if (!own.plain || !(await desired.sameAt(commit))) return false;
  const changed = await history.changedPaths(commit, desired.head);
  return !changed.some(({ path }) => isAtOrBelow(path, desired.path));
}

/** What is synced are commits of another branch: what they were rendered from counts. */
async function hydratedReach(
  application: Application,
  work: ReachWork,
  compared: string,
  operated: string,
): Promise<{ readonly compared: Reach; readonly operated: Reach }> {
  const {
    lastComparedDryRevision,
    lastSuccessfulOperation: last,
    currentOperation,
  } = application.status.sourceHydrator;
  const settled =
    currentOperation.phase === "Hydrated" && annotationOf(application, "argocd.argoproj.io/hydrate") === "";
  const unchanged = settled && (await reachOf(lastComparedDryRevision, work)) === "in";
  const dry = unchanged ? "in" : await reachOf(last.drySHA, work);
  const reach = (revision: string): Reach => (revision !== "" && revision === last.hydratedSHA ? dry : "behind");
  return { compared: reach(compared), operated: reach(operated) };
}
