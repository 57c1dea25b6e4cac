import { Fault } from "../../model/errors.ts";
import type { ImageJob, ImagePullJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import type { ImagePorts } from "./ports.ts";
import { schedule } from "./schedule.ts";

const laterMs = 30 * 60_000;

/**
 * Carries out a job, and has it run again in half an hour when its last attempt fails because a registry, GitHub or the
 * store is away: nobody else would ask again. Throws what the work throws.
 */
export async function retryLater(
  ports: Pick<ImagePorts, "queue" | "clock">,
  job: ImageJob | ImagePullJob,
  { lastAttempt }: Pick<RunContext, "lastAttempt">,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const temporary = error instanceof Fault && error.kind !== "bug";
    if (lastAttempt && temporary) await schedule(ports, job, ports.clock() + laterMs);
    throw error;
  }
}
