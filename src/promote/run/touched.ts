import type { RepositoryContext } from "../../change/repository-context.ts";
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
