import { historyOf, type RepositoryContext } from "../../change/repository-context.ts";
import type { Target } from "../../model/target.ts";
import type { CommitFacts } from "../../model/tree.ts";
import { changeOf, type IncludedChanges } from "../text/included-changes.ts";
import type { PromotionPorts } from "./ports.ts";

/** How many commits are listed; more are counted as older ones. */
const LIMIT = 100;

/**
 * What came onto the base branch for these source targets since the version that their counterparts have: since the
 * commit that the last promotion carried, as the history says. Without a history it is the newest commits, as many as
 * `without`.
 */
export async function includedChanges(
  ports: PromotionPorts,
  context: RepositoryContext,
  request: { readonly sources: readonly Target[]; readonly environment: string; readonly commit: string },
  without = 10,
): Promise<IncludedChanges> {
  const { repository } = context;
  const since = await lastCarried(context, request);
  const paths = await inputsOf(ports, context, request.sources);
  const limit = since === undefined ? without : LIMIT;
  const commits = await repository.log({
    to: request.commit,
    ...(since === undefined ? {} : { from: since }),
    paths,
    firstParent: true,
    limit: limit + 1,
  });
  const shown = commits.slice(0, limit);
  const compareUrl = since === undefined ? undefined : `${context.url}/compare/${since}...${request.commit}`;
  return { changes: shown.map(toChange), truncated: commits.length > limit, compareUrl };
}

function toChange({ sha, author, message }: CommitFacts) {
  return { sha, author: author.name, ...changeOf(message) };
}

/** The commit of the last promotion, where all targets have one and it is an ancestor; the oldest of them. */
async function lastCarried(
  context: RepositoryContext,
  {
    sources,
    environment,
    commit,
  }: { readonly sources: readonly Target[]; readonly environment: string; readonly commit: string },
): Promise<string | undefined> {
  let oldest: string | undefined;
  for (const { app } of sources) {
    const last = (await historyOf(context, environment, app)).findLast(({ kind }) => kind === "promoted")?.commit;
    if (last === undefined || !(await known(context, last)) || !(await context.repository.isAncestor(last, commit)))
      return undefined;
    if (oldest === undefined || (await context.repository.isAncestor(last, oldest))) oldest = last;
  }
  return oldest;
}

/** A commit that a mirror made again does not have yet, or that was rewritten away, says nothing. */
async function known(context: RepositoryContext, commit: string): Promise<boolean> {
  return (await context.repository.objects.read(commit))?.kind === "commit";
}

/** The files and folders that the source targets read. */
async function inputsOf(
  ports: PromotionPorts,
  context: RepositoryContext,
  sources: readonly Target[],
): Promise<readonly string[]> {
  const source = { tree: context.tree, objects: context.repository.objects };
  const paths = new Set<string>();
  for (const target of sources.slice(0, 20)) {
    const trace =
      (await ports.renderer.known(target.render, source)) ??
      (await ports.renderer.render(target.render, source, context.signal)).trace;
    for (const [path, kind] of trace) if (kind === "file" || kind === "tree") paths.add(path);
  }
  return [...paths].slice(0, 2_000);
}
