import type { Config } from "../config/schema/config.ts";
import { nearest } from "../model/nearest.ts";
import { doubtful, type KeyPath, type Remark } from "../model/problem.ts";
import type { Target } from "../model/target.ts";

/**
 * Warns about apps in `dependsOn`, of gates and of deploys, that are no targets of their environment: apps that depend
 * on them would wait forever.
 */
export function dependencyRemarks(config: Config, targets: readonly Target[]): readonly Remark[] {
  return config.environments.flatMap((environment, index) => {
    const { name } = environment;
    const apps = targets.filter((target) => target.environment === name).map(({ app }) => app);
    const check = (settings: Dependent | undefined, path: KeyPath) => [
      ...unknown(settings?.gates?.dependsOn ?? [], name, apps, [...path, "gates", "dependsOn"]),
      ...unknown(deployed(settings), name, apps, [...path, "deploy", "dependsOn"]),
    ];
    const overrides = Object.entries(config.apps).flatMap(([app, { environments }]) =>
      check(Object.hasOwn(environments, name) ? environments[name] : undefined, ["apps", app, "environments", name]),
    );
    return [...check(environment, ["environments", index]), ...overrides];
  });
}

type Dependent = {
  readonly gates?: { readonly dependsOn?: readonly string[] };
  readonly deploy?: NonNullable<Config["environments"][number]["deploy"]>;
};

function deployed(settings: Dependent | undefined): readonly string[] {
  return settings?.deploy?.engine === "apply" ? settings.deploy.dependsOn : [];
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
