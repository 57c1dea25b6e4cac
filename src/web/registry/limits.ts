import type { Clock } from "../../model/observe.ts";

/** A token bucket: allows a burst of `perMinute` events, then refills steadily. */
export class TokenBucket {
  readonly #perMinute: number;
  readonly #clock: Clock;
  #tokens: number;
  #at: number;

  /** Starts full, with `perMinute` tokens. */
  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
    this.#clock = clock;
    this.#tokens = perMinute;
    this.#at = clock();
  }

  /** Takes a token and returns 0, or returns the milliseconds until there is one. */
  take(): number {
    const now = this.#clock();
    // A clock that was set back must not empty the bucket.
    const passed = Math.max(0, now - this.#at);
    this.#tokens = Math.min(this.#perMinute, this.#tokens + (passed * this.#perMinute) / 60_000);
    this.#at = now;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) * 60_000) / this.#perMinute);
    this.#tokens -= 1;
    return 0;
  }
}
