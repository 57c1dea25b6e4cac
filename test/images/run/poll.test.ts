import { describe, expect, it } from "vitest";
import { nextPoll } from "../../../src/images/run/poll.ts";

const minute = 60_000;
const start = Date.UTC(2026, 10, 20);

function next(name: string, now: number, ...periods: readonly number[]): number {
  const entries = periods.map((poll) => ({ poll }));
  return nextPoll({ name, entries }, "acme/gitops", now) ?? Number.NaN;
}

describe("the next poll of a unit", () => {
  it("is none where no entry asks for one", () => {
    expect(nextPoll({ name: "web", entries: [{}, {}] }, "acme/gitops", start)).toBeUndefined();
  });

  it("is within one period, always later than now, and the same whoever asks in between", () => {
    const at = next("web", start, 10 * minute);
    expect(at).toBeGreaterThan(start);
    expect(at - start).toBeLessThanOrEqual(10 * minute);
    expect(next("web", at - 1, 10 * minute)).toBe(at);
    expect(next("web", at, 10 * minute)).toBe(at + 10 * minute);
  });

  it("is that of the most frequent entry, at least a minute apart", () => {
    const at = next("web", start, 60 * minute, 5 * minute);
    expect(next("web", at, 60 * minute, 5 * minute) - at).toBe(5 * minute);
    const often = next("web", start, 1_000);
    expect(next("web", often, 1_000) - often).toBe(minute);
  });

  it("lies elsewhere in the period for other units and repositories, evenly", () => {
    const period = 10 * minute;
    const tenths = Map.groupBy(
      Array.from({ length: 1_000 }, (_, index) => next(`image-${index}`, start, period)),
      (at) => Math.floor(((at - start - 1) / period) * 10),
    );
    expect(tenths.size).toBe(10);
    for (const some of tenths.values()) expect(some.length).toBeGreaterThan(50);
    const entries = [{ poll: period }];
    expect(nextPoll({ name: "web", entries }, "acme/other", start)).not.toBe(next("web", start, period));
  });
});
