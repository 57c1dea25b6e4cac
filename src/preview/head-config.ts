import { parseConfig } from "../config/index.ts";
import type { ConfigurationEffect, EnvironmentEffect } from "../model/preview.ts";
import type { ConfigProblem } from "../model/problem.ts";
import type { Target } from "../model/target.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import { comparePlans, configFile, type PlanReads, type ResolvedTargets, resolveTargets } from "../targets/index.ts";
import type { ComparedTrees } from "./affected.ts";
import { readConfig } from "./outcome.ts";

/** What a head that edits `.sluice.yaml` would do once it is merged: it has errors, or effects. */
export interface HeadConfig {
  readonly problems: readonly ConfigProblem[];
  readonly effect?: ConfigurationEffect;
  /** Paths of it alone that match no folder, each with the path that the environment has on the base branch. */
  readonly unmatched: readonly UnmatchedPath[];
}

/** An environment whose path matches no folder. */
export interface UnmatchedPath {
  readonly environment: string;
  readonly path: string;
  /** What it is on the base branch, where that is another one. */
  readonly before: string | undefined;
  readonly problem: ConfigProblem;
}

/**
 * Validates the head's `.sluice.yaml` where the change edits it; `undefined` where it does not: where it is the base's,
 * or still the merge base's while the base has moved on.
 */
export async function readHeadConfig(trees: ComparedTrees, reads: PlanReads): Promise<HeadConfig | undefined> {
  const [base, mergeBase, head] = [trees.tip.tree, trees.base.tree, trees.head.tree];
  const [before, begun, after] = await Promise.all([base, mergeBase, head].map((tree) => tree.at(configFile)));
  if (after?.oid === before?.oid || after?.oid === begun?.oid) return undefined;
  const text = await readConfig(head);
  if (text === undefined)
    return { problems: [], unmatched: [], effect: { isRemoved: true, apps: 0, environments: [], effects: [] } };
  const parsed = parseConfig(text, configFile);
  if (!parsed.ok) return { problems: errorsOf(parsed.problems), unmatched: [] };
  const now = await resolveTargets(await readConfig(base), trees.head, reads);
  const then = await resolveTargets(text, trees.head, reads);
  const problems = errorsOf(then.problems);
  if (problems.length > 0) return { problems, unmatched: [] };
  const unmatched = unmatchedPaths(now, then);
  return { problems, unmatched, effect: effectOf(now.plan, then.plan, unmatched) };
}

function errorsOf(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return problems.filter(({ severity }) => severity === "error");
}

function unmatchedPaths(now: ResolvedTargets, then: ResolvedTargets): readonly UnmatchedPath[] {
  const told = new Set(unmatchedIn(now).map(({ name, path }) => `${name}\n${path}`));
  return unmatchedIn(then).flatMap(({ name, path, problem }) => {
    if (told.has(`${name}\n${path}`)) return [];
    const before = now.config?.environments.find((one) => one.name === name)?.path;
    return [{ environment: name, path, before: before === path ? undefined : before, problem }];
  });
}

function unmatchedIn({ problems, config }: ResolvedTargets) {
  return problems.flatMap((problem) => {
    const { name, path } = config?.environments[Number(problem.path[1])] ?? {};
    if (problem.code !== "unmatched-path" || !problem.message.endsWith("matches no folder")) return [];
    return name === undefined || path === undefined ? [] : [{ name, path, problem }];
  });
}

/** What an edit of the configuration changes, by environment, the furthest first. */
function effectOf(before: TargetPlan, after: TargetPlan, unmatched: readonly UnmatchedPath[]): ConfigurationEffect {
  const { added, removed, changed } = comparePlans(before, after);
  const environments = after.environments.toReversed();
  const names = new Set([...environments, ...before.environments.toReversed()]);
  const of = (targets: readonly Target[], environment: string) =>
    targets.flatMap((one) => (one.environment === environment ? [one.app] : []));
  const other = changed.map(({ head }) => head);
  const effects = [...names].map(
    (environment): EnvironmentEffect => ({
      environment,
      before: of(before.targets, environment).length,
      after: of(after.targets, environment).length,
      more: of(added, environment),
      fewer: of(removed, environment),
      other: of(other, environment),
      ...(unmatched.some((one) => one.environment === environment) ? { isUnmatched: true } : {}),
    }),
  );
  return {
    isRemoved: false,
    apps: new Set(after.targets.map(({ app }) => app)).size,
    environments,
    effects: effects.filter(({ more, fewer, other: moved }) => more.length + fewer.length + moved.length > 0),
  };
}
