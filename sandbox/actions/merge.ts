import { ApiError } from "../errors.ts";
import { emitPull } from "../events.ts";
import { git } from "../git.ts";
import type { Signature } from "../loose-commit.ts";
import { methodRefusal, protectionOf, unmetRules } from "../protection.ts";
import { mergedTree, rebased, writeCommit } from "../repository-git.ts";
import type { Pull, Repository } from "../state.ts";
import type { MergeMethod } from "../types-common.ts";
import { branchHead, exclusively, gitDirOf, nowIso, type World } from "../world.ts";
import { writeRef } from "../write-ref.ts";
import type { Actor } from "./pulls.ts";
import { noticeRefs } from "./refs.ts";

/** What a merge is asked for with. */
interface MergeInput {
  readonly sha?: string | undefined;
  readonly method: MergeMethod;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
}

/**
 * Merges by real git. 405 when it cannot be merged or a rule of the base is not met, 409 when `sha` is not the head.
 * Gives the new commit.
 */
export function mergePull(
  world: World,
  repository: Repository,
  pull: Pull,
  input: MergeInput,
  actor: Actor,
): Promise<string> {
  return exclusively(world, async () => {
    await noticeRefs(world, repository, actor.login);
    checkMerge(world, repository, pull, input);
    const dir = gitDirOf(world, repository);
    const base = branchHead(repository, pull.baseRef);
    const merged = base === undefined ? undefined : await mergeCommit(world, repository, pull, base, input, actor);
    if (base === undefined || merged === undefined) throw new ApiError(405, "Pull Request is not mergeable");
    if (!(await writeRef(dir, `refs/heads/${pull.baseRef}`, merged, base)))
      throw new ApiError(405, "Base branch was modified. Review and try the merge again.");
    // GitHub signs what it makes itself; commits that it replays lose their signatures.
    if (input.method !== "rebase") repository.signed.push(merged);
    await finishMerge(world, repository, pull, merged, actor.login);
    return merged;
  });
}

function checkMerge(world: World, repository: Repository, pull: Pull, input: MergeInput): void {
  if (pull.state === "closed" || pull.draft) throw new ApiError(405, "Pull Request is not mergeable");
  if (input.sha !== undefined && input.sha !== pull.headSha)
    throw new ApiError(409, "Head branch was modified. Review and try the merge again.");
  if (protectionOf(repository, pull.baseRef)?.mergeQueue)
    throw new ApiError(405, "Changes must be made through the merge queue");
  const refusal = methodRefusal(repository, input.method) ?? unmetRules(world, repository, pull);
  if (refusal !== undefined) throw new ApiError(405, refusal);
}

/** Closes a pull request whose base branch has its merge, and tells it. Call inside `exclusively`. */
export async function finishMerge(
  world: World,
  repository: Repository,
  pull: Pull,
  merged: string,
  login: string,
): Promise<void> {
  pull.mergeCommitSha = merged;
  pull.mergedAt = nowIso(world);
  pull.mergedBy = login;
  pull.state = "closed";
  pull.closedAt = pull.mergedAt;
  pull.updatedAt = pull.mergedAt;
  await emitPull(world, repository, pull, "closed", login);
  const own = pull.headRepoId === repository.id && pull.headRef !== repository.defaultBranch;
  if (repository.deleteBranchOnMerge && own)
    await git(gitDirOf(world, repository), ["update-ref", "-d", `refs/heads/${pull.headRef}`]);
  await noticeRefs(world, repository, login);
}

/** The commit that merging makes, not on any branch yet. Undefined when the two sides conflict. */
export async function mergeCommit(
  world: World,
  repository: Repository,
  pull: Pull,
  base: string,
  input: MergeInput,
  actor: Actor,
): Promise<string | undefined> {
  const dir = gitDirOf(world, repository);
  const date = nowIso(world);
  const committer: Signature = { name: "GitHub", email: "noreply@github.com", date };
  if (input.method === "rebase") return rebased(dir, base, pull.headSha, committer);
  const tree = await mergedTree(dir, base, pull.headSha);
  if (tree === undefined) return undefined;
  const squash = input.method === "squash";
  const subject = squash
    ? `${pull.title} (#${pull.number})`
    : `Merge pull request #${pull.number} from ${pull.headRef}`;
  const message = `${input.title ?? subject}\n\n${input.message ?? (squash ? "" : pull.title)}`.trim();
  const login = squash ? pull.author : actor.login;
  const author = { name: login, email: `${login}@users.noreply.local`, date };
  return writeCommit(dir, { tree, parents: squash ? [base] : [base, pull.headSha], message, author, committer });
}
