import type { Config } from "../config/schema/config.ts";
import { nearest } from "../model/nearest.ts";
import { doubtful, type KeyPath, type Remark } from "../model/problem.ts";
import type { Target } from "../model/target.ts";

/**
 * Warns about apps in `gates.dependsOn` that are no targets of their environment: apps that depend on them would wait
 * forever.
 */
export function dependencyRemarks(config: Config, targets: readonly Target[]): readonly Remark[] {
  return config.environments.flatMap(({ name, gates }, index) => {
    const apps = targets.filter(({ environment }) => environment === name).map(({ app }) => app);
    const own = unknown(gates.dependsOn, name, apps, ["environments", index, "gates", "dependsOn"]);
    const overrides = Object.entries(config.apps).flatMap(([app, { environments }]) => {
      const override = Object.hasOwn(environments, name) ? environments[name] : undefined;
      const path = ["apps", app, "environments", name, "gates", "dependsOn"];
      return unknown(override?.gates?.dependsOn ?? [], name, apps, path);
    });
    return [...own, ...overrides];
  });
}

function unknown(
  names: readonly string[],
  environment: string,
  apps: readonly string[],
  path: KeyPath,
): readonly Remark[] {
  const known = new Set(apps);
  return names.flatMap((name, index) => {
    if (known.has(name)) return [];
    const meant = nearest(name, apps);
    const fix = "Name an app of the environment, or delete the entry: apps that depend on it wait forever.";
    const message = `\`dependsOn\` names "${name}", which is no app in "${environment}"`;
    return [doubtful([...path, index], message, meant === undefined ? fix : `Did you mean \`${meant}\`? ${fix}`)];
  });
}
