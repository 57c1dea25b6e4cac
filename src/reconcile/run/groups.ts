import type { RepositoryContext } from "../../change/repository-context.ts";
import { type EnvironmentSettings, settingsFor } from "../../config/index.ts";
import { canonicalJson } from "../../model/json.ts";
import type { Target } from "../../model/target.ts";

/** How an environment, or some of its apps, is deployed. */
export type DeploySettings = NonNullable<EnvironmentSettings["deploy"]>;

/** Targets of an environment that are deployed in one and the same way. */
export interface DeployGroup {
  readonly settings: DeploySettings;
  readonly targets: readonly Target[];
}

type Configured = Pick<RepositoryContext, "config" | "targets">;

/** The targets of an environment that Sluice deploys, by how it does. */
export function deployGroups({ config, targets }: Configured, environment: string): readonly DeployGroup[] {
  const groups = new Map<string, { settings: DeploySettings; targets: Target[] }>();
  for (const target of targets.targets) {
    if (target.environment !== environment) continue;
    const { deploy } = settingsFor(config, target.app, environment);
    if (deploy === undefined) continue;
    const key = canonicalJson(deploy);
    const group = groups.get(key) ?? { settings: deploy, targets: [] };
    groups.set(key, group);
    group.targets.push(target);
  }
  return [...groups.values()];
}

/** Names of the environments in which Sluice deploys something. */
export function deployedEnvironments(context: Configured): readonly string[] {
  return context.config.environments.map(({ name }) => name).filter((name) => deployGroups(context, name).length > 0);
}
