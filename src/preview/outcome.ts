import { parseConfig } from "../config/index.ts";
import type { Preview } from "../model/preview.ts";
import type { ConfigProblem } from "../model/problem.ts";
import { count } from "../model/text/lists.ts";
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
  /** Sentences on how the plan of targets changes. */
  readonly effects: readonly string[];
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
  if (text === undefined) return { problems: [], effects: [`${configFile} is removed: targets will be discovered`] };
  const parsed = parseConfig(text, configFile);
  if (!parsed.ok) return { problems: errors(parsed.problems), effects: [] };
  const now = await resolveTargets(await readConfig(base), head, configFile);
  const then = await resolveTargets(text, head, configFile);
  const problems = errors(then.problems);
  return { problems, effects: problems.length > 0 ? [] : comparisonSentences(now.plan, then.plan) };
}

function comparisonSentences(...plans: Parameters<typeof comparePlans>): readonly string[] {
  const comparison = comparePlans(...plans);
  const say = (verb: string, ids: readonly string[]): string[] =>
    ids.length === 0 ? [] : [`once merged, ${configFile} ${verb} ${count(ids.length, "target")}: ${ids.join(", ")}`];
  return [
    ...say(
      "adds",
      comparison.added.map((target) => target.id),
    ),
    ...say(
      "removes",
      comparison.removed.map((target) => target.id),
    ),
    ...say(
      "changes",
      comparison.changed.map((change) => change.head.id),
    ),
  ];
}

/** The text of a tree's `.sluice.yaml`, `undefined` when it has none; one over 1 MiB is a `limit` UserError. */
export async function readConfig(tree: Tree): Promise<string | undefined> {
  const bytes = await tree.read(configFile, 1 << 20);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
