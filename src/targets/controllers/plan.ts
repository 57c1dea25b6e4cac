import { entryCandidates, listFolders } from "../../discovery/index.ts";
import { isAtOrBelow } from "../../model/paths.ts";
import type { ConfigProblem } from "../../model/problem.ts";
import type { Lookup, Render, RenderSource, Trace } from "../../model/render.ts";
import type { MovingSource } from "../../model/sources.ts";
import { specText, type Target } from "../../model/target.ts";
import type { TargetPlan } from "../../model/target-plan.ts";
import { sentenceList } from "../../model/text/lists.ts";
import type { PlanReads } from "../reads.ts";
import type { ClusterStandIn } from "./clusters.ts";
import { type Candidate, candidatesOf, ownFolder, shownNames, targetsOf } from "./controller-targets.ts";
import { declarationLines } from "./lines.ts";
import type { Named } from "./names.ts";
import { type Survey, surveyControllers } from "./survey.ts";

/** What the controllers of a tree deploy, before anybody names it. */
export interface Controllers {
  readonly candidates: readonly Candidate[];
  readonly problems: readonly ConfigProblem[];
  /** What the renders looked up that the plan was made from. */
  readonly reads: Trace;
  /** Sources that may be something else tomorrow. */
  readonly moving: readonly MovingSource[];
  /** The targets of those that have a name. */
  targets(names: ReadonlyMap<string, Named>): Promise<readonly Target[]>;
}

/** What controllers deploy from a tree; `undefined` where it holds no object for them. */
export async function readControllers(
  source: RenderSource,
  reads: PlanReads,
  standIns: readonly ClusterStandIn[] = [],
): Promise<Controllers | undefined> {
  const { tree } = source;
  const discovery = { tree, folders: await listFolders(tree), memo: reads.memo ?? new Map() };
  const entries = await entryCandidates(discovery);
  if (entries.length === 0) return undefined;
  const survey = await surveyControllers(entries, source, reads, standIns);
  const candidates = candidatesOf(survey);
  if (candidates.length === 0) return undefined;
  const renders = await Promise.all([...survey.renders].map(async ([key, render]) => [key, await render] as const));
  return {
    candidates,
    problems: [...objectProblems(survey), ...failures(candidates, new Map(renders))],
    reads: lookupsOf(renders.map(([, render]) => render)),
    moving: survey.moving,
    targets: async (names) => {
      const named = candidates.filter(({ key }) => names.has(key));
      return targetsOf(named, names, await declarationLines(named, tree));
    },
  };
}

function objectProblems({ clusters }: Survey): readonly ConfigProblem[] {
  return clusters.flatMap((cluster) => {
    const units = [...cluster.units.values()].flatMap(({ problems, object: { file, line } }) =>
      problems.map((problem) => ({ ...problem, file, line })),
    );
    const seen = new Map([...cluster.problems, ...units].map((one) => [one.message, one]));
    return [...seen.values()].map(({ message, fix, file, line }) => warning(message, fix, file, line));
  });
}

/** What does not render may hold objects of controllers, which nobody knows now. */
function failures(candidates: readonly Candidate[], renders: ReadonlyMap<string, Render>): readonly ConfigProblem[] {
  return candidates.flatMap(({ target, kind, namespace, name }) => {
    const render = renders.get(specText(target.render));
    if (render === undefined || render.ok) return [];
    const { message, file, line } = render.failure;
    const what = kind === "entry" ? `\`${target.render.path}\`` : `The ${kind} \`${namespace}/${name}\``;
    const fix = "Until it renders, nobody knows what of controllers is in it.";
    return [{ ...warning(`${what} does not render: ${message}`, fix, file, line), code: "not-rendered" }];
  });
}

/** A warning: an error would leave out the whole plan. */
function warning(message: string, fix: string, file = "", line = 1): ConfigProblem {
  return { severity: "warning", message, fix, file, line, column: 1, path: [] };
}

function lookupsOf(renders: readonly Render[]): Trace {
  const all = renders.flatMap(({ trace }) => trace.map((lookup): [string, Lookup] => [lookup.join("\n"), lookup]));
  return [...new Map(all).values()];
}

/**
 * The plan of a repository without a configuration that holds objects of controllers: what these deploy, and one note
 * about folders that nothing deploys. Where they deploy none of the repository's own folders, the folders stay targets.
 */
export async function withControllers(folders: TargetPlan, controllers: Controllers): Promise<TargetPlan> {
  const { candidates, reads, problems } = controllers;
  const all = await controllers.targets(shownNames(candidates));
  const reached = [...all.flatMap((target) => ownFolder(target) ?? []), ...reads.map(([path]) => path)];
  const deploysOwn = all.some((target) => target.declaration !== undefined && ownFolder(target) !== undefined);
  const left = folders.targets.filter(({ render }) => !reached.some((path) => touches(path, render.path)));
  const kept = deploysOwn ? [] : left;
  const targets = [...all, ...kept.filter(({ id }) => !all.some((one) => one.id === id))];
  const unreached = left.length > 0 && kept.length === 0 ? [notReached(left)] : [];
  return {
    targets,
    environments: [...new Set(targets.map(({ environment }) => environment))],
    source: "discovered",
    problems: [...folders.problems, ...problems],
    notes: unreached,
    reads,
    moving: controllers.moving,
  };
}

function touches(path: string, folder: string): boolean {
  return isAtOrBelow(path, folder) || (path !== "" && isAtOrBelow(folder, path));
}

function notReached(targets: readonly Target[]): string {
  const paths = [...new Set(targets.map(({ render }) => `\`${render.path}\``))];
  const are = paths.length === 1 ? "is" : "are";
  return `${sentenceList(paths, 5)} ${are} not reached by anything that Argo CD or Flux reads here, so no target.`;
}
