import { inputsOf } from "../change/versions.ts";
import type { CommitFacts } from "../model/tree.ts";
import { type Carried, type CarriedRequest, carriedAt, compareCarried } from "./carried.ts";

/** A stretch of the base branch in which a target had the same versions. */
export interface VersionRun {
  readonly carried: Carried;
  /** The commit that brought them. */
  readonly first: CommitFacts;
  /** The last commit that touched the target while it had them. */
  readonly last: CommitFacts;
  /** Nothing before it is known. */
  readonly initial: boolean;
}

/** Commits of the base branch that are read, of those that touch what the target reads. */
const maxCommits = 100;

/**
 * Which versions a target had up to a commit, newest first. Commits at which it cannot be rendered are passed over. A
 * version that came back is a run of its own.
 */
export async function* versionRuns(
  request: CarriedRequest,
  to: string,
  limit = maxCommits,
): AsyncGenerator<VersionRun, void, void> {
  const { repository, renderer, target, signal } = request;
  const at = { tree: await repository.tree(to), objects: repository.objects };
  const paths = inputsOf(target, await renderer.render(target.render, at, signal));
  let run: Omit<VersionRun, "initial"> | undefined;
  for (const facts of await repository.log({ to, paths, firstParent: true, limit })) {
    signal.throwIfAborted();
    const carried = await carriedAt(request, facts.sha);
    if (carried === undefined) continue;
    if (run !== undefined && compareCarried(carried, run.carried) === "same") {
      run = { ...run, first: facts };
      continue;
    }
    if (run !== undefined) yield { ...run, initial: false };
    run = { carried, first: facts, last: facts };
  }
  if (run !== undefined) yield { ...run, initial: true };
}
