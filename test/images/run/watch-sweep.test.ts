import { beforeEach, describe, expect, it } from "vitest";
import { saveSubscriptions, subscribedBefore } from "../../../src/images/run/subscriptions.ts";
import { sweepWatches } from "../../../src/images/run/sweep.ts";
import type { InstalledRepository } from "../../../src/model/github.ts";
import { memoryRecords } from "../../support/memory-records.ts";
import { type MemoryQueue, memoryLog, memoryQueue } from "../../webhooks/fakes.ts";

const place = (name: string, installationId = 5, defaultBranch = "main"): InstalledRepository => ({
  installationId,
  repository: { owner: "acme", name },
  defaultBranch,
});

let queue: MemoryQueue;
let records: ReturnType<typeof memoryRecords>;
let now = 1_000_000;
const clock = () => now;

beforeEach(() => {
  queue = memoryQueue();
  records = memoryRecords();
});

/** Sweeps over these; gives what is to be looked at. */
async function swept(listed: readonly InstalledRepository[], end?: Error): Promise<readonly unknown[]> {
  now += 1_000;
  async function* installed() {
    yield* listed;
    if (end !== undefined) throw end;
  }
  const ports = { queue, records, clock, log: memoryLog() };
  const added = await sweepWatches(ports, installed, AbortSignal.timeout(600_000)).finally(() => {
    now += 1_000;
  });
  expect(queue.jobs).toHaveLength(added);
  return queue.jobs.splice(0);
}

const know = (one: InstalledRepository) => saveSubscriptions({ records, clock }, one, undefined);

describe("a sweep over all repositories", () => {
  it("has those looked at that are not known", async () => {
    await know(place("a"));
    expect(await swept([place("a"), place("b")])).toEqual([{ type: "watch", ...place("b") }]);
  });

  it("has those looked at that are known under another installation or default branch", async () => {
    await know(place("a"));
    await know(place("b"));
    await know(place("c"));
    const listed = [place("a", 6), place("b", 5, "trunk"), place("c")];
    expect(await swept(listed)).toEqual([
      { type: "watch", ...place("a", 6) },
      { type: "watch", ...place("b", 5, "trunk") },
    ]);
  });

  it("has those asked for that are known and not listed, under the installation they were known by", async () => {
    await know(place("a"));
    await know(place("gone", 7));
    const { installationId, repository } = place("gone", 7);
    expect(await swept([place("a")])).toEqual([{ type: "watch", installationId, repository }]);
  });

  it("asks for none of them when not all were listed", async () => {
    await know(place("gone"));
    await expect(swept([], new Error("GitHub is away"))).rejects.toThrow("GitHub is away");
    expect(queue.jobs).toEqual([]);
  });

  it("leaves those alone that were learnt of meanwhile", async () => {
    async function* installed() {
      now += 1_000;
      await know(place("new"));
      yield place("a");
    }
    const ports = { queue, records, clock, log: memoryLog() };
    await know(place("a"));
    now += 1_000;
    expect(await sweepWatches(ports, installed, AbortSignal.timeout(600_000))).toBe(0);
  });

  it("finds all that are known, however many of one age", async () => {
    for (let made = 0; made < 2_500; made++) {
      if (made % 700 === 0) now += 1;
      await know(place(`app-${made}`));
    }
    expect(await subscribedBefore({ records }, now + 1)).toHaveLength(2_500);
  });
});
