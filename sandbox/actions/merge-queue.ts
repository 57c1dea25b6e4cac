import { setTimeout as sleep } from "node:timers/promises";

import { track } from "../deliver.ts";
import { emitMergeGroup, emitPull } from "../events.ts";
import { git } from "../git.ts";
import { protectionOf, unmetRules } from "../protection.ts";
import type { Pull, Repository } from "../state.ts";
import type { QueueEntry } from "../state-parts.ts";
import type { MergeMethod } from "../types-common.ts";
import { branchHead, ensureAccount, exclusively, gitDirOf, nextId, nowIso, pullOf, type World } from "../world.ts";
import { finishMerge, mergeCommit } from "./merge.ts";
import type { Actor } from "./pulls.ts";
import { dropGroup, leaveQueue } from "./queue-entries.ts";
import { noticeRefs } from "./refs.ts";

/** Who merges what was in the queue. */
const QUEUE_BOT = "github-merge-queue[bot]";

/** Why a pull request cannot enter the merge queue, in GitHub's words. */
export class QueueRefusal extends Error {
  override readonly name = "QueueRefusal";
}

/** Puts a pull request at the end of its base's merge queue and builds its group. Throws QueueRefusal. */
export function enqueuePull(
  world: World,
  repository: Repository,
  pull: Pull,
  expectedHead: string | undefined,
  actor: Actor,
): Promise<QueueEntry> {
  return exclusively(world, async () => {
    await noticeRefs(world, repository, actor.login);
    checkEntry(world, repository, pull, expectedHead);
    const entry = await addGroup(world, repository, pull, actor);
    if (!entry) throw new QueueRefusal("Pull request is not mergeable: the merge commit cannot be cleanly created");
    repository.queue.push(entry);
    await emitPull(world, repository, pull, "enqueued", actor.login);
    await emitMergeGroup(world, repository, pull.baseRef, entry, "checks_requested", actor.login);
    const wait = protectionOf(repository, pull.baseRef)?.queueAfterMs ?? null;
    if (wait !== null) track(world, runLater(world, repository, wait));
    return entry;
  });
}

/** Takes a pull request out of its base's merge queue, and gives what its entry was. Throws QueueRefusal. */
export function dequeuePull(world: World, repository: Repository, pull: Pull, login: string): Promise<QueueEntry> {
  return exclusively(world, async () => {
    const entry = repository.queue.find((one) => one.number === pull.number);
    if (entry === undefined) throw new QueueRefusal("Pull request is not in the queue");
    await leaveQueue(world, repository, pull, "MANUAL", login);
    return entry;
  });
}

function checkEntry(world: World, repository: Repository, pull: Pull, expectedHead: string | undefined): void {
  if (pull.state === "closed") throw new QueueRefusal("Pull request is closed");
  if (pull.draft) throw new QueueRefusal("Pull request is in draft state");
  if (expectedHead !== undefined && expectedHead !== pull.headSha)
    throw new QueueRefusal("Head branch was modified. Review and try the merge again.");
  if (!protectionOf(repository, pull.baseRef)?.mergeQueue)
    throw new QueueRefusal("Merge queue is not enabled for this branch");
  if (repository.queue.some((one) => one.number === pull.number))
    throw new QueueRefusal("Pull request is already in the queue");
  const unmet = unmetRules(world, repository, pull);
  if (unmet !== undefined) throw new QueueRefusal(`Pull request ${unmet}`);
}

/** The group of a pull request: it merged into what is before it in the queue, on a branch of its own. */
async function addGroup(
  world: World,
  repository: Repository,
  pull: Pull,
  actor: Actor,
  onto?: string,
): Promise<QueueEntry | undefined> {
  const before = repository.queue.findLast((one) => pullOf(repository, one.number).baseRef === pull.baseRef);
  const baseSha = onto ?? before?.sha ?? branchHead(repository, pull.baseRef);
  const method: MergeMethod = repository.mergeMethods.includes("merge") ? "merge" : "squash";
  const sha =
    baseSha === undefined ? undefined : await mergeCommit(world, repository, pull, baseSha, { method }, actor);
  if (baseSha === undefined || sha === undefined) return undefined;
  repository.signed.push(sha);
  const ref = `refs/heads/gh-readonly-queue/${pull.baseRef}/pr-${pull.number}-${baseSha}`;
  await git(gitDirOf(world, repository), ["update-ref", ref, sha]);
  await noticeRefs(world, repository, actor.login);
  const { number } = pull;
  return { id: nextId(world), number, enqueuedBy: actor.login, enqueuedAt: nowIso(world), ref, sha, baseSha };
}

async function runLater(world: World, repository: Repository, ms: number): Promise<void> {
  const { signal } = world.webhook.stop;
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  if (!signal.aborted) await runMergeQueue(world, repository);
}

/**
 * Merges everything in the queue, in order; what conflicts by now is thrown out. Gives the numbers that were merged.
 */
export function runMergeQueue(world: World, repository: Repository): Promise<number[]> {
  return exclusively(world, async () => {
    const merged: number[] = [];
    for (const entry of [...repository.queue]) {
      const pull = pullOf(repository, entry.number);
      const actor = { login: ensureAccount(world, QUEUE_BOT, "Bot").login, byApp: false };
      await noticeRefs(world, repository, actor.login);
      const sha = await presentGroup(world, repository, pull, entry, actor);
      if (sha === undefined) {
        await leaveQueue(world, repository, pull, "MERGE_CONFLICT", actor.login);
        continue;
      }
      await git(gitDirOf(world, repository), ["update-ref", `refs/heads/${pull.baseRef}`, sha]);
      await leaveQueue(world, repository, pull, "MERGE", actor.login);
      await finishMerge(world, repository, pull, sha, actor.login);
      merged.push(entry.number);
    }
    return merged;
  });
}

/** The group's commit, built again when the base moved meanwhile. */
async function presentGroup(
  world: World,
  repository: Repository,
  pull: Pull,
  entry: QueueEntry,
  actor: Actor,
): Promise<string | undefined> {
  const base = branchHead(repository, pull.baseRef);
  if (base === entry.baseSha) return entry.sha;
  const again = await addGroup(world, repository, pull, actor, base);
  if (again) await dropGroup(world, repository, again);
  return again?.sha;
}
