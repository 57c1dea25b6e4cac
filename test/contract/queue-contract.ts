import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { Fault, UserError } from "../../src/model/errors.ts";
import { JOB_TYPES, jobKey, jobKind } from "../../src/model/job-kinds.ts";
import type { Queue, RunContext } from "../../src/model/queue.ts";
import type { QueueBackend, QueueOptions } from "../../src/queue/index.ts";
import {
  collapsing,
  delivery,
  gates,
  handlers,
  jobOutcomes,
  openQueue,
  preview,
  registryEvent,
  scheduled,
  until,
  untilIdle,
} from "./queue-fixture.ts";

/** What the port `Queue` promises, on any store. The store is running when the tests do, and may be shared by them. */
export function queueContract(name: string, backend: () => QueueBackend): void {
  describe(`the queue on ${name}`, () => {
    const opened: Queue[] = [];
    let prefix = "";
    let tests = 0;

    const open = async (options: Partial<QueueOptions> = {}): Promise<Queue> => {
      if (prefix === "") prefix = `t${process.pid}-${tests++}`;
      const queue = await openQueue(backend(), prefix, options);
      opened.push(queue);
      return queue;
    };

    afterEach(async () => {
      for (const queue of opened.splice(0)) await queue.close(0);
      prefix = "";
    });

    it("handles a delivery that comes 100 times once", async () => {
      const queue = await open();
      const seen: string[] = [];
      const payload = JSON.stringify({ text: "größer ✓ \0 \ud83d\ude00".repeat(1_000) });
      await queue.start(handlers({ delivery: async (job) => void seen.push(job.payload) }));
      await Promise.all(Array.from({ length: 50 }, () => queue.add(delivery("a-guid:7", payload))));
      await untilIdle(queue);
      for (let i = 0; i < 50; i++) await queue.add(delivery("a-guid:7", payload));
      await untilIdle(queue);
      expect(seen).toEqual([payload]);
    });

    it("takes ids that look like numbers, and tells like ids apart", async () => {
      const queue = await open();
      const seen: string[] = [];
      await queue.start(handlers({ delivery: async (job) => void seen.push(job.id) }));
      for (const id of ["0", "1", "0:1", "a:b:c", "a%3Ab%3Ac"]) await queue.add(delivery(id));
      await until("all were handled", () => seen.length === 5);
      expect(seen.toSorted()).toEqual(["0", "0:1", "1", "a%3Ab%3Ac", "a:b:c"]);
    });

    it("knows the events of registries by hook and id", async () => {
      const queue = await open();
      const seen: string[] = [];
      await queue.start(handlers({ registry: async (job) => void seen.push(`${job.hook} ${job.id}`) }));
      for (let times = 0; times < 3; times++) {
        for (const hook of ["one", "two"]) await queue.add(registryEvent(hook, "a:1"));
        await untilIdle(queue);
      }
      expect(seen.toSorted()).toEqual(["one a:1", "two a:1"]);
    });

    it("l1-nul-in-an-event: takes an event with NUL and half a character in it, in its id too, and what comes after", async () => {
      const queue = await open();
      const seen: string[] = [];
      await queue.start(handlers({ registry: async (job) => void seen.push(job.ignored ?? "") }));
      await queue.add({ ...registryEvent("one", "a\0\ud800"), ignored: "kind \0\ud800" });
      await queue.add({ ...registryEvent("one", "b"), ignored: "kind two" });
      await until("both were handled", () => seen.length === 2);
      expect(seen.toSorted()).toEqual(["kind two", "kind \ufffd\ufffd"].toSorted());
    });

    it("runs every kind that collapses once more after the run under way, each for what it is about", async () => {
      const queue = await open();
      const seen: string[] = [];
      const opened = Promise.withResolvers<void>();
      const see = async (job: Parameters<Queue["add"]>[0]) => {
        seen.push(jobKey(job));
        await opened.promise;
      };
      const kinds = JOB_TYPES.filter((type) => jobKind(type).sameness === "collapse");
      await queue.start(handlers(Object.fromEntries(kinds.map((type) => [type, see]))));
      const all = [...collapsing(1), ...collapsing(2)];
      for (const job of all) await queue.add(job);
      await until("all run", () => seen.length === all.length);
      for (let again = 0; again < 3; again++) for (const job of all) await queue.add(job);
      opened.resolve();
      await untilIdle(queue);
      expect(seen.toSorted()).toEqual([...all, ...all].map(jobKey).toSorted());
    });

    it("takes up at once what is added again while it waits to run again", async () => {
      const slow = { baseMs: 600_000, factor: 1 };
      const queue = await open({ retries: { attempts: 2, unavailable: slow, bug: slow, capMs: 600_000 } });
      const seen: string[] = [];
      let news = "old";
      const handle = async (_job: unknown, { attempt }: { readonly attempt: number }) => {
        seen.push(`${news} ${attempt}`);
        if (news !== "good") throw new Fault("unavailable", "GitHub is down");
      };
      await queue.start(handlers({ preview: handle }));
      const waits = (runs: number) =>
        until("it waits", async () => seen.length === runs && (await queue.counts()).delayed === 1);
      await queue.add(preview());
      await waits(1);
      for (const next of ["newer", "newest"]) {
        news = next;
        // Counted before it is added: it may have run by the time that the store answers.
        const runs = seen.length + 1;
        await queue.add(preview());
        await waits(runs);
      }
      news = "good";
      await queue.add(preview());
      await until("it ran", () => seen.at(-1) === "good 1");
      await untilIdle(queue);
      expect(seen).toEqual(["old 1", "newer 1", "newest 1", "good 1"]);
    });

    it("does not run sooner what was told to wait", async () => {
      const queue = await open();
      let runs = 0;
      const handle = async () => {
        runs += 1;
        throw new Fault("throttled", "slow down", { retryAfterMs: 600_000 });
      };
      await queue.start(handlers({ preview: handle }));
      await queue.add(preview());
      await until("it waits", async () => (await queue.counts()).delayed === 1);
      for (let i = 0; i < 3; i++) await queue.add(preview());
      await sleep(200);
      expect({ runs, counts: await queue.counts() }).toEqual({
        runs: 1,
        counts: { waiting: 0, active: 0, delayed: 1, failed: 0 },
      });
    });

    it("runs a scheduled job no sooner than asked, once however often it was added", async () => {
      const queue = await open();
      const seen: string[] = [];
      const ranAt = new Map<number, number>();
      await queue.start(
        handlers({
          scheduled: async ({ at, job }) => {
            seen.push(`moment ${at}`);
            ranAt.set(at, Date.now());
            await queue.add(job);
          },
          gates: async ({ pullRequest }) => void seen.push(`gates ${pullRequest}`),
        }),
      );
      const asked = Date.now();
      for (let i = 0; i < 3; i++) await queue.add(scheduled(2, 2), { delayMs: 600 });
      await Promise.all(Array.from({ length: 10 }, () => queue.add(scheduled(2, 2), { delayMs: 600 })));
      const late = Array.from({ length: 8 }, (_, nth) => queue.add(scheduled(3, 3 + nth), { delayMs: 600_000 }));
      await Promise.all(late);
      await queue.add(scheduled(1, 1));
      await until("both ran", () => seen.length === 4);
      expect(seen.toSorted()).toEqual(["gates 1", "gates 2", "moment 1", "moment 2"]);
      expect(ranAt.get(2)).toBeGreaterThanOrEqual(asked + 600);
      await queue.add(scheduled(2, 2), { delayMs: 10 });
      await until("the rest waits", async () => {
        const { waiting, active, delayed } = await queue.counts();
        return waiting + active === 0 && delayed === 8;
      });
      expect(seen).toHaveLength(4);
    });

    it("delays nothing that collapses", async () => {
      const queue = await open();
      await expect(queue.add(gates(), { delayMs: 10 })).rejects.toMatchObject({ name: "Fault", kind: "bug" });
      for (const delayMs of [Number.NaN, Number.POSITIVE_INFINITY, 0.5]) {
        await expect(queue.add(scheduled(1), { delayMs })).rejects.toMatchObject({ name: "Fault", kind: "bug" });
      }
      expect((await queue.counts()).delayed).toBe(0);
    });

    it("collapses previews that wait, and runs one more after the one that runs, never two at once", async () => {
      const queue = await open();
      for (let i = 0; i < 5; i++) await queue.add(preview());
      let running = 0;
      let most = 0;
      let runs = 0;
      const gate = Promise.withResolvers<void>();
      const run = async () => {
        runs += 1;
        running += 1;
        most = Math.max(most, running);
        await gate.promise;
        running -= 1;
      };
      await queue.start(handlers({ preview: run }));
      await until("the first runs", () => runs === 1);
      for (let i = 0; i < 5; i++) await queue.add(preview());
      gate.resolve();
      await until("the second ran", () => runs === 2);
      await untilIdle(queue);
      expect({ runs, most }).toEqual({ runs: 2, most: 1 });
      await queue.add(preview());
      await until("a later one runs", () => runs === 3);
    });

    it("shows the last head after three pushes in a second, and keeps pull requests apart", async () => {
      const queue = await open();
      let head = 0;
      let shown = 0;
      let others = 0;
      const show = async (job: { readonly pullRequest: number }) => {
        if (job.pullRequest !== 1) others += 1;
        const read = head;
        await sleep(150);
        if (job.pullRequest === 1) shown = read;
      };
      await queue.start(handlers({ preview: show }));
      for (let push = 1; push <= 3; push++) {
        head = push;
        await queue.add(preview(1));
        await queue.add(preview(push + 1));
        await sleep(300);
      }
      await untilIdle(queue);
      expect({ shown, others }).toEqual({ shown: 3, others: 3 });
    });

    it("runs again what failed for a while, and tells the last attempt", async () => {
      const metrics = jobOutcomes();
      const queue = await open({ metrics });
      const seen: [number, boolean, boolean][] = [];
      const handle = async (_job: unknown, context: RunContext) => {
        seen.push([context.attempt, context.lastAttempt, context.firstRun]);
        if (context.attempt === 1) throw new Fault("unavailable", "GitHub is down");
        if (context.attempt === 2) throw new Fault("throttled", "slow down", { retryAfterMs: 50 });
      };
      await queue.start(handlers({ preview: handle }));
      await queue.add(preview());
      await until("the last attempt", () => metrics.outcomes.includes("preview done"));
      await untilIdle(queue);
      // At least once is what a store promises: PostgreSQL was seen to begin an attempt a second time.
      const runs = seen.filter((run, at) => run[0] !== seen[at - 1]?.[0]);
      expect(runs).toEqual([
        [1, false, true],
        [2, false, false],
        [3, true, false],
      ]);
      expect([...new Set(metrics.outcomes)]).toEqual(["preview retry", "preview done"]);
      expect((await queue.counts()).failed).toBe(0);
    });

    it("takes a user's error for a result", async () => {
      const metrics = jobOutcomes();
      const queue = await open({ metrics });
      const refuse = async () => {
        throw new UserError("config", "unknown key");
      };
      await queue.start(handlers({ delivery: refuse }));
      await queue.add(delivery("u"));
      await until("it is done", () => metrics.outcomes.length > 0);
      await untilIdle(queue);
      expect(metrics.outcomes).toEqual(["delivery done"]);
      expect((await queue.counts()).failed).toBe(0);
    });

    it("gives up after the last attempt, and tries again when the delivery is added again", async () => {
      const metrics = jobOutcomes();
      const queue = await open({ metrics });
      let broken = true;
      const firstRuns: boolean[] = [];
      const handle = async (_job: unknown, { firstRun }: RunContext) => {
        firstRuns.push(firstRun);
        if (broken) throw new Error("a bug");
      };
      await queue.start(handlers({ delivery: handle }));
      await queue.add(delivery("g"));
      await until("it failed", async () => (await queue.counts()).failed === 1);
      expect(metrics.outcomes).toEqual(["delivery retry", "delivery retry", "delivery failed"]);
      broken = false;
      await until("it is done", async () => {
        await queue.add(delivery("g"));
        return metrics.outcomes.at(-1) === "delivery done";
      });
      await untilIdle(queue);
      expect(firstRuns).toEqual([true, false, false, false]);
      expect((await queue.counts()).failed).toBe(0);
    });

    it("announces a preview that was parked, and accepts a new one", async () => {
      const metrics = jobOutcomes();
      const heard: unknown[] = [];
      const queue = await open({ metrics, events: { announce: (event) => void heard.push(event) } });
      let away = true;
      const handle = async () => {
        if (away) throw new Fault("unavailable", "GitHub is down");
      };
      await queue.start(handlers({ preview: handle }));
      await queue.add(preview());
      await until("it is parked", () => heard.length > 0);
      expect(heard).toMatchObject([
        { kind: "job.failed", job: "preview", key: jobKey(preview()), attempts: 3, error: "unavailable" },
      ]);
      away = false;
      await queue.add(preview());
      await until("the next is done", () => metrics.outcomes.at(-1) === "preview done");
    });

    it("aborts a job at its deadline, and counts it as a timeout", async () => {
      const metrics = jobOutcomes();
      const queue = await open({ metrics, deadlines: { preview: 150 } });
      const reasons: unknown[] = [];
      const wait = async (_job: unknown, { signal, attempt }: { signal: AbortSignal; attempt: number }) => {
        if (attempt > 1) return;
        await once(signal, "abort");
        reasons.push(signal.reason);
        signal.throwIfAborted();
      };
      await queue.start(handlers({ preview: wait }));
      await queue.add(preview());
      await until("the second attempt", () => metrics.outcomes.length === 2);
      expect(metrics.outcomes).toEqual(["preview retry", "preview done"]);
      expect(reasons).toEqual([expect.objectContaining({ kind: "timeout" })]);
    });

    it("closes when the job under way has ended, and takes no other", async () => {
      const queue = await open({ concurrency: 1 });
      const ended: number[] = [];
      const gate = Promise.withResolvers<void>();
      const started = Promise.withResolvers<void>();
      const handle = async (job: { readonly pullRequest: number }) => {
        started.resolve();
        await gate.promise;
        ended.push(job.pullRequest);
      };
      await queue.start(handlers({ preview: handle }));
      await queue.add(preview(1));
      await queue.add(preview(2));
      await started.promise;
      const closed = queue.close(10_000);
      await sleep(100);
      gate.resolve();
      await closed;
      expect(ended).toEqual([1]);
      const next = await open();
      expect(await next.counts()).toEqual({ waiting: 1, active: 0, delayed: 0, failed: 0 });
    });

    it("aborts what does not end within the grace, and leaves it to the next worker as it was", async () => {
      const queue = await open();
      const started = Promise.withResolvers<void>();
      const heed = async (_job: unknown, { signal }: { readonly signal: AbortSignal }) => {
        started.resolve();
        await once(signal, "abort");
        throw new Error("told to stop");
      };
      await queue.start(handlers({ preview: heed }));
      await queue.add(preview());
      await started.promise;
      await queue.close(100);
      const runs: { readonly attempt: number; readonly firstRun: boolean }[] = [];
      const next = await open();
      await next.start(
        handlers({ preview: async (_job, { attempt, firstRun }) => void runs.push({ attempt, firstRun }) }),
      );
      await until("it ran again", () => runs.length > 0);
      await untilIdle(next);
      expect(runs).toEqual([{ attempt: 1, firstRun: false }]);
    });

    it("answers that it is healthy, and refuses to be started twice", async () => {
      const queue = await open();
      await until("it is healthy", () => queue.healthy(1_000));
      await queue.start(handlers({}));
      await expect(queue.start(handlers({}))).rejects.toThrow(/started already/);
    });
  });
}
