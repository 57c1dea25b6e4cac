import { emitForRepository, emitPull } from "../events.ts";
import { git, revParse } from "../git.ts";
import { commitHistory } from "../history.ts";
import { type Json, userByLogin } from "../objects/account.ts";
import { webhookRepository } from "../objects/repository.ts";
import { isAncestor, mergedTree, readRefs, writeCommit } from "../repository-git.ts";
import type { Pull, Repository } from "../state.ts";
import type { Activity } from "../state-parts.ts";
import { branchHead, gitDirOf, htmlUrl, nextId, nowIso, repositoryById, type World } from "../world.ts";
import { NO_REF, writeRef } from "../write-ref.ts";
import { leaveQueue } from "./queue-entries.ts";

const MAX_COMMITS = 2048;

interface RefChange {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * Compares the branches and tags on disk with those last seen and tells what changed: pushes, moved heads, pull
 * requests that a push merged or whose branch is gone. Call inside `exclusively`.
 */
export async function noticeRefs(world: World, repository: Repository, sender: string): Promise<void> {
  const after = await readRefs(gitDirOf(world, repository));
  const names = [...new Set([...Object.keys(repository.refs), ...Object.keys(after)])].sort();
  const changes = names
    .map((name): RefChange => ({ name, before: repository.refs[name], after: after[name] }))
    .filter((change) => change.before !== change.after);
  if (changes.length === 0) return;
  repository.refs = after;
  repository.pushedAt = nowIso(world);
  for (const change of changes) await emitPush(world, repository, change, sender);
  for (const change of changes) await movePulls(world, repository, change, sender);
}

function noteActivity(
  world: World,
  repository: Repository,
  { name: ref, before, after }: RefChange,
  { forced, actor }: { readonly forced: boolean; readonly actor: string },
): void {
  const type: Activity["type"] =
    before === undefined ? "branch_creation" : after === undefined ? "branch_deletion" : forced ? "force_push" : "push";
  repository.activities ??= [];
  const at = nowIso(world);
  repository.activities.push({
    id: nextId(world),
    ref,
    before: before ?? NO_REF,
    after: after ?? NO_REF,
    at,
    actor,
    type,
  });
}

async function emitPush(world: World, repository: Repository, change: RefChange, sender: string): Promise<void> {
  const dir = gitDirOf(world, repository);
  const { before, after } = change;
  const forced = before !== undefined && after !== undefined && !(await isAncestor(dir, before, after));
  noteActivity(world, repository, change, { forced, actor: sender });
  const commits = after === undefined ? [] : await pushedCommits(world, repository, change.name, before, after);
  const html = htmlUrl(world, repository);
  const stamp = (time: string): number => Math.floor(Date.parse(time) / 1000);
  const owner = userByLogin(world, repository.owner);
  emitForRepository(world, repository, "push", sender, {
    ref: change.name,
    before: before ?? NO_REF,
    after: after ?? NO_REF,
    created: before === undefined,
    deleted: after === undefined,
    forced,
    base_ref: null,
    compare: `${html}/compare/${(before ?? NO_REF).slice(0, 12)}...${(after ?? NO_REF).slice(0, 12)}`,
    commits,
    head_commit: commits.at(-1) ?? null,
    pusher: { name: sender, email: `${sender}@users.noreply.local` },
    // In push events, and only there, two times are seconds and the owner has a name.
    repository: {
      ...webhookRepository(world, repository),
      owner: { ...owner, name: repository.owner, email: null },
      created_at: stamp(repository.createdAt),
      pushed_at: stamp(repository.pushedAt),
      stargazers: 0,
      master_branch: repository.defaultBranch,
    },
  });
}

async function pushedCommits(
  world: World,
  repository: Repository,
  ref: string,
  before: string | undefined,
  after: string,
): Promise<Json[]> {
  const dir = gitDirOf(world, repository);
  const tip = ref.startsWith("refs/heads/") ? after : await revParse(dir, after);
  if (tip === undefined) return [];
  const range = before === undefined ? [tip, "-n", "1"] : [`${before}..${tip}`, "-n", String(MAX_COMMITS)];
  const history = await commitHistory(dir, range);
  return history.reverse().map((one) => ({
    id: one.sha,
    tree_id: one.tree,
    distinct: true,
    message: one.message,
    timestamp: one.author.date,
    url: `${htmlUrl(world, repository)}/commit/${one.sha}`,
    author: { name: one.author.name, email: one.author.email },
    committer: { name: one.committer.name, email: one.committer.email },
    added: one.files.filter((file) => file.status === "A").map((file) => file.path),
    removed: one.files.filter((file) => file.status === "D").map((file) => file.path),
    modified: one.files.filter((file) => file.status !== "A" && file.status !== "D").map((file) => file.path),
  }));
}

async function movePulls(world: World, repository: Repository, change: RefChange, sender: string): Promise<void> {
  const branch = change.name.replace(/^refs\/heads\//, "");
  if (branch === change.name) return;
  for (const target of world.state.repositories) {
    for (const pull of target.pulls.filter((one) => one.state === "open")) {
      if (pull.headRepoId === repository.id && pull.headRef === branch)
        await moveHead(world, target, pull, change, sender);
      else if (target === repository && pull.baseRef === branch) await moveBase(world, target, pull, change, sender);
    }
  }
}

async function moveHead(
  world: World,
  target: Repository,
  pull: Pull,
  change: RefChange,
  sender: string,
): Promise<void> {
  if (change.after === undefined) return closeWith(world, target, pull, sender);
  await leaveQueue(world, target, pull, "MANUAL", sender);
  const before = pull.headSha;
  pull.headSha = change.after;
  pull.updatedAt = nowIso(world);
  await writePullRefs(world, target, pull);
  pull.baseSha = branchHead(target, pull.baseRef) ?? pull.baseSha;
  await emitPull(world, target, pull, "synchronize", sender, { before, after: change.after });
}

async function moveBase(
  world: World,
  target: Repository,
  pull: Pull,
  change: RefChange,
  sender: string,
): Promise<void> {
  if (change.after === undefined) return closeWith(world, target, pull, sender);
  if (await isAncestor(gitDirOf(world, target), pull.headSha, change.after)) {
    pull.mergedAt = nowIso(world);
    pull.mergedBy = sender;
    pull.mergeCommitSha = change.after;
    return closeWith(world, target, pull, sender);
  }
  await writePullRefs(world, target, pull);
}

async function closeWith(world: World, target: Repository, pull: Pull, sender: string): Promise<void> {
  await leaveQueue(world, target, pull, "MANUAL", sender);
  pull.state = "closed";
  pull.closedAt = nowIso(world);
  pull.updatedAt = pull.closedAt;
  await emitPull(world, target, pull, "closed", sender);
}

/** Brings `refs/pull/N/head` and `refs/pull/N/merge` up to date, fetching the head from a fork where it is one. */
export async function writePullRefs(world: World, target: Repository, pull: Pull): Promise<void> {
  const dir = gitDirOf(world, target);
  const ref = `refs/pull/${pull.number}`;
  if (pull.headRepoId !== target.id) {
    const fork = gitDirOf(world, repositoryById(world, pull.headRepoId));
    await git(dir, ["fetch", "--quiet", fork, `+refs/heads/${pull.headRef}:${ref}/head`]);
  }
  pull.mergeCommitSha = await testMerge(world, target, pull);
  const { headSha, mergeCommitSha } = pull;
  const moved = await writeRef(dir, `${ref}/head`, headSha);
  if (mergeCommitSha === null) await git(dir, ["update-ref", "-d", `${ref}/merge`]);
  if (!moved || !(mergeCommitSha === null || (await writeRef(dir, `${ref}/merge`, mergeCommitSha))))
    throw new Error(`the refs of #${pull.number} cannot be written`);
}

/** The commit that merging would give, or null when the two sides conflict. */
async function testMerge(world: World, target: Repository, pull: Pull): Promise<string | null> {
  const dir = gitDirOf(world, target);
  const base = branchHead(target, pull.baseRef);
  const tree = base === undefined ? undefined : await mergedTree(dir, base, pull.headSha);
  if (base === undefined || tree === undefined) return null;
  const message = `Merge ${pull.headSha} into ${base}`;
  const author = { name: pull.author, email: `${pull.author}@users.noreply.local`, date: nowIso(world) };
  return writeCommit(dir, { tree, parents: [base, pull.headSha], message, author });
}
