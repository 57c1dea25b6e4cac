import type { Job as BullJob } from "bullmq";
import { Fault, messageOf } from "../model/errors.ts";

const asked = "told to wait: ";

/** Tells BullMQ when to run the job again; its message stays with the job until then. */
export class RunAgain extends Error {
  override readonly name = "RunAgain";
  readonly delayMs: number;

  constructor(delayMs: number, cause: unknown) {
    super(`${isThrottled(cause) ? asked : ""}${messageOf(cause)}`, { cause });
    this.delayMs = delayMs;
  }
}

/**
 * Whether a failed job that waits may run at once when there is news: not when the other side said how long to wait.
 */
export function runsAgainSooner(stored: Pick<BullJob, "attemptsMade" | "failedReason">): boolean {
  // The store gives `null` or nothing before a first failure.
  return stored.attemptsMade > 0 && !`${stored.failedReason}`.startsWith(asked);
}

function isThrottled(cause: unknown): boolean {
  return cause instanceof Fault && cause.kind === "throttled";
}
