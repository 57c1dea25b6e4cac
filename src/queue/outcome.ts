import { Fault, UserError } from "../model/errors.ts";

/** What becomes of a job whose run threw. */
export type Outcome =
  /** Done: the error is the job's result and was told to the person. */
  | { readonly action: "ack" }
  /** Run again after `delayMs`. */
  | { readonly action: "retry"; readonly delayMs: number }
  /** The outage lasted too long: kept among the failed jobs, runs again when it is added again. */
  | { readonly action: "park" }
  /** Ours to fix: kept among the failed jobs for us to read. */
  | { readonly action: "fail" };

/** How often and how fast a job is run again. The n-th delay is `base * factor^(n-1)`, at most `capMs`. */
export interface RetryPolicy {
  /**
   * Runs in all, the first included; the same for every kind of error, so that a handler knows its last run beforehand.
   */
  readonly attempts: number;
  readonly unavailable: { readonly baseMs: number; readonly factor: number };
  readonly bug: { readonly baseMs: number; readonly factor: number };
  readonly capMs: number;
}

/**
 * Rides over about twelve minutes of an outage; gives a bug about four. A preview that waits also shows what is
 * pushed in that time, so no wait is longer than five.
 */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 6,
  unavailable: { baseMs: 5_000, factor: 5 },
  bug: { baseMs: 2_000, factor: 3 },
  capMs: 5 * 60_000,
};

/** What the decision depends on besides the error. */
export interface OutcomeInput {
  /** 1 on the first run. */
  readonly attempt: number;
  /** From 0 to 1; spreads the retries of jobs that failed together. */
  readonly jitter: number;
  readonly policy: RetryPolicy;
}

/**
 * Decides what becomes of a job from the kind of what it threw; anything but a `UserError` or `Fault` counts as a bug.
 */
export function outcomeOf(thrown: unknown, input: OutcomeInput): Outcome {
  if (thrown instanceof UserError) return { action: "ack" };
  const kind = thrown instanceof Fault ? thrown.kind : "bug";
  const last = input.attempt >= input.policy.attempts;
  switch (kind) {
    case "bug":
      return last ? { action: "fail" } : { action: "retry", delayMs: backoff(input, input.policy.bug) };
    case "throttled": {
      const asked = thrown instanceof Fault ? thrown.retryAfterMs : undefined;
      return last ? { action: "park" } : { action: "retry", delayMs: afterAsked(input, asked) };
    }
    case "unavailable":
    case "timeout":
      return last ? { action: "park" } : { action: "retry", delayMs: backoff(input, input.policy.unavailable) };
    default:
      return kind satisfies never;
  }
}

/** Between half of the delay and all of it. */
function backoff(input: OutcomeInput, pace: RetryPolicy["bug"]): number {
  const full = Math.min(pace.baseMs * pace.factor ** (input.attempt - 1), input.policy.capMs);
  return Math.round(full * (0.5 + input.jitter / 2));
}

/** Never sooner than asked; up to a tenth later, so that those who were told the same do not come back together. */
function afterAsked(input: OutcomeInput, askedMs: number | undefined): number {
  if (askedMs === undefined) return backoff(input, input.policy.unavailable);
  return Math.round(askedMs * (1 + input.jitter / 10));
}
