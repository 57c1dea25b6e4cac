import { loadavg } from "node:os";
import { type BurstFigures, playBurst, total } from "../test/support/image-burst.ts";
import { startImagePlay } from "../test/support/images.ts";
import { benchEditLarge } from "./edit-large.ts";
import { benchLatency, type Latency } from "./images-latency.ts";
import { benchPolicy } from "./images-policy.ts";
import { peakMegabytes } from "./memory.ts";
import type { Ratio } from "./preview.ts";

/** Everything about images. */
export interface ImagesBench {
  readonly latencies: readonly Latency[];
  readonly ratios: readonly Ratio[];
  readonly burst: BurstFigures;
  /** In MiB. */
  readonly peaks: Readonly<Record<string, number | undefined>>;
  /** The machine's load in the minute before, and in the minute before the end. */
  readonly load: readonly [before: number, after: number];
}

/** The p99 from an event to the open pull request must not be more, in milliseconds. */
export const pullLimit = 3_000;

/** Measures; `say` tells what is under way. */
export async function benchImages(say: (line: string) => void): Promise<ImagesBench> {
  const before = loadavg()[0] ?? 0;
  say("policies over 20,000 tags …");
  const policies = await benchPolicy();
  say("edits of files of 5 MB …");
  const edits = await benchEditLarge();
  say("from an event to its pull request, on Redis …");
  const redis = await benchLatency("Redis");
  say("from an event to its pull request, embedded …");
  const embedded = await benchLatency("embedded");
  say("1,000 events on 20 images in a minute …");
  const burst = await burstOf();
  return {
    latencies: [...redis.latencies, ...embedded.latencies],
    ratios: [...[redis, embedded].map(({ latencies, floor }) => againstBare(latencies, floor)), ...policies, ...edits],
    burst,
    peaks: {
      "server (images, Redis)": redis.peak,
      "server (images, embedded)": embedded.peak,
      "node (5 MB, GitHub, registry)": peakMegabytes("self"),
    },
    load: [before, loadavg()[0] ?? 0],
  };
}

function againstBare([first]: readonly Latency[], floor: number): Ratio {
  const note = "floor: git fetch, 4 requests of the registry, 4 REST calls; nothing rendered";
  return { name: `event to pull request, ${first?.store}`, ours: first?.p50 ?? Number.NaN, floor, limit: 4, note };
}

async function burstOf(): Promise<BurstFigures> {
  const play = await startImagePlay({ whole: true });
  try {
    return await playBurst(play, { images: 20, tags: 50, everyMs: 1_200 });
  } finally {
    await play.close();
  }
}

/** A latency as a line for people. */
export function latencyLine({ store, how, p50, p99, count }: Latency): string {
  const name = how === "together" ? `${count} events at once, ${store}` : `one event after the other, ${store}`;
  const limit = how === "together" ? "" : ` (limit p99 ${pullLimit} ms)`;
  return `${name.padEnd(36)} p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms; ${count} pull requests${limit}`;
}

/** Whether a latency is within its limit; of what comes all at once there is none. */
export function isSoon({ how, p99 }: Latency): boolean {
  return how === "together" || p99 <= pullLimit;
}

/** The lines about the burst for people. */
export function burstLines(burst: BurstFigures): readonly string[] {
  const { events, pullRequests, newest, commits, rest, registry, takenMs, doneMs } = burst;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`;
  const each = (counts: Readonly<Record<string, number>>): string =>
    `${total(counts)} (${(total(counts) / pullRequests).toFixed(0)} to an image)`;
  return [
    `burst: ${events} events in ${seconds(takenMs)}: ${pullRequests} pull requests, ${newest} at the newest tag after ${seconds(doneMs)}; their branches advanced ${commits} times`,
    `burst: ${each(rest)} REST calls, ${each(registry)} requests of the registry`,
  ];
}
