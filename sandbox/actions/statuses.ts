import { emitForRepository } from "../events.ts";
import { commitAt } from "../history.ts";
import { statusObject } from "../objects/check.ts";
import { webhookCommit } from "../objects/commit.ts";
import { repositoryApi } from "../objects/repository.ts";
import type { CommitStatus, Repository } from "../state.ts";
import { gitDirOf, nextId, nowIso, type World } from "../world.ts";

/** Says something about a commit under a context; the newest of each context counts. Emits `status`. */
export async function createStatus(
  world: World,
  repository: Repository,
  sha: string,
  input: Pick<CommitStatus, "state" | "context" | "description" | "targetUrl">,
  login: string,
): Promise<CommitStatus> {
  const { state, context, description, targetUrl } = input;
  const status: CommitStatus = {
    id: nextId(world),
    sha,
    state,
    context,
    description,
    targetUrl,
    creator: login,
    createdAt: nowIso(world),
  };
  repository.statuses.push(status);
  const commit = await commitAt(gitDirOf(world, repository), sha);
  if (!commit) throw new Error(`there is no commit ${sha}`);
  const { id, avatar_url, target_url, created_at, updated_at } = statusObject(world, repository, status);
  const branches = Object.entries(repository.refs).filter(([ref, at]) => at === sha && ref.startsWith("refs/heads/"));
  emitForRepository(world, repository, "status", login, {
    id,
    sha,
    name: `${repository.owner}/${repository.name}`,
    avatar_url,
    target_url,
    context,
    description,
    state,
    commit: webhookCommit(world, repository, commit),
    branches: branches.map(([ref]) => ({
      name: ref.replace("refs/heads/", ""),
      commit: { sha, url: `${repositoryApi(world, repository)}/commits/${sha}` },
      protected: false,
    })),
    created_at,
    updated_at,
  });
  return status;
}
