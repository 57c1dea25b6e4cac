import { compareVersions, type TargetVersion, type VersionComparison, versionsIn } from "../change/versions.ts";
import type { Config } from "../config/index.ts";
import type { Renderer } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import type { Repository } from "../model/tree.ts";

/** What a status is computed from. */
export interface StatusRequest {
  readonly repository: Repository;
  readonly renderer: Renderer;
  readonly commit: string;
  readonly config: Config;
  readonly targets: readonly Target[];
  /** None named: all. */
  readonly apps: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * One app in one environment. `comparison` is missing in an environment without `from`, and where the app is not in it.
 */
export interface TargetStatus {
  readonly environment: string;
  readonly from?: string;
  readonly version: TargetVersion;
  readonly comparison?: VersionComparison;
}

/** Every app with its targets in promotion order. */
export interface Status {
  readonly commit: string;
  readonly environments: readonly string[];
  readonly apps: readonly { readonly app: string; readonly targets: readonly TargetStatus[] }[];
}

/**
 * Renders the targets and says which version each has, and how it compares to the environment that it promotes from.
 */
export async function computeStatus(request: StatusRequest): Promise<Status> {
  const { repository, renderer, commit, config, signal, onProgress } = request;
  const wanted = new Set(request.apps);
  const targets = request.targets.filter(({ app }) => wanted.size === 0 || wanted.has(app));
  const source = { tree: await repository.tree(commit), objects: repository.objects };
  let done = 0;
  const versions = await Promise.all(
    targets.map(async (target) => {
      const version = await versionsIn(target, source, renderer, signal);
      onProgress?.(++done, targets.length);
      return [target.id, version] as const;
    }),
  );
  const byId = new Map(versions);
  const apps = [...new Set(targets.map(({ app }) => app))].sort();
  return {
    commit,
    environments: config.environments.map(({ name }) => name),
    apps: apps.map((app) => ({ app, targets: appTargets(app, config, byId) })),
  };
}

function appTargets(
  app: string,
  config: Config,
  versions: ReadonlyMap<string, TargetVersion>,
): readonly TargetStatus[] {
  return config.environments.flatMap(({ name, from }): TargetStatus[] => {
    const version = versions.get(`${app}/${name}`);
    if (version === undefined) return [];
    const source = from === undefined ? undefined : versions.get(`${app}/${from}`);
    const comparison = source && compareVersions(version, source);
    return [{ environment: name, version, ...(from !== undefined && { from }), ...(comparison && { comparison }) }];
  });
}
