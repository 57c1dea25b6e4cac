import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/model/errors.ts";
import { parseUntil, untilGoesOn } from "../../../src/promote/run/commands/until.ts";

const NOW = Date.parse("2026-11-20T10:00:00Z");

function until(text: string): string {
  return new Date(parseUntil(text, NOW)).toISOString().replace(":00.000Z", "Z");
}

function wrong(text: string): string {
  try {
    parseUntil(text, NOW);
  } catch (error) {
    if (error instanceof UserError) return `${error.kind}: ${error.message}. ${error.fix}`;
  }
  throw new Error(`taken: ${text}`);
}

describe("the end of a hold", () => {
  it.each([
    ["30m", "2026-11-20T10:30Z"],
    ["2h", "2026-11-20T12:00Z"],
    ["2 h", "2026-11-20T12:00Z"],
    ["3d", "2026-11-23T10:00Z"],
    ["1w", "2026-11-27T10:00Z"],
    ["1d12h", "2026-11-21T22:00Z"],
    ["1 day, 2 hours", "2026-11-21T12:00Z"],
    ["2H30M", "2026-11-20T12:30Z"],
    ["90 minutes", "2026-11-20T11:30Z"],
    ["365d", "2027-11-20T10:00Z"],
  ])("may be how long, from the comment on: %s", (text, expected) => {
    expect(until(text)).toBe(expected);
  });

  it.each([
    ["2026-11-23", "2026-11-23T00:00Z"],
    ["2026-11-23 Europe/Berlin", "2026-11-22T23:00Z"],
    ["2026-11-23T09:00Z", "2026-11-23T09:00Z"],
    ["2026-11-23T09:00z", "2026-11-23T09:00Z"],
    ["2026-11-23T09:00+01:00", "2026-11-23T08:00Z"],
    ["2026-11-23T09:00:00+01:00", "2026-11-23T08:00Z"],
    ["2026-11-23T09:00+0530", "2026-11-23T03:30Z"],
    ["2026-11-23 09:00-08:00", "2026-11-23T17:00Z"],
    ["2026-11-23 09:00 UTC", "2026-11-23T09:00Z"],
    ["2026-11-23 9:00 Europe/Berlin", "2026-11-23T08:00Z"],
    ["2026-11-23 09:00 europe/berlin", "2026-11-23T08:00Z"],
    ["2026-11-23T09:00[America/New_York]", "2026-11-23T14:00Z"],
    ["2027-07-01 09:00 Europe/Berlin", "2027-07-01T07:00Z"],
    ["2026-11-23 09:00 America/Argentina/Buenos_Aires", "2026-11-23T12:00Z"],
  ])("may be a moment: %s", (text, expected) => {
    expect(until(text)).toBe(expected);
  });

  it("that the clocks skip is when they have, and that they show twice is the first", () => {
    expect(until("2027-03-28 02:30 Europe/Berlin")).toBe("2027-03-28T01:30Z");
    expect(until("2027-10-31 02:30 Europe/Berlin")).toBe("2027-10-31T00:30Z");
  });

  it.each([
    "tomorrow",
    "monday",
    "2 fortnights",
    "2",
    "h",
    "-2h",
    "1.5h",
    "09:00",
    "2026-11-23T09:00",
    "2026-11-23 09:00",
    "2026-02-30",
    "2026-13-01",
    "2026-11-23 25:00 UTC",
    "2026-11-23 09:00 Europe/Berln",
    "2026-11-23 09:00 Mars/Crater",
    "23.11.2026",
    "11/23/2026",
    "`@everyone`",
    "9".repeat(1_000),
  ])("is not %s, and the forms are named", (text) => {
    expect(wrong(text)).toMatch(/^usage: `--until` is not a time: `.{1,60}`\. write how long, as in `2h`/);
  });

  it("is not past, by the time of the comment", () => {
    expect(wrong("2026-11-20T09:59Z")).toBe(
      "usage: `--until` is 2026-11-20T09:59Z, which was before the comment. write a later time, or leave `--until` out",
    );
    expect(wrong("2026-11-20")).toContain("before the comment");
    expect(wrong("0h")).toContain("before the comment");
    expect(until("2026-11-20T10:01Z")).toBe("2026-11-20T10:01Z");
  });

  it.each(["2027-11-22", "367d", "53 weeks", "999999d", "9999-01-01"])("is not more than a year ahead: %s", (text) => {
    expect(wrong(text)).toContain("`--until` is more than a year ahead. leave it out");
  });

  it.each([
    ["2", "h", true],
    ["2", "days", true],
    ["2", "apps", false],
    ["2h", "30m", false],
    ["2026-11-23", "09:00", true],
    ["2026-11-23", "Europe/Berlin", true],
    ["2026-11-23", "the", false],
    ["2026-11-23 09:00", "Europe/Berlin", true],
    ["2026-11-23T09:00", "+01:00", true],
    ["2026-11-23T09:00+01:00", "Europe/Berlin", false],
    ["2026-11-23 09:00 Europe/Berlin", "prod/webapp", false],
    ["2h", "prod/webapp", false],
  ])("without quotes goes on after %s with %s: %s", (soFar, next, expected) => {
    expect(untilGoesOn(soFar, next)).toBe(expected);
  });
});
