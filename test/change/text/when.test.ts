import { describe, expect, it } from "vitest";
import { shortMove, shortVersion } from "../../../src/change/text/version.ts";
import { moment, span, when } from "../../../src/change/text/when.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe("a span of time", () => {
  it.each([
    [0, "1 min"],
    [1, "1 min"],
    [minute, "1 min"],
    [minute + 1, "2 min"],
    [59 * minute, "59 min"],
    [hour, "1 h"],
    [3 * hour + 5 * minute, "3 h 5 min"],
    [day - minute, "23 h 59 min"],
    [day, "1 d"],
    [2 * day + 4 * hour + 30 * minute, "2 d 4 h"],
    [2 * day + 30 * minute, "2 d"],
  ])("of %i ms is %s", (ms, text) => {
    expect(span(ms)).toBe(text);
  });
});

describe("a moment", () => {
  const now = Date.UTC(2026, 10, 21, 14, 0);

  it("is a minute in UTC", () => {
    expect(moment(Date.UTC(2026, 0, 2, 3, 4, 59, 999))).toBe("2026-01-02 03:04 UTC");
  });

  it.each([
    [now, "2026-11-21 14:00 UTC (in 1 min)"],
    [now + 25 * minute, "2026-11-21 14:25 UTC (in 25 min)"],
    [now + 25 * minute + 1, "2026-11-21 14:26 UTC (in 26 min)"],
    [now - 1, "2026-11-21 13:59 UTC (1 min ago)"],
    [now - 3 * hour, "2026-11-21 11:00 UTC (3 h ago)"],
  ])("at %i says how far away it is", (at, text) => {
    expect(when(at, now)).toBe(text);
  });
});

describe("a version for people", () => {
  const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

  it.each([
    ["1.4.0", "1.4.0"],
    [`1.4.0@${digest}`, "1.4.0"],
    [`@${digest}`, "@sha256:0123456789ab"],
    ["", ""],
    ["x".repeat(60), "x".repeat(60)],
    ["x".repeat(61), `${"x".repeat(59)}…`],
  ])("of %s is %s", (version, text) => {
    expect(shortVersion(version)).toBe(text);
  });

  it("moves from one to the next, or from none", () => {
    expect(shortMove({ from: `1.4.0@${digest}`, to: "1.5.0" })).toBe("1.4.0 → 1.5.0");
    expect(shortMove({ from: "", to: "1.5.0" })).toBe("none → 1.5.0");
  });
});
