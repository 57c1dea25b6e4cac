import { authorOf } from "../../change/merged-pull.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { code } from "../../diff/index.ts";
import type { PullRequest } from "../../model/github.ts";
import { isAtOrBelow } from "../../model/paths.ts";
import { ownPaths, type Target } from "../../model/target.ts";

/** A change of the base since a pull request's branch left it. */
export interface BaseChange {
  /** Who made it, a login or a name, and the pull request that brought it. */
  readonly by: string;
  readonly pullRequest: number | undefined;
  /** `` `bob` changed `charts/web/values.yaml` and 2 more with #52 ``; Markdown. */
  readonly text: string;
}

/** The newest change of the base to what these targets are at home in; `undefined` where there is none. */
export async function changeOnBase(
  context: RepositoryContext,
  pull: Pick<PullRequest, "head">,
  targets: readonly Pick<Target, "render" | "declaration">[],
): Promise<BaseChange | undefined> {
  const { repository } = context;
  const fork = await repository.mergeBase(pull.head.sha, context.head);
  if (fork === undefined || fork === context.head) return undefined;
  const paths = targets.flatMap(ownPaths).filter((path) => path !== "");
  const [commit] = await repository.log({ to: context.head, from: fork, paths, firstParent: true, limit: 1 });
  if (commit === undefined) return undefined;
  const { by, pullRequest } = await authorOf(context, commit);
  const changed = (await repository.changedPaths(fork, context.head)).filter((one) =>
    paths.some((path) => isAtOrBelow(one.path, path)),
  );
  const [first, ...more] = changed.map(({ path }) => code(path));
  const files = first === undefined ? "its files" : `${first}${more.length > 0 ? ` and ${more.length} more` : ""}`;
  const text = `${code(by)} changed ${files}${pullRequest === undefined ? "" : ` with #${pullRequest}`}`;
  return { by, pullRequest, text };
}
