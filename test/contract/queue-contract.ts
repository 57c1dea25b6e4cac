import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { Fault, UserError } from "../../src/model/errors.ts";
import type { Queue } from "../../src/model/queue.ts";
import type { QueueBackend, QueueOptions } from "../../src/queue/index.ts";
import { delivery, handlers, jobOutcomes, openQueue, preview, until, untilIdle } from "./queue-fixture.ts";

/** What the port `Queue` promises, on any store. The store is running when the tests do. */
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

    it("keeps jobs, and knows the handled ones, over a restart", async () => {
      const before = await open();
      await before.add(delivery("one"));
      await before.add(delivery("two"));
      await before.close(0);
      const seen: string[] = [];
      const collect = handlers({ delivery: async (job) => void seen.push(job.id) });
      const after = await open();
      await after.start(collect);
      await until("both were handled", () => seen.length === 2);
      await untilIdle(after);
      await after.close(1_000);
      const later = await open();
      await later.start(collect);
      await later.add(delivery("one"));
      await later.add(delivery("three"));
      await until("the new one was handled", () => seen.length === 3);
      await untilIdle(later);
      expect(seen.toSorted()).toEqual(["one", "three", "two"]);
    });

    it("runs a job again, once, whose worker was killed", async () => {
      const queueOfTest = await open();
      await queueOfTest.close(0);
      await workerKilledMidJob(backend(), prefix);
      const queue = await open();
      const attempts: number[] = [];
      await queue.start(handlers({ delivery: async (_job, { attempt }) => void attempts.push(attempt) }));
      await until("it was taken up", () => attempts.length > 0);
      await untilIdle(queue);
      expect(attempts).toHaveLength(1);
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
      const seen: [number, boolean][] = [];
      const handle = async (_job: unknown, context: { attempt: number; lastAttempt: boolean }) => {
        seen.push([context.attempt, context.lastAttempt]);
        if (context.attempt === 1) throw new Fault("unavailable", "GitHub is down");
        if (context.attempt === 2) throw new Fault("throttled", "slow down", { retryAfterMs: 50 });
      };
      await queue.start(handlers({ preview: handle }));
      await queue.add(preview());
      await until("the third attempt", () => metrics.outcomes.length === 3);
      await untilIdle(queue);
      expect(seen).toEqual([
        [1, false],
        [2, false],
        [3, true],
      ]);
      expect(metrics.outcomes).toEqual(["preview retry", "preview retry", "preview done"]);
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
      const handle = async () => {
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
      expect((await queue.counts()).failed).toBe(0);
    });

    it("accepts a new preview after one that was parked", async () => {
      const metrics = jobOutcomes();
      const queue = await open({ metrics });
      let away = true;
      const handle = async () => {
        if (away) throw new Fault("unavailable", "GitHub is down");
      };
      await queue.start(handlers({ preview: handle }));
      await queue.add(preview());
      await until("it is parked", () => metrics.outcomes.includes("preview parked"));
      away = false;
      await queue.add(preview());
      await until("the next is done", () => metrics.outcomes.at(-1) === "preview done");
    });

    it("aborts a job at its deadline, and counts it as a timeout", async () => {
      const metrics = jobOutcomes();
      const queue = await open({ metrics, deadlines: { delivery: 20_000, preview: 150, command: 20_000 } });
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
      const queue = await open({ concurrency: { delivery: 1, preview: 1, command: 1 } });
      const ended: string[] = [];
      const gate = Promise.withResolvers<void>();
      const started = Promise.withResolvers<void>();
      const handle = async (job: { readonly id: string }) => {
        started.resolve();
        await gate.promise;
        ended.push(job.id);
      };
      await queue.start(handlers({ delivery: handle }));
      await queue.add(delivery("first"));
      await queue.add(delivery("second"));
      await started.promise;
      const closed = queue.close(10_000);
      await sleep(100);
      gate.resolve();
      await closed;
      expect(ended).toEqual(["first"]);
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
      const attempts: number[] = [];
      const next = await open();
      await next.start(handlers({ preview: async (_job, { attempt }) => void attempts.push(attempt) }));
      await until("it ran again", () => attempts.length > 0);
      await untilIdle(next);
      expect(attempts).toEqual([1]);
    });

    it("answers that it is healthy, and refuses to be started twice", async () => {
      const queue = await open();
      await until("it is healthy", () => queue.healthy(1_000), 5_000);
      await queue.start(handlers({}));
      await expect(queue.start(handlers({}))).rejects.toThrow(/started already/);
    });
  });
}

async function workerKilledMidJob(backend: QueueBackend, prefix: string): Promise<void> {
  const script = new URL("./queue-worker.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, JSON.stringify(backend), prefix], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith("took")) break;
  }
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
