import { createServer, type Server } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { Fault, UserError } from "../../src/model/errors.ts";
import type { MissedDeliveries, MissedDelivery } from "../../src/model/github.ts";
import { type MissedOptions, type MissedWatch, watchMissedDeliveries } from "../../src/webhooks/missed.ts";
import { edgeWorld, type Start, startLocal } from "../github/world.ts";
import { memoryLog } from "./fakes.ts";

const MINUTE = 60_000;
const GAP = 7;

/** Time that passes only when told to. Gaps pass at once; between two looks the watch waits for `pass`. */
function handTime() {
  let now = Date.now();
  let end: (() => void) | undefined;
  let waits = Promise.withResolvers<number>();
  const gaps: number[] = [];
  return {
    gaps,
    clock: () => now,
    async sleep(ms: number, signal: AbortSignal): Promise<void> {
      if (ms <= GAP) {
        gaps.push(ms);
        now += ms;
        return;
      }
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      end = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
      waits.resolve(ms);
      await promise;
    },
    /** How long the watch wants to wait, once the look under way has ended. */
    looked: () => waits.promise,
    /** Lets this time pass and the next look end. */
    async pass(ms: number): Promise<void> {
      await waits.promise;
      now += ms;
      waits = Promise.withResolvers<number>();
      end?.();
      await waits.promise;
    },
  };
}

/** A record of deliveries in memory. */
function record(failed: readonly MissedDelivery[] = []) {
  const kept = { failed, asked: [] as string[], since: [] as number[], trouble: undefined as Error | undefined };
  const deliveries: MissedDeliveries = {
    async failed(since) {
      kept.since.push(since);
      return kept.failed;
    },
    async redeliver(id) {
      kept.asked.push(id);
      if (kept.trouble !== undefined) throw kept.trouble;
    },
  };
  return { kept, deliveries };
}

function some(count: number, event = "pull_request"): MissedDelivery[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${index}`, guid: `guid-${index}`, event }));
}

let running: MissedWatch | undefined;
let time: ReturnType<typeof handTime>;
let log: ReturnType<typeof memoryLog>;
beforeEach(() => {
  time = handTime();
  log = memoryLog();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

function watch(deliveries: MissedDeliveries, more: Partial<MissedOptions> = {}): MissedWatch {
  const { clock, sleep } = time;
  running = watchMissedDeliveries({ deliveries, log, clock, sleep, gapMs: GAP, ...more });
  return running;
}

describe("missed deliveries at the local GitHub", () => {
  let start: Start;
  let hook: Server;
  let status = 202;
  let taken: string[] = [];
  beforeAll(async () => {
    start = await startLocal({ app: { events: ["pull_request", "issue_comment", "push"] } });
    hook = createServer((request, response) => {
      if (status === 202) taken.push(String(request.headers["x-github-delivery"]));
      request.resume().on("end", () => response.writeHead(status).end());
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    hook.listen(0, "127.0.0.1", resolve);
    await promise;
    start.local.setWebhookUrl(`http://127.0.0.1:${z.object({ port: z.number() }).parse(hook.address()).port}`);
    await start.local.settled();
  });
  afterAll(async () => {
    hook.close();
    await start.local.close();
  });
  beforeEach(() => {
    status = 202;
    taken = [];
  });

  /** GUIDs of comments and of a push that nobody took. */
  async function outage(): Promise<readonly { readonly guid: string; readonly event: string }[]> {
    const { local, pull } = start;
    const seen = local.events.length;
    local.setDeliveryMode("fail");
    await local.comment({ ...pull, body: "one" });
    await local.commit({ owner: "acme", name: "gitops", branch: "aside", files: { a: String(seen) } });
    await local.comment({ ...pull, body: "two" });
    await local.settled();
    local.setDeliveryMode("deliver");
    return local.events.slice(seen);
  }

  it("come in at the start, asked for one after the other", async () => {
    const events = await outage();
    watch(edgeWorld(start).edge.deliveries);
    expect(await time.looked()).toBe(5 * MINUTE);
    // GitHub delivers on its own time what was asked for in order.
    await expect.poll(() => taken.toSorted()).toEqual(events.map((one) => one.guid).toSorted());
    expect(events.map((one) => one.event)).toEqual(["issue_comment", "push", "issue_comment"]);
    expect(time.gaps).toEqual([GAP, GAP]);
  });

  it("that come later come in at a later look, and what came in is not asked for again", async () => {
    watch(edgeWorld(start).edge.deliveries);
    await time.looked();
    const events = await outage();
    await time.pass(5 * MINUTE);
    await start.local.settled();
    await time.pass(6 * MINUTE);
    await start.local.settled();
    expect(taken.toSorted()).toEqual(events.map((one) => one.guid).toSorted());
  });

  it("that fail again are tried again at growing pauses until they come in", async () => {
    const [event] = await outage();
    const attempts = () => start.local.deliveries.filter((one) => one.guid === event?.guid).length;
    status = 503;
    watch(edgeWorld(start).edge.deliveries);
    await time.looked();
    await expect.poll(attempts).toBe(2);
    await time.pass(6 * MINUTE);
    await expect.poll(attempts).toBe(3);
    await time.pass(10 * MINUTE);
    await start.local.settled();
    expect(attempts()).toBe(3);
    await time.pass(5 * MINUTE);
    await expect.poll(attempts).toBe(4);
    status = 202;
    await time.pass(60 * MINUTE);
    await expect.poll(() => taken).toContain(event?.guid);
  });
});

