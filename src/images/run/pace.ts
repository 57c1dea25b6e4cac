import type { ImageJob } from "../../model/jobs.ts";
import type { ImagePorts } from "./ports.ts";
import { wakeLater } from "./wake.ts";

const kind = "image-look";

/** How often a unit is looked at in a burst of events, in milliseconds. The first event of a burst is not kept waiting. */
const paceMs = 10_000;

function idOf({ repository, unit }: ImageJob): string {
  return `${repository.owner}/${repository.name}/${unit}`;
}

/** Remembers that a unit is looked at now. */
export async function noteLook(
  { records, clock }: Pick<ImagePorts, "records" | "clock">,
  job: ImageJob,
): Promise<void> {
  await records.put(kind, { id: idOf(job), at: clock(), keys: [], value: {} }, paceMs);
}

/** Whether a unit was looked at just now. */
export async function lookedLately(
  { records, clock }: Pick<ImagePorts, "records" | "clock">,
  job: ImageJob,
): Promise<boolean> {
  const last = await records.get(kind, idOf(job));
  return last !== undefined && clock() - last.at < paceMs;
}

/** Has a unit looked at: at once when that was not done for a while, else as soon as the while is over, once for however many events came in it. */
export async function lookSoon(ports: Pick<ImagePorts, "records" | "clock" | "queue">, job: ImageJob): Promise<void> {
  const last = await ports.records.get(kind, idOf(job));
  if (last === undefined || ports.clock() - last.at >= paceMs) return ports.queue.add(job);
  await wakeLater(ports, job, last.at + paceMs);
}
