import { historyOf, type RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import type { PullRequest } from "../../model/github.ts";
import type { Target } from "../../model/target.ts";
import { lookupsTouching } from "../../model/trace.ts";
import type { PromotionPorts } from "./ports.ts";

/**
 * The targets whose inputs a pull request changes, as they stand at the base. The context must have been opened with
 * `wantsOf(pull)`.
 */
export async function touchedTargets(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
): Promise<readonly Target[]> {
  const { repository, signal } = context;
  const fork = await repository.mergeBase(pull.base.sha, pull.head.sha);
  if (fork === undefined) return [];
  const changed = (await repository.changedPaths(fork, pull.head.sha)).map(({ path }) => path);
  const source = { tree: context.tree, objects: repository.objects };
  const touched = await Promise.all(
    context.targets.targets.map(async (target) => {
      const trace =
        (await ports.renderer.known(target.render, source)) ??
        (await ports.renderer.render(target.render, source, signal)).trace;
      // A lookup that found nothing, or only that a folder is there, is near every change and caused by none.
      const read = trace.filter(([, kind]) => kind !== "absent" && kind !== "dir");
      return lookupsTouching(read, changed).length > 0 ? target : undefined;
    }),
  );
  return touched.filter((target) => target !== undefined);
}

/** What a context must have so that a pull request's changes are known. */
export function wantsOf(pull: PullRequest): readonly string[] {
  return [`refs/pull/${pull.number}/head`, pull.head.sha, pull.base.sha];
}

/**
 * The apps that a pull request touched in the environment that the given one promotes from, in the configuration's
 * order.
 */
export async function touchedApps(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  environment: string,
): Promise<readonly string[]> {
  const touched = await touchedTargets(ports, context, pull);
  return [
    ...new Set(
      touched
        .filter((target) => target.environment === settingsFor(context.config, target.app, environment).from)
        .map(({ app }) => app),
    ),
  ];
}

/** What a pull request brought, seen from an environment. */
export interface Brought {
  /** Apps that it brought to where the environment's versions come from, itself or by promotions. */
  readonly apps: readonly string[];
  /** Where it has brought something no further than to an environment before: the promotion that comes next. */
  readonly next?: { readonly from: string; readonly environment: string };
}

/** Follows what a pull request touched through the environments, up to the one that the given one promotes from. */
export async function broughtApps(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  environment: string,
): Promise<Brought> {
  const touched = await touchedTargets(ports, context, pull);
  const apps = new Set<string>();
  let next: Brought["next"];
  for (const { app, environment: began } of touched) {
    const way = wayTo(context, app, began, environment);
    let since = pull.mergeCommit;
    for (const [index, stage] of way.entries()) {
      if (index === 0) continue;
      since = since === undefined ? undefined : await arrivedBy(context, app, stage, since);
      if (since !== undefined) continue;
      next ??= { from: way[index - 1] ?? began, environment: stage };
      break;
    }
    if (way.length === 1 || (way.length > 1 && since !== undefined)) apps.add(app);
  }
  return { apps: [...apps], ...(apps.size === 0 && next !== undefined && { next }) };
}

/** The environments from one to the one before another, in the order of promotions; empty where none leads there. */
function wayTo({ config }: RepositoryContext, app: string, began: string, to: string): readonly string[] {
  const way: string[] = [];
  let at = settingsFor(config, app, to).from;
  for (; at !== undefined && !way.includes(at); at = settingsFor(config, app, at).from) {
    way.unshift(at);
    if (at === began) return way;
  }
  return [];
}

/** The merge of the promotion by which a commit came to an environment. */
async function arrivedBy(
  context: RepositoryContext,
  app: string,
  environment: string,
  since: string,
): Promise<string | undefined> {
  const { repository } = context;
  for (const { kind, commit, mergeCommit } of await historyOf(context, environment, app)) {
    if (kind !== "promoted" || commit === undefined || mergeCommit === undefined) continue;
    if ((await repository.objects.read(commit))?.kind !== "commit") continue;
    if (await repository.isAncestor(since, commit)) return mergeCommit;
  }
  return undefined;
}
