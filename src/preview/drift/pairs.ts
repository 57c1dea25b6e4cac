import { type Config, settingsFor } from "../../config/index.ts";
import type { TargetPreview } from "../../model/preview.ts";
import { type Target, targetId } from "../../model/target.ts";
import type { TargetPlan } from "../../model/target-plan.ts";

/** One app in an environment and in the one that it is promoted from. */
export interface EnvironmentPair {
  readonly here: Target;
  readonly there: Target;
  /** Promotions carry the whole folder. */
  readonly wholeFolder: boolean;
}

/** The apps whose renders a pull request changes. */
export function touchedApps(targets: readonly TargetPreview[]): ReadonlySet<string> {
  return new Set(targets.filter(({ status }) => status !== "unchanged").map(({ app }) => app));
}

/**
 * The pairs of these apps that exist at the head, in the plan's order; `undefined` where no environment is promoted
 * from another.
 */
export function environmentPairs(
  config: Config | undefined,
  { targets }: TargetPlan,
  apps: ReadonlySet<string>,
): readonly EnvironmentPair[] | undefined {
  const sources = new Map(config?.environments.flatMap(({ name, from }) => (from === undefined ? [] : [[name, from]])));
  if (config === undefined || sources.size === 0) return undefined;
  const byId = new Map(targets.map((target) => [target.id, target]));
  return targets.flatMap((here) => {
    const from = sources.get(here.environment);
    const there = from === undefined ? undefined : byId.get(targetId(here.app, from));
    if (there === undefined || !apps.has(here.app)) return [];
    const { strategy } = settingsFor(config, here.app, here.environment).promote;
    return [{ here, there, wholeFolder: strategy === "directory" }];
  });
}