describe("the watch", () => {
  it("asks for the same delivery after 5, 15 and 45 minutes, not at each look", async () => {
    const { kept, deliveries } = record(some(1));
    watch(deliveries);
    await time.looked();
    const minutes = [0];
    for (let minute = 5; minute <= 200; minute += 5) {
      const before = kept.asked.length;
      await time.pass(5 * MINUTE);
      if (kept.asked.length > before) minutes.push(minute);
    }
    expect(minutes).toEqual([0, 5, 20, 65, 200]);
  });

  it("asks for none of an event that Sluice does not use", async () => {
    const { kept, deliveries } = record([...some(1, "star"), ...some(1, "constructor")]);
    watch(deliveries);
    await time.looked();
    expect(kept.asked).toEqual([]);
  });

  it("asks for a bounded number in one look and for the rest in the next", async () => {
    const { kept, deliveries } = record(some(5));
    watch(deliveries, { perLook: 3 });
    await time.looked();
    expect(kept.asked).toEqual(["0", "1", "2"]);
    await time.pass(MINUTE);
    expect(kept.asked).toEqual(["0", "1", "2", "3", "4"]);
    expect(time.gaps).toHaveLength(3);
  });

  it("looks through three days at first and later only where something can be", async () => {
    const { kept, deliveries } = record();
    watch(deliveries);
    await time.looked();
    const began = time.clock();
    await time.pass(5 * MINUTE);
    kept.failed = some(1);
    await time.pass(5 * MINUTE);
    await time.pass(5 * MINUTE);
    kept.failed = [];
    await time.pass(15 * MINUTE);
    await time.pass(5 * MINUTE);
    const ago = kept.since.map((since) => (since - began) / MINUTE);
    const days = 3 * 24 * 60;
    expect(ago).toEqual([-days, -15, -10, 15 - days, 30 - days, 15]);
  });

  it("waits as long as GitHub asks, and then asks for what was left", async () => {
    const { kept, deliveries } = record(some(3));
    kept.trouble = new Fault("throttled", "slow down", { retryAfterMs: 30 * MINUTE });
    watch(deliveries);
    expect(await time.looked()).toBe(30 * MINUTE);
    expect(kept.asked).toEqual(["0"]);
    kept.trouble = undefined;
    await time.pass(30 * MINUTE);
    expect(kept.asked).toEqual(["0", "0", "1", "2"]);
    expect(log.lines.join("\n")).toContain("slow down");
  });

  it("goes on with the others when GitHub no longer has one of them", async () => {
    const { kept, deliveries } = record(some(3));
    kept.trouble = new UserError("not-found", "no such delivery");
    watch(deliveries);
    await time.looked();
    expect(kept.asked).toEqual(["0", "1", "2"]);
    expect(log.lines.filter((line) => line.includes("no such delivery"))).toHaveLength(3);
  });

  it("asks for nothing while a delivery would not be taken, and looks soon after it would", async () => {
    const { kept, deliveries } = record(some(1));
    let ready = false;
    watch(deliveries, { ready: async () => ready });
    expect(await time.looked()).toBe(15_000);
    expect(kept.since).toEqual([]);
    ready = true;
    await time.pass(15_000);
    expect(kept.asked).toEqual(["0"]);
  });

  it("outlives a look that fails", async () => {
    const { kept, deliveries } = record(some(1));
    let down = true;
    const failed = async (since: number) => {
      if (down) throw new Fault("unavailable", "GitHub is away");
      return deliveries.failed(since);
    };
    watch({ ...deliveries, failed });
    await time.looked();
    down = false;
    await time.pass(5 * MINUTE);
    expect(kept.asked).toEqual(["0"]);
    expect(log.lines.join("\n")).toContain("GitHub is away");
  });

  it("ends at once when it is stopped, in the middle of a look or between two, and says nothing of it", async () => {
    const begun = Promise.withResolvers<void>();
    const hang = (_since: number, signal?: AbortSignal) => {
      begun.resolve();
      return new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
    };
    const stuck = watch({ ...record().deliveries, failed: hang });
    await begun.promise;
    await stuck.stop();
    const waiting = watchMissedDeliveries({ deliveries: record().deliveries, log, clock: Date.now });
    await waiting.stop();
    expect(log.lines).toEqual([]);
  });
});
