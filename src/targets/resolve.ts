import { parseConfig } from "../config/parse.ts";
import type { Config } from "../config/schema/config.ts";
import { discoverTargets } from "../discovery/discover.ts";
import type { ScanMemo } from "../discovery/scan.ts";
import { byPlace, type ConfigProblem } from "../model/problem.ts";
import type { TargetPlan } from "../model/target-plan.ts";
import type { Tree } from "../model/tree.ts";
import { planTargets } from "./configured-targets.ts";

/** What a repository's targets are and how that is known. `config` is missing without a file and with a broken one. */
export interface ResolvedTargets {
  readonly plan: TargetPlan;
  readonly config?: Config;
  /** Everything wrong or doubtful, by place: of the file and of what it matches. With an error from the file there are no targets. */
  readonly problems: readonly ConfigProblem[];
}

/**
 * The targets of one tree: from the text of the configuration, or discovered when there is none (`undefined`). `file` is the name for messages. A file that cannot be
 * used gives its problems and no targets. `memo` keeps what discovery learns of files between
 * calls. Rejects only when the tree cannot be read.
 */
export async function resolveTargets(
  text: string | undefined,
  tree: Tree,
  file = ".sluice.yaml",
  memo?: ScanMemo,
): Promise<ResolvedTargets> {
  if (text === undefined) {
    const plan = await discoverTargets(tree, memo);
    return { plan, problems: plan.problems };
  }
  const parsed = parseConfig(text, file);
  if (!parsed.ok) {
    const plan = { targets: [], environments: [], source: "file", problems: parsed.problems, notes: [] } as const;
    return { plan, problems: parsed.problems };
  }
  const plan = await planTargets(parsed.config, tree, parsed.locate);
  return { plan, config: parsed.config, problems: [...parsed.warnings, ...plan.problems].sort(byPlace) };
}
