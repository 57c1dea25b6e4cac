import { emitMergeGroup, emitPull } from "../events.ts";
import { git } from "../git.ts";
import type { Pull, Repository } from "../state.ts";
import type { QueueEntry } from "../state-parts.ts";
import { gitDirOf, type World } from "../world.ts";

/** Why a pull request leaves the merge queue, as GitHub names it. */
export type QueueReason = "MERGE" | "MERGE_CONFLICT" | "MANUAL";

/** Takes a pull request out of the merge queue, with its group's branch. Nothing happens when it is not in it. */
export async function leaveQueue(
  world: World,
  repository: Repository,
  pull: Pull,
  reason: QueueReason,
  sender: string,
): Promise<void> {
  const at = repository.queue.findIndex((one) => one.number === pull.number);
  const [entry] = at < 0 ? [] : repository.queue.splice(at, 1);
  if (!entry) return;
  await dropGroup(world, repository, entry);
  await emitPull(world, repository, pull, "dequeued", sender, { reason });
  const ending = reason === "MERGE" ? "merged" : reason === "MANUAL" ? "dequeued" : "invalidated";
  await emitMergeGroup(world, repository, pull.baseRef, entry, "destroyed", sender, { reason: ending });
}

/** Removes the branch of a group. */
export async function dropGroup(world: World, repository: Repository, entry: QueueEntry): Promise<void> {
  await git(gitDirOf(world, repository), ["update-ref", "-d", entry.ref]);
}
