import { z } from "zod";
import type { ImageJob } from "../../model/jobs.ts";
import type { ImagePorts } from "./ports.ts";
import { schedule } from "./schedule.ts";

const kind = "image-burst";

/**
 * How many events of a burst are acted on at once, and how long after an event another one is still part of its burst,
 * in milliseconds.
 */
const atOnce = 3;
const pauseMs = 5_000;

/** From one evaluation to the next while a burst lasts, in milliseconds: doubled each time, up to the longest. */
const firstMs = 10_000;
const longestMs = 60_000;

const stored = z.object({ events: z.number(), last: z.number() });

function idOf({ repository, unit }: ImageJob): string {
  return `${repository.owner}/${repository.name}/${unit}`;
}

/**
 * Has a unit evaluated because of an event. A build may push several tags of which only the last one is wanted, so the
 * first few of a burst are acted on at once. The rest waits for one evaluation, however many they are: the
 * longer the burst lasts, the more seldom.
 */
export async function evaluateSoon(
  ports: Pick<ImagePorts, "records" | "clock" | "queue">,
  job: ImageJob,
): Promise<void> {
  const { records, clock, queue } = ports;
  const now = clock();
  const before = await records.get(kind, idOf(job));
  const known = stored.safeParse(before?.value).data;
  const lasts = before !== undefined && known !== undefined && now - known.last < pauseMs;
  const { begun, events } = lasts ? { begun: before.at, events: known.events + 1 } : { begun: now, events: 1 };
  await records.put(kind, { id: idOf(job), at: begun, keys: [], value: { events, last: now } }, pauseMs);
  if (events <= atOnce) await queue.add(job);
  else await schedule(ports, job, nextEvaluation(begun, now));
}

/** The evaluations of a burst have fixed times, so that many events set one timer. */
function nextEvaluation(begun: number, now: number): number {
  let at = begun;
  for (let wait = firstMs; at <= now; wait = Math.min(2 * wait, longestMs)) at += wait;
  return at;
}
