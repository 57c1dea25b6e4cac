import { parseConfig } from "../config/index.ts";
import type { Preview } from "../model/preview.ts";
import type { ConfigProblem } from "../model/problem.ts";
import type { Target } from "../model/target.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import { commaList, count } from "../model/text/lists.ts";
import type { Tree } from "../model/tree.ts";
import { comparePlans, configFile, resolveTargets } from "../targets/index.ts";
import type { ComparedTrees } from "./affected.ts";

/** The commits of a comparison, as full ids. */
export interface Commits {
  readonly base: string;
  readonly head: string;
  /** The base itself when the histories are `unrelated`. */
  readonly mergeBase: string;
  readonly unrelated: boolean;
}

/** What became of a preview: the comparison, or the errors of the base's configuration. */
export type PreviewOutcome =
  | {
      readonly kind: "preview";
      readonly commits: Commits;
      readonly preview: Preview;
      /** When the configuration wants a comment. */
      readonly comment: "changes" | "always" | "never";
    }
  | { readonly kind: "config"; readonly commits: Commits; readonly problems: readonly ConfigProblem[] };

/** What a head that edits `.sluice.yaml` would do once it is merged. */
export interface HeadConfig {
  readonly problems: readonly ConfigProblem[];
  /** Sentences on what environments get by it. */
  readonly effects: readonly string[];
  /** What environments no longer have by it, the furthest first; `kept` counts what they still have. */
  readonly lost: readonly { readonly environment: string; readonly apps: readonly string[]; readonly kept: number }[];
}

/**
 * Validates the head's `.sluice.yaml` where the change edits it; `undefined` where it does not: where it is the base's,
 * or still the merge base's while the base has moved on.
 */
export async function headConfigProblems(trees: ComparedTrees): Promise<HeadConfig | undefined> {
  const [base, mergeBase, head] = [trees.tip.tree, trees.base.tree, trees.head.tree];
  const [before, begun, after] = await Promise.all([base, mergeBase, head].map((tree) => tree.at(configFile)));
  if (after?.oid === before?.oid || after?.oid === begun?.oid) return undefined;
  const errors = (all: readonly ConfigProblem[]) => all.filter(({ severity }) => severity === "error");
  const text = await readConfig(head);
  if (text === undefined)
    return { problems: [], effects: [`${configFile} is removed: apps will be found by their folders`], lost: [] };
  const parsed = parseConfig(text, configFile);
  if (!parsed.ok) return { problems: errors(parsed.problems), effects: [], lost: [] };
  const now = await resolveTargets(await readConfig(base), head, configFile);
  const then = await resolveTargets(text, head, configFile);
  const problems = errors(then.problems);
  return problems.length > 0 ? { problems, effects: [], lost: [] } : { problems, ...effectsOf(now.plan, then.plan) };
}

/** What an edit of the configuration changes, by environment, the furthest first. */
function effectsOf(before: TargetPlan, after: TargetPlan): Pick<HeadConfig, "effects" | "lost"> {
  const { added, removed, changed } = comparePlans(before, after);
  const names = [...new Set([...before.environments, ...after.environments])].toReversed();
  const of = (targets: readonly Target[], environment: string) =>
    targets.flatMap((one) => (one.environment === environment ? [one.app] : []));
  const effects = names.flatMap((environment) => [
    ...effect(environment, of(added, environment), "more"),
    ...effect(
      environment,
      of(
        changed.map(({ head }) => head),
        environment,
      ),
      "rendered differently",
    ),
  ]);
  const lost = names.flatMap((environment) => {
    const apps = of(removed, environment);
    return apps.length === 0 ? [] : [{ environment, apps, kept: of(after.targets, environment).length }];
  });
  return { effects, lost };
}

function effect(environment: string, apps: readonly string[], what: string): readonly string[] {
  return apps.length === 0
    ? []
    : [`after the merge, ${environment} has ${count(apps.length, "app")} ${what}: ${commaList(apps, 6)}`];
}

/** The text of a tree's `.sluice.yaml`, `undefined` when it has none; one over 1 MiB is a `limit` UserError. */
export async function readConfig(tree: Tree): Promise<string | undefined> {
  const bytes = await tree.read(configFile, 1 << 20);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
