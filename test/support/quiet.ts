import { setTimeout as sleep } from "node:timers/promises";
import type { LocalGitHub } from "../../sandbox/index.ts";
import type { InlineQueue } from "./inline-queue.ts";
import { eventually } from "./wait.ts";
import { adminToken } from "./walk.ts";

/** What is watched for quiet. */
export interface Watched {
  readonly github: LocalGitHub;
  /** Where the web door listens. */
  readonly sluice: { readonly url: string };
  /** The queue in memory, where there is one. */
  readonly queue?: InlineQueue | undefined;
  /** Waits for further deliveries, and counts further requests. */
  readonly more?: { settled(): Promise<void>; count(): number };
}

/**
 * Resolves when Sluice has nothing to do: nothing is being delivered, no job waits or runs, and nothing was asked of
 * GitHub in between. It asks the queue itself, so that a busy machine is never taken
 * for quiet. Wakes that are due later do not count.
 */
export async function untilQuiet(watched: Watched): Promise<void> {
  const { github, sluice, queue, more } = watched;
  const count = (): number => github.countRequests() + github.deliveries.length + (more?.count() ?? 0);
  if (queue !== undefined) return untilIdle(watched, queue, count);
  let still = 0;
  let before = -1;
  await eventually("nothing to go on", async () => {
    await more?.settled();
    await github.settled();
    const idle = await isIdle(sluice);
    const now = count();
    still = idle && now === before ? still + 1 : 0;
    before = now;
    // A job of one kind may have added one of another while the kinds were counted: one look is not enough.
    if (still >= 2) return true;
    await sleep(20);
    return false;
  });
}

/** A queue in memory says itself when it is idle. What its jobs asked for may have been delivered while it was not. */
async function untilIdle({ github, more }: Watched, queue: InlineQueue, count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count();
    await more?.settled();
    await github.settled();
    await queue.idle();
  }
}

async function isIdle({ url }: Watched["sluice"]): Promise<boolean> {
  const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } })).text();
  return ["waiting", "active"].every((state) => text.includes(`sluice_queue_jobs{state="${state}"} 0\n`));
}
