import { describe, expect, it } from "vitest";
import { isRefusal } from "../../src/config/values/checked-text.ts";
import { parseDuration } from "../../src/config/values/durations.ts";
import { checkPointer, checkSemverRange } from "../../src/config/values/expressions.ts";
import { checkTimezone, parseWindow } from "../../src/config/values/windows.ts";

describe("a hostile semver range", () => {
  it("is refused by its length before it is read", () => {
    expect(checkSemverRange("<".repeat(500_000))?.problem).toBe("has 500000 characters");
  });
});

describe("durations", () => {
  it.each([
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["1h30m", 5_400_000],
    ["2d", 172_800_000],
    ["0s", 0],
  ])("%s is %i ms", (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each(["", "30", "m30", "30m1h", "1.5h", "-1m", "30 m", "366d", "9999999999d"])("%j is refused", (text) => {
    expect(isRefusal(parseDuration(text))).toBe(true);
  });
});

describe("windows", () => {
  it.each([
    ["mon-fri 09:00-17:00", { days: [1, 2, 3, 4, 5], from: 540, to: 1020 }],
    ["sat,sun", { days: [6, 7], from: 0, to: 1440 }],
    ["fri-mon 22:00-06:00", { days: [1, 5, 6, 7], from: 1320, to: 360 }],
    ["Daily 00:00-24:00", { days: [1, 2, 3, 4, 5, 6, 7], from: 0, to: 1440 }],
  ])("%s is read", (text, expected) => {
    expect(parseWindow(text)).toEqual({ kind: "weekly", ...expected });
  });

  it.each([
    "",
    "mon-fry",
    "mon-tue-wed",
    "mon 9-17",
    "mon 09:00-09:00",
    "mon 25:00-26:00",
    "mon 09:60-10:00",
    "mon 09:00-10:00 x",
    "2026-13-01/2026-13-02",
    "2026-02-29/2026-03-01",
    "2027-01-02/2027-01-01",
    "2026-01-01/2026-01-02/2026-01-03",
  ])("%j is refused", (text) => {
    expect(isRefusal(parseWindow(text))).toBe(true);
  });

  it("know the time zones of the system", () => {
    expect(checkTimezone("Europe/Berlin")).toBeUndefined();
    expect(checkTimezone("UTC")).toBeUndefined();
    expect(checkTimezone("Europe/Berlim")).toMatchObject({ problem: "is not a time zone" });
    expect(checkTimezone("+01:00")).toMatchObject({ problem: "is not a time zone" });
  });
});

describe("semver ranges", () => {
  it.each([
    "^1.0",
    "~1.2.3",
    ">=1.0 <2.0",
    ">= 1.0, < 2",
    "1.x || 2.*",
    "1.0 - 1.9",
    "*",
    "v1.2.3-rc.1",
    "~>1.2",
    "=1.0.0+build",
  ])("%s is one", (text) => {
    expect(checkSemverRange(text)).toBeUndefined();
  });

  it.each(["", "latest", "^1.0 foo", "1.2.3.4", "^^1", "1 ||", ">"])("%j is none", (text) => {
    expect(checkSemverRange(text)).toBeDefined();
  });
});

describe("JSON pointers", () => {
  it.each([
    ["/a", true],
    ["/a/b~1c/*", true],
    ["/a~0", true],
    ["a", false],
    ["", false],
    ["/a~2", false],
  ])("%j: %j", (text, ok) => {
    expect(checkPointer(text) === undefined).toBe(ok);
  });
});
