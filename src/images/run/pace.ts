import { z } from "zod";
import type { ImageJob } from "../../model/jobs.ts";
import type { StoredRecord } from "../../model/records.ts";
import type { ImagePorts } from "./ports.ts";
import { wakeLater } from "./wake.ts";

const kind = "image-burst";

/** How long a burst of events is, in milliseconds, and how many of its events are acted on at once. */
const paceMs = 10_000;
const atOnce = 3;

function idOf({ repository, unit }: ImageJob): string {
  return `${repository.owner}/${repository.name}/${unit}`;
}

/**
 * Has a unit looked at because of an event: the first few of a burst at once, the rest as soon as the burst's time is over, once for however many they are.
 */
export async function lookSoon(
  { records, clock, queue }: Pick<ImagePorts, "records" | "clock" | "queue">,
  job: ImageJob,
): Promise<void> {
  const now = clock();
  const before = await records.get(kind, idOf(job));
  const begun = before !== undefined && now - before.at < paceMs ? before : undefined;
  const events = 1 + countOf(begun);
  const at = begun?.at ?? now;
  await records.put(kind, { id: idOf(job), at, keys: [], value: { events } }, paceMs);
  if (events <= atOnce) await queue.add(job);
  else await wakeLater({ queue, clock }, job, at + paceMs);
}

function countOf(record: StoredRecord | undefined): number {
  return z.object({ events: z.number() }).safeParse(record?.value).data?.events ?? 0;
}
