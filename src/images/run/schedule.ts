import type { ImageJob, ImagePullJob } from "../../model/jobs.ts";
import type { ImagePorts } from "./ports.ts";

/** Wakes are set on full seconds, so that jobs that look several times set one. */
const gridMs = 1_000;

/**
 * A wake is known by its moment and does nothing the second time, so it must not come while a clock of another host says that the moment is still ahead: the run would set the very wake that it came from, to no
 * effect. Hosts whose clocks are less apart than this, in milliseconds, agree that the moment is over.
 */
const slackMs = 2_000;

/** Has the job run two to three seconds after that moment, in milliseconds since the epoch; after now where the moment is over. */
export async function schedule(
  { queue, clock }: Pick<ImagePorts, "queue" | "clock">,
  job: ImageJob | ImagePullJob,
  moment: number,
): Promise<void> {
  const now = clock();
  const at = Math.ceil((Math.max(moment, now) + slackMs) / gridMs) * gridMs;
  await queue.add({ type: "wake", at, wakes: job }, { delayMs: at - now });
}
