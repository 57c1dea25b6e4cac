import { redisBinary, startRedis } from "../test/contract/queue-servers.ts";
import { median } from "./floor.ts";
import { bareBump } from "./images-floor.ts";
import { openImagesWorld } from "./images-world.ts";

/** From an event to the open pull request, in milliseconds. */
export interface Latency {
  readonly store: "Redis" | "embedded";
  /** One after the other, each when all of the last one was done; `together`: all events at once. */
  readonly how: "one by one" | "together";
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

/**
 * Latencies on one store, the same work without Sluice (the middle, in milliseconds), and the server's peak memory in
 * MiB.
 */
export interface LatencyBench {
  readonly latencies: readonly Latency[];
  readonly floor: number;
  readonly peak: number | undefined;
}

const each = 40;
const bare = 9;

/** Measures on this store, with a config repository for each pull request. */
export async function benchLatency(store: Latency["store"]): Promise<LatencyBench> {
  const redis = store === "Redis" ? await startRedis(redisBinary() ?? "redis-server") : undefined;
  try {
    return await measureOn(store, redis?.backend.kind === "redis" ? redis.backend.url : undefined);
  } finally {
    await redis?.dispose();
  }
}

async function measureOn(store: Latency["store"], redisUrl: string | undefined): Promise<LatencyBench> {
  const world = await openImagesWorld(2 * each + bare + 1, redisUrl);
  const { sites } = world;
  const [first] = sites;
  if (first === undefined) throw new Error("no site");
  // The first one starts the engine and fills caches.
  await world.bump(first, "1.1.0");
  await world.quiet();
  const alone: number[] = [];
  const floors: number[] = [];
  for (const [index, site] of sites.slice(1, each + 1).entries()) {
    alone.push(await world.bump(site, "1.1.0"));
    await world.quiet();
    // In turns, so that what else the machine does slows both.
    const free = index % 4 === 0 ? sites[2 * each + 1 + index / 4] : undefined;
    if (free !== undefined) floors.push(await bareBump(world, free));
  }
  await world.quiet();
  const together = await Promise.all(sites.slice(each + 1, 2 * each + 1).map((site) => world.bump(site, "1.1.0")));
  await world.quiet();
  const latencies = [summary(store, "one by one", alone), summary(store, "together", together)];
  return { latencies, floor: median(floors), peak: await world.close() };
}

function summary(store: Latency["store"], how: Latency["how"], times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  return { store, how, p50: at(0.5), p99: at(0.99), count: times.length };
}
