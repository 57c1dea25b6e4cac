import type { ImageJob, ImagePullJob } from "../../model/jobs.ts";
import type { ImagePorts } from "./ports.ts";

/** Wakes are set on full seconds, so that jobs that look several times set one. */
const gridMs = 1_000;

/** Has the job run at that moment, in milliseconds since the epoch, or right after. */
export async function wakeLater(
  { queue, clock }: Pick<ImagePorts, "queue" | "clock">,
  job: ImageJob | ImagePullJob,
  moment: number,
): Promise<void> {
  const at = Math.ceil(moment / gridMs) * gridMs;
  await queue.add({ type: "wake", at, wakes: job }, { delayMs: Math.max(0, at - clock()) });
}
