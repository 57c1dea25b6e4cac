import type { ImageJob, ImagePullJob } from "../../model/jobs.ts";
import type { ImagePorts } from "./ports.ts";

/** Jobs are scheduled for full seconds, so that runs that ask several times schedule one. */
const gridMs = 1_000;

/**
 * A scheduled job is known by its moment and does nothing the second time, so it must not come while another host's
 * clock says that the moment is still ahead: the run would schedule the very job that it came from, to no effect. Hosts
 * whose clocks differ by less than this, in milliseconds, agree that the moment is over.
 */
const slackMs = 2_000;

/**
 * Schedules the job two to three seconds after that moment, in milliseconds since the epoch; after now where the moment
 * is over.
 */
export async function schedule(
  { queue, clock }: Pick<ImagePorts, "queue" | "clock">,
  job: ImageJob | ImagePullJob,
  moment: number,
): Promise<void> {
  const now = clock();
  const at = Math.ceil((Math.max(moment, now) + slackMs) / gridMs) * gridMs;
  await queue.add({ type: "scheduled", at, job }, { delayMs: at - now });
}
