import { type Job, type JobOf, type JobType, jobKey } from "../../src/model/job-kinds.ts";
import type { AddOptions, Handlers, Queue, RunContext } from "../../src/model/queue.ts";
import { isOnce } from "../../src/queue/job-options.ts";
import { defaultRetryPolicy, outcomeOf } from "../../src/queue/outcome.ts";
import { memoryRecords } from "./memory-records.ts";

/** A queue in this process's memory, which keeps the port's promises but for durability. */
export interface InlineQueue extends Queue {
  /** Resolves when no job waits or runs. Jobs that are due later do not count. */
  idle(): Promise<void>;
  /** Runs what is due by now, by the clock given. */
  tick(): void;
  /** Drops the jobs that are due later. */
  forget(): void;
  /** What made jobs fail for good. */
  readonly failures: readonly unknown[];
}

interface Delayed {
  readonly job: Job;
  readonly at: number;
  readonly timer: NodeJS.Timeout;
}

/** Retries come at once: what is waited for in a test has no reason to take longer. */
const retryMs = 5;

/** Makes a queue of that kind. `clock` says when delayed jobs are due; real time brings them as well. */
export function inlineQueue(clock: () => number): InlineQueue {
  const handled = new Set<string>();
  const waiting = new Map<string, Job>();
  const active = new Map<string, { again: Job | undefined }>();
  const delayed = new Map<string, Delayed>();
  const failures: unknown[] = [];
  const stop = new AbortController();
  let handlers: Handlers | undefined;
  let closed = false;
  let resting: PromiseWithResolvers<void> | undefined;

  const enqueue = (job: Job): void => {
    if (closed) return;
    const key = jobKey(job);
    const running = active.get(key);
    if (isOnce(job.type)) {
      if (handled.has(key)) return;
      handled.add(key);
    } else if (running) {
      running.again = job;
      return;
    }
    if (!waiting.has(key)) waiting.set(key, job);
    pump();
  };

  const pump = (): void => {
    if (handlers === undefined) return;
    for (const [key, job] of waiting) {
      waiting.delete(key);
      active.set(key, { again: undefined });
      void run(handlers, key, job);
    }
  };

  const run = async (all: Handlers, key: string, job: Job): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const lastAttempt = attempt >= defaultRetryPolicy.attempts;
      const context = { signal: stop.signal, attempt, lastAttempt, firstRun: attempt === 1 };
      try {
        await handle(all, job, context);
        break;
      } catch (error) {
        const { action } = outcomeOf(error, { attempt, jitter: 0, policy: defaultRetryPolicy });
        if (action === "park" || action === "fail") failures.push(error);
        if (action !== "retry" || stop.signal.aborted) break;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
    const again = active.get(key)?.again;
    active.delete(key);
    if (again !== undefined) enqueue(again);
    if (active.size + waiting.size === 0) resting?.resolve();
  };

  const later = (job: Job, delayMs: number): void => {
    const key = jobKey(job);
    if (delayed.has(key)) return;
    const timer = setTimeout(() => due(key), delayMs);
    delayed.set(key, { job, at: clock() + delayMs, timer });
  };

  const due = (key: string): void => {
    const found = delayed.get(key);
    if (found === undefined) return;
    clearTimeout(found.timer);
    delayed.delete(key);
    enqueue(found.job);
  };

  const forget = (): void => {
    for (const { timer } of delayed.values()) clearTimeout(timer);
    delayed.clear();
  };

  return {
    failures,
    records: memoryRecords(),
    async add(job, { delayMs = 0 }: AddOptions = {}) {
      if (delayMs > 0) later(job, delayMs);
      else enqueue(job);
    },
    async start(given) {
      handlers = given;
      pump();
    },
    healthy: async () => true,
    counts: async () => ({
      waiting: waiting.size,
      active: active.size,
      delayed: delayed.size,
      failed: failures.length,
    }),
    tick: () => {
      for (const [key, { at }] of delayed) if (at <= clock()) due(key);
    },
    idle: async () => {
      while (active.size + waiting.size > 0) {
        resting ??= Promise.withResolvers();
        await resting.promise;
        resting = undefined;
      }
    },
    forget,
    async close(graceMs) {
      forget();
      waiting.clear();
      closed = true;
      const late = setTimeout(() => stop.abort(new Error("the queue is closed")), graceMs);
      await this.idle().finally(() => clearTimeout(late));
    },
  };
}

/** Calls the handler of the job's kind. */
function handle(handlers: Handlers, job: Job, context: RunContext): Promise<void> {
  return handleOf(handlers, job.type, job, context);
}

function handleOf<T extends JobType>(handlers: Handlers, type: T, job: JobOf<T>, context: RunContext): Promise<void> {
  const handler: Handlers[T] = handlers[type];
  return handler(job, context);
}
