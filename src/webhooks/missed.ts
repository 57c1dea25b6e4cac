import { setTimeout as delay } from "node:timers/promises";
import { Fault, messageOf } from "../model/errors.ts";
import type { MissedDeliveries, MissedDelivery } from "../model/github.ts";
import type { Clock, Logger } from "../model/observe.ts";
import { createPauses } from "./missed-pauses.ts";
import { HANDLED } from "./register.ts";

/** Waits; resolves early when the signal aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** What the watch needs. Times in milliseconds. */
export interface MissedOptions {
  readonly deliveries: MissedDeliveries;
  /**
   * Whether a delivery would be taken now; while it would not, none is asked for, and this is asked every 15 seconds.
   */
  readonly ready?: () => Promise<boolean>;
  readonly log: Logger;
  readonly clock: Clock;
  /** From the end of one look to the next; 5 minutes when absent. */
  readonly everyMs?: number;
  /** How far back to look; 3 days when absent, which is as long as GitHub delivers again. */
  readonly windowMs?: number;
  /** Between two requests to deliver again; a second when absent, as GitHub asks. */
  readonly gapMs?: number;
  /** How many are asked for in one look; 100 when absent. */
  readonly perLook?: number;
  readonly sleep?: Sleep;
}

/** A running watch. */
export interface MissedWatch {
  /** Cuts short what is under way; resolves when nothing is. */
  stop(): Promise<void>;
}

const EVERY_MS = 5 * 60_000;
const NOT_READY_MS = 15_000;

/**
 * Later looks begin this long before the last one: clocks differ, and what was under way then is on record only now.
 */
const OVERLAP_MS = 15 * 60_000;

/**
 * Asks GitHub again for the deliveries that never got through, now and every few minutes, one look at a time: oldest
 * first, only events that Sluice uses, and each at growing pauses. What fails is logged and tried again at the next
 * look, not before the time that GitHub asks for.
 */
export function watchMissedDeliveries(options: MissedOptions): MissedWatch {
  const { log, everyMs = EVERY_MS, sleep = unrefSleep } = options;
  const stopped = new AbortController();
  const { signal } = stopped;
  const look = createLook(options, signal, sleep);
  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      const waitMs = await look().catch((error: unknown) => {
        if (!signal.aborted) log.error({ error }, `cannot ask for missed deliveries: ${messageOf(error)}`);
        return Math.max(everyMs, error instanceof Fault ? (error.retryAfterMs ?? 0) : 0);
      });
      await sleep(waitMs, signal);
    }
  };
  const ended = watch();
  return {
    async stop() {
      stopped.abort();
      await ended;
    },
  };
}

/** One look; gives the milliseconds until the next, and rejects when it could not be ended. */
function createLook(options: MissedOptions, signal: AbortSignal, sleep: Sleep): () => Promise<number> {
  const {
    deliveries,
    log,
    clock,
    everyMs = EVERY_MS,
    windowMs = 3 * 24 * 3_600_000,
    gapMs = 1_000,
    perLook = 100,
  } = options;
  const pauses = createPauses();
  let lookedAt: number | undefined;
  let unfinished = false;

  /** All of the window where something is left of earlier looks, else only what is new. */
  const find = async (): Promise<readonly MissedDelivery[]> => {
    const now = clock();
    const whole = lookedAt === undefined || unfinished || pauses.someOver(now);
    const since = whole || lookedAt === undefined ? now - windowMs : lookedAt - OVERLAP_MS;
    const failed = await deliveries.failed(since, signal);
    if (whole) pauses.keepOnly(new Set(failed.map((one) => one.guid)));
    lookedAt = now;
    return failed.filter((one) => Object.hasOwn(HANDLED, one.event) && pauses.allows(one.guid, now));
  };

  const ask = async ({ id, guid, event }: MissedDelivery): Promise<void> => {
    pauses.asked(guid, clock());
    try {
      await deliveries.redeliver(id, signal);
    } catch (error) {
      // Trouble with GitHub meets the next one as well; anything else is about this delivery only.
      if (error instanceof Fault && error.kind !== "bug") throw error;
      log.error({ error, delivery: guid, event }, `cannot ask for a missed delivery: ${messageOf(error)}`);
    }
  };

  return async () => {
    if (options.ready !== undefined && !(await options.ready())) return Math.min(everyMs, NOT_READY_MS);
    const due = await find();
    unfinished = due.length > 0;
    for (const [index, one] of due.slice(0, perLook).entries()) {
      if (index > 0) await sleep(gapMs, signal);
      if (signal.aborted) return everyMs;
      await ask(one);
    }
    unfinished = due.length > perLook;
    if (due.length > 0) log.info({ missed: due.length, perLook }, "asked GitHub to deliver again what was missed");
    return everyMs;
  };
}

async function unrefSleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { ref: false, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
