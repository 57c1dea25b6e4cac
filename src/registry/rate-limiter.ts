import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../model/errors.ts";
import type { Clock } from "../model/observe.ts";

interface RateLimiterOptions {
  readonly host: string;
  readonly requestsPerSecond: number;
  readonly concurrency: number;
  readonly clock: Clock;
  /** The longest wait for a turn, in milliseconds. */
  readonly maxWaitMs: number;
}

/**
 * Lets the requests to one registry through: so many at once, so many in a second, and none before the time that the
 * registry named when it refused.
 */
export class RateLimiter {
  readonly #options: RateLimiterOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** When the next request is due, if all came evenly. */
  #due = 0;
  /** When the last one asked for its turn. */
  #asked = 0;
  #paused: { readonly until: number; readonly kind: "throttled" | "unavailable" } | undefined;

  constructor(options: RateLimiterOptions) {
    this.#options = options;
  }

  /**
   * Runs `request` when its turn has come. Throws a `throttled` or `unavailable` Fault at once while the registry wants
   * no requests, and `throttled` when the turn does not come.
   */
  async run<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    this.#refuseWhilePaused();
    await this.#acquire(signal);
    try {
      await this.#pace(signal);
      this.#refuseWhilePaused();
      return await request();
    } finally {
      this.#release();
    }
  }

  /** Lets nothing through for this long. A shorter time than what holds already changes nothing. */
  pause(kind: "throttled" | "unavailable", forMs: number): void {
    const until = this.#options.clock() + forMs;
    if (until > (this.#paused?.until ?? 0)) this.#paused = { until, kind };
  }

  #refuseWhilePaused(): void {
    const left = (this.#paused?.until ?? 0) - this.#options.clock();
    if (this.#paused === undefined || left <= 0) return;
    const { host } = this.#options;
    const seconds = Math.ceil(left / 1000);
    const isThrottled = this.#paused.kind === "throttled";
    throw new Fault(
      this.#paused.kind,
      isThrottled
        ? `${host} asks to wait ${seconds} seconds (429)`
        : `The registry ${host} is not available; it is asked again in ${seconds} s`,
      {
        retryAfterMs: left,
        peer: host,
        fields: { registry: host },
      },
    );
  }

  async #acquire(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.#options.concurrency) {
      this.#running += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    const waited = AbortSignal.timeout(this.#options.maxWaitMs);
    const either = AbortSignal.any([signal, waited]);
    const giveUp = (): void => {
      const place = this.#waiting.indexOf(resolve);
      if (place < 0) return;
      this.#waiting.splice(place, 1);
      reject(signal.aborted ? signal.reason : this.#waitedTooLong());
    };
    either.addEventListener("abort", giveUp, { once: true });
    await promise.finally(() => either.removeEventListener("abort", giveUp));
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }

  /** Evens the requests out, with a second's worth at once after a pause (the generic cell rate algorithm). */
  async #pace(signal: AbortSignal): Promise<void> {
    const { requestsPerSecond, clock, maxWaitMs } = this.#options;
    const every = 1000 / requestsPerSecond;
    const now = clock();
    // A clock that was set back must not hold everything up until it has caught up.
    const due = now < this.#asked ? now : Math.max(this.#due, now);
    this.#asked = now;
    const wait = due - now - Math.max(0, 1000 - every);
    if (wait > maxWaitMs) throw this.#waitedTooLong();
    this.#due = due + every;
    if (wait > 0) await sleep(wait, undefined, { signal });
  }

  #waitedTooLong(): Fault {
    return new Fault("throttled", `Too many requests wait for the registry ${this.#options.host}`, {
      retryAfterMs: this.#options.maxWaitMs,
      peer: this.#options.host,
      fields: { registry: this.#options.host },
    });
  }
}
