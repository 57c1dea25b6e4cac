import { expect, it } from "vitest";
import { duration, future, past } from "../../src/policy/moments.ts";

const at = Date.parse("2026-11-20T10:05:00Z");

it("cuts a past moment to its minute, and rounds one to come up", () => {
  expect(past(at + 59_999)).toBe("2026-11-20 10:05 UTC");
  expect(future(at)).toBe("2026-11-20 10:05 UTC");
  expect(future(at + 1)).toBe("2026-11-20 10:06 UTC");
});

it.each([
  [0, "0s"],
  [499, "0s"],
  [45_000, "45s"],
  [90 * 60_000, "1h 30m"],
  [26 * 3_600_000 + 61_000, "1d 2h 1m 1s"],
  [2 * 86_400_000, "2d"],
])("writes %d ms as %s", (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});
