import { type Job as BullJob, UnrecoverableError, WaitingError } from "bullmq";
import { Fault, messageOf, UserError } from "../model/errors.ts";
import type { Events } from "../model/events.ts";
import type { JobOf, JobType } from "../model/job-kinds.ts";
import type { Clock, Logger, Metrics } from "../model/observe.ts";
import type { RunContext } from "../model/queue.ts";
import { settled } from "./deadline.ts";
import { handledMark, isHandled, isOnce, keyOf } from "./job-options.ts";
import type { LockWatch } from "./lock-watch.ts";
import { type Outcome, outcomeOf, type RetryPolicy } from "./outcome.ts";
import { unpackJob } from "./packing.ts";
import { RunAgain } from "./retry-at.ts";

/** What the runs of one kind of job have in common. */
export interface RunnerOptions<T extends JobType> {
  readonly type: T;
  readonly handler: (job: JobOf<T>, context: RunContext) => Promise<void>;
  readonly deadlineMs: number;
  readonly policy: RetryPolicy;
  readonly locks: LockWatch;
  /** Keep no data of handled jobs that are known by their id alone. */
  readonly dropHandled: boolean;
  /** Aborted when the worker is told to stop and its grace is over. */
  readonly stop: AbortSignal;
  /** The worker takes no more jobs. */
  readonly closing: () => boolean;
  readonly events: Pick<Events, "announce">;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** How long a handler may go on after its signal was aborted. */
const abandonMs = 30_000;

/** Runs one job as BullMQ's worker asks for it: what it gives or throws tells BullMQ what becomes of the job. */
export async function runJob<T extends JobType>(
  options: RunnerOptions<T>,
  stored: BullJob<unknown>,
  token: string | undefined,
): Promise<void> {
  if (isHandled(stored.data)) return;
  if (options.closing()) return putBack(stored, token);
  const id = stored.id ?? "";
  const lost = options.locks.watch(id);
  const started = options.clock();
  try {
    await callHandler(options, stored, lost);
    if (options.dropHandled && isOnce(options.type)) await stored.updateData(handledMark(options.type));
    options.metrics.job(options.type, "done", seconds(options, started));
  } catch (error) {
    if (lost.aborted) throw new WaitingError("the lock was lost: the job is no longer ours to move");
    if (options.stop.aborted && !(error instanceof UserError)) return await putBack(stored, token);
    concludeFailure(options, stored, error, seconds(options, started));
  } finally {
    options.locks.forget(id);
  }
}

/** Leaves the job in the store as it was, for the next worker; the run does not count as an attempt. */
async function putBack(stored: BullJob<unknown>, token: string | undefined): Promise<never> {
  await stored.moveToWait(token);
  throw new WaitingError("put back: the worker stops");
}

async function callHandler<T extends JobType>(
  options: RunnerOptions<T>,
  stored: BullJob<unknown>,
  lost: AbortSignal,
): Promise<void> {
  const { type, handler, deadlineMs, policy } = options;
  const job = await unpackJob(type, stored.data);
  const attempt = stored.attemptsMade + 1;
  const deadline = new AbortController();
  const late = new Fault("timeout", `the ${type} job ran for longer than ${deadlineMs} ms`);
  const timer = setTimeout(() => deadline.abort(late), deadlineMs);
  const signal = AbortSignal.any([lost, deadline.signal, options.stop]);
  try {
    const lastAttempt = attempt >= policy.attempts;
    const context = { signal, attempt, lastAttempt, firstRun: stored.attemptsStarted <= 1, addedAt: stored.timestamp };
    await endSoonAfter(signal, handler(job, context));
  } catch (error) {
    // What a handler throws because of the abort says less than why it was aborted.
    throw deadline.signal.aborted && !(error instanceof UserError) ? withCause(late, error) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Settles as the handler does. A handler that ignores its signal is abandoned, so that its slot is free again. */
async function endSoonAfter(signal: AbortSignal, work: Promise<void>): Promise<void> {
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([work, aborted]);
    if (signal.aborted && !(await settled(abandonMs, work))) {
      throw new Fault("bug", `the handler did not end within ${abandonMs} ms after its signal was aborted`);
    }
    await work;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function withCause(fault: Fault, cause: unknown): Fault {
  return cause instanceof Fault && cause.kind === "bug" ? cause : new Fault(fault.kind, fault.message, { cause });
}

function concludeFailure<T extends JobType>(
  options: RunnerOptions<T>,
  stored: BullJob<unknown>,
  error: unknown,
  took: number,
): void {
  const attempt = stored.attemptsMade + 1;
  const outcome = outcomeOf(error, { attempt, jitter: options.random(), policy: options.policy });
  report(options, stored, error, outcome, took);
  switch (outcome.action) {
    case "ack":
      return;
    case "retry":
      throw new RunAgain(outcome.delayMs, error);
    case "park":
    case "fail":
      throw new UnrecoverableError(messageOf(error));
    default:
      outcome satisfies never;
  }
}

const counted = { ack: "done", retry: "retry", park: "parked", fail: "failed" } as const;

function report<T extends JobType>(
  options: RunnerOptions<T>,
  stored: BullJob<unknown>,
  error: unknown,
  outcome: Outcome,
  took: number,
): void {
  options.metrics.job(options.type, counted[outcome.action], took);
  const fields = { job: stored.id, type: options.type, attempt: stored.attemptsMade + 1, ...outcome, error };
  const message = `${options.type} job: ${messageOf(error)}`;
  if (outcome.action === "ack") options.log.info(fields, message);
  else if (outcome.action === "retry") options.log.warn(fields, message);
  else {
    options.log.error(fields, message);
    announceFailure(options, stored, error);
  }
}

function announceFailure<T extends JobType>(
  { events, type, clock }: RunnerOptions<T>,
  stored: BullJob<unknown>,
  error: unknown,
): void {
  const key = keyOf(stored.deduplicationId ?? stored.id ?? type);
  const at = clock();
  events.announce({
    kind: "job.failed",
    id: ["job.failed", stored.id, at].join("/"),
    at,
    job: type,
    key,
    attempts: stored.attemptsMade + 1,
    error: error instanceof Fault ? error.kind : "bug",
    reason: messageOf(error),
  });
}

function seconds<T extends JobType>(options: RunnerOptions<T>, started: number): number {
  return (options.clock() - started) / 1000;
}
