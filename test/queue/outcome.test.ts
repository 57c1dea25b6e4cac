import { describe, expect, it } from "vitest";
import { Fault, UserError } from "../../src/model/errors.ts";
import { defaultRetryPolicy, outcomeOf } from "../../src/queue/outcome.ts";

const at = (attempt: number, jitter = 1) => ({ attempt, jitter, policy: defaultRetryPolicy });

describe("what becomes of a job that threw", () => {
  it.each(["usage", "config", "input", "refused", "limit", "permission", "not-found"] as const)(
    "is done when the error is the user's: %s",
    (kind) => {
      expect(outcomeOf(new UserError(kind, "no"), at(1))).toEqual({ action: "ack" });
    },
  );

  it("is run again later and later while the world is away, and parked at the end", () => {
    const delays = [1, 2, 3, 4, 5].map((attempt) => outcomeOf(new Fault("unavailable", "away"), at(attempt)));
    expect(delays.map((outcome) => (outcome.action === "retry" ? outcome.delayMs : outcome))).toEqual([
      5_000, 25_000, 125_000, 300_000, 300_000,
    ]);
    expect(outcomeOf(new Fault("unavailable", "away"), at(6))).toEqual({ action: "park" });
    expect(outcomeOf(new Fault("timeout", "late"), at(6))).toEqual({ action: "park" });
  });

  it("is run again not before the other side asked", () => {
    const throttled = new Fault("throttled", "slow down", { retryAfterMs: 60_000 });
    expect(outcomeOf(throttled, at(1, 0))).toEqual({ action: "retry", delayMs: 60_000 });
    expect(outcomeOf(throttled, at(1, 1))).toEqual({ action: "retry", delayMs: 66_000 });
    expect(outcomeOf(new Fault("throttled", "slow down"), at(1, 1))).toEqual({ action: "retry", delayMs: 5_000 });
    expect(outcomeOf(throttled, at(6))).toEqual({ action: "park" });
  });

  it.each([new Fault("bug", "oops"), new TypeError("x is undefined"), "a text", undefined])(
    "fails after some attempts when it is a bug: %s",
    (thrown) => {
      expect(outcomeOf(thrown, at(1))).toEqual({ action: "retry", delayMs: 2_000 });
      expect(outcomeOf(thrown, at(6))).toEqual({ action: "fail" });
    },
  );

  it("spreads retries between half of the delay and all of it", () => {
    const fault = new Fault("unavailable", "away");
    expect(outcomeOf(fault, at(1, 0))).toEqual({ action: "retry", delayMs: 2_500 });
    expect(outcomeOf(fault, at(1, 0.5))).toEqual({ action: "retry", delayMs: 3_750 });
  });
});
