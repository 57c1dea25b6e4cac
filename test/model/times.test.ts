import { describe, expect, it } from "vitest";
import { comingTime, dayTime, lasting } from "../../src/model/text/times.ts";

const at = Date.parse("2026-11-20T10:05:00Z");

describe("times in texts", () => {
  it("are cut to the minute when past, and rounded up when to come, so that nothing is promised too early", () => {
    expect(dayTime(at + 59_999, at)).toBe("20 Nov, 10:05 UTC");
    expect(dayTime(at, Date.parse("2027-01-01T00:00:00Z"))).toBe("20 Nov 2026, 10:05 UTC");
    expect(comingTime(at, at)).toBe("10:05 UTC");
    expect(comingTime(at + 1, at)).toBe("10:06 UTC");
    expect(comingTime(at + 14 * 3_600_000, at)).toBe("21 Nov, 00:05 UTC");
  });

  it.each([
    [0, "0 s"],
    [499, "0 s"],
    [45_000, "45 s"],
    [30 * 60_000, "30 min"],
    [125 * 60_000, "2 h 5 min"],
    [24 * 3_600_000, "1 day"],
    [26 * 3_600_000 + 61_000, "1 day 2 h 1 min 1 s"],
    [3 * 86_400_000, "3 days"],
  ])("last %d ms as %s", (milliseconds, text) => {
    expect(lasting(milliseconds)).toBe(text);
  });
});
