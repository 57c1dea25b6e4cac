import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRefusal } from "../../src/config/values/checked-text.ts";
import { parseWindow } from "../../src/config/values/windows.ts";
import type { Window } from "../../src/model/gates.ts";
import { describeMoment, describeWindow } from "../../src/policy/windows/describe.ts";
import { windowOpen } from "../../src/policy/windows/index.ts";

const minute = 60_000;
const day = 1_440 * minute;
const noon = Date.parse("2026-11-20T12:00:00Z");

/** A window as it is written in the configuration. */
function window(kind: "allow" | "deny", text: string, timezone = "Europe/Berlin"): Window {
  const span = parseWindow(text);
  if (isRefusal(span)) throw new Error(span.problem);
  return kind === "allow" ? { allow: span, timezone } : { deny: span, timezone };
}

const allow = (text: string, timezone?: string) => window("allow", text, timezone);
const deny = (text: string, timezone?: string) => window("deny", text, timezone);

/** The changes from one time to another: what opens (+) and closes (-), in UTC. */
function changes(windows: readonly Window[], from: string, to: string): readonly string[] {
  const found: string[] = [];
  let at = Date.parse(from);
  for (;;) {
    const now = windowOpen(windows, at);
    if (now.nextAt === undefined || now.nextAt > Date.parse(to)) return found;
    at = now.nextAt;
    found.push(`${now.open ? "-" : "+"} ${new Date(at).toISOString().slice(0, 16)}Z`);
  }
}

describe("windows", () => {
  it("open at their hour and close at their end", () => {
    expect(changes([allow("mon-fri 09:00-17:00")], "2026-11-19T22:00Z", "2026-11-24T00:00Z")).toEqual([
      "+ 2026-11-20T08:00Z",
      "- 2026-11-20T16:00Z",
      "+ 2026-11-23T08:00Z",
      "- 2026-11-23T16:00Z",
    ]);
  });

  it("go over midnight, from the last day of the week to the first too", () => {
    expect(changes([allow("sun 22:00-06:00")], "2026-11-20T00:00Z", "2026-11-25T00:00Z")).toEqual([
      "+ 2026-11-22T21:00Z",
      "- 2026-11-23T05:00Z",
    ]);
    expect(changes([allow("fri 18:00-24:00")], "2026-11-20T00:00Z", "2026-11-25T00:00Z")).toEqual([
      "+ 2026-11-20T17:00Z",
      "- 2026-11-20T23:00Z",
    ]);
  });

  it("take dates by the local calendar, both days included", () => {
    expect(changes([deny("2026-12-20/2027-01-03")], "2026-12-01T00:00Z", "2027-02-01T00:00Z")).toEqual([
      "- 2026-12-19T23:00Z",
      "+ 2027-01-03T23:00Z",
    ]);
  });

  it("let deny win over allow, and any allow do", () => {
    const windows = [allow("mon 09:00-12:00", "UTC"), allow("mon 11:00-14:00", "UTC"), deny("mon 10:00-10:30", "UTC")];
    expect(changes(windows, "2026-11-22T00:00Z", "2026-11-24T00:00Z")).toEqual([
      "+ 2026-11-23T09:00Z",
      "- 2026-11-23T10:00Z",
      "+ 2026-11-23T10:30Z",
      "- 2026-11-23T14:00Z",
    ]);
  });

  it("skip what a freeze takes, over many weeks", () => {
    const windows = [allow("tue 09:00-10:00"), deny("2026-12-01/2027-06-30", "UTC")];
    const now = windowOpen(windows, Date.parse("2026-11-25T00:00Z"));
    expect(now).toMatchObject({ open: false, nextAt: Date.parse("2027-07-06T07:00Z") });
    expect(now.reason).toBe("Tue 09:00–10:00 Berlin. Opens Tue 6 Jul 2027, 09:00 Berlin (07:00 UTC)");
    expect(windowOpen(windows, Date.parse("2026-12-25T00:00Z")).reason).toBe(
      "merging is denied 2026-12-01 to 2027-06-30 UTC. Opens Tue 6 Jul 2027, 09:00 Berlin (07:00 UTC)",
    );
  });

  it("are open without windows, and always where nothing ends them", () => {
    expect(windowOpen([], 0)).toEqual({ open: true, reason: "no windows are set", windows: [] });
    expect(windowOpen([allow("daily")], 0)).toMatchObject({ open: true, reason: "open" });
    expect(windowOpen([allow("daily")], 0).nextAt).toBeUndefined();
  });

  it("say when they do not open in sight", () => {
    expect(windowOpen([deny("daily")], 0)).toMatchObject({
      open: false,
      reason: "merging is denied daily Berlin. Does not open within 400 days",
    });
    expect(windowOpen([allow("2028-01-01/2028-01-02", "UTC")], Date.parse("2026-11-20T00:00Z")).nextAt).toBe(undefined);
    expect(windowOpen([allow("mon 09:00-17:00", "UTC"), deny("mon-wed", "UTC")], 0).nextAt).toBeUndefined();
  });

  it("are looked for in bounded time", () => {
    const windows = Array.from({ length: 25 }, (_, hour) => {
      const text = `daily 10:${String(hour * 2).padStart(2, "0")}-10:${String(hour * 2 + 1).padStart(2, "0")}`;
      return [allow(text), deny(text)];
    }).flat();
    expect(windowOpen(windows, 0)).toMatchObject({ open: false });
  });

  it.each([
    ["mon-fri 09:00-17:00", "Mon to Fri 09:00–17:00 UTC"],
    ["fri-mon", "Fri to Mon UTC"],
    ["tue,thu,sat 00:00-00:30", "Tue, Thu, Sat 00:00–00:30 UTC"],
    ["daily 22:00-24:00", "daily 22:00–24:00 UTC"],
    ["2026-12-25/2026-12-25", "2026-12-25 UTC"],
    ["daily", "daily Buenos Aires", "America/Argentina/Buenos_Aires"],
  ])("%s is told as %s", (text, words, timezone = "UTC") => {
    expect(describeWindow(allow(text, timezone))).toBe(words);
  });

  it("name the month of a moment, and the year where it is another", () => {
    const moments = Array.from({ length: 12 }, (_, month) => describeMoment(Date.UTC(2026, month, 2), "UTC", noon));
    expect(moments.map((text) => text.split(" ")[2])).toEqual([
      "Jan,",
      "Feb,",
      "Mar,",
      "Apr,",
      "May,",
      "Jun,",
      "Jul,",
      "Aug,",
      "Sep,",
      "Oct,",
      "Nov,",
      "Dec,",
    ]);
    expect(describeMoment(Date.UTC(2027, 0, 2), "UTC", noon)).toBe("Sat 2 Jan 2027, 00:00 UTC");
  });

  it("say times by the clocks of the window that is open then, else of the first", () => {
    const at = (text: string, ...windows: readonly Window[]) => windowOpen(windows, Date.parse(text)).reason;
    const york = allow("mon 09:00-17:00", "America/New_York");
    const berlin = allow("mon 09:00-17:00", "Europe/Berlin");
    expect(at("2026-11-22T00:00Z", york, berlin)).toMatch(/Opens Mon 23 Nov, 09:00 Berlin \(08:00 UTC\)$/);
    expect(at("2026-11-23T08:30Z", york, berlin)).toBe("open until Mon 23 Nov, 23:00 Berlin (22:00 UTC)");
    const night = allow("mon 00:00-02:00", "UTC");
    expect(at("2026-11-23T01:00Z", york, night)).toBe("open until Mon 23 Nov, 02:00 UTC");
    expect(at("2026-11-23T01:00Z", deny("2026-11-23/2026-11-24"))).toMatch(/Opens Wed 25 Nov, 00:00 Berlin/);
  });
});

describe("windows where the clocks change", () => {
  it.each([
    // Clocks go from 02:00 to 03:00 at 01:00 UTC.
    [
      "the hours of an office in spring",
      "Europe/Berlin",
      "daily 09:00-17:00",
      "2026-03-28T12:00Z",
      "2026-03-30T00:00Z",
      ["- 2026-03-28T16:00Z", "+ 2026-03-29T07:00Z", "- 2026-03-29T15:00Z"],
    ],
    [
      "a start that is skipped",
      "Europe/Berlin",
      "daily 02:30-04:00",
      "2026-03-28T12:00Z",
      "2026-03-29T12:00Z",
      ["+ 2026-03-29T01:00Z", "- 2026-03-29T02:00Z"],
    ],
    [
      "an end that is skipped",
      "Europe/Berlin",
      "daily 01:00-02:30",
      "2026-03-28T12:00Z",
      "2026-03-29T12:00Z",
      ["+ 2026-03-29T00:00Z", "- 2026-03-29T01:00Z"],
    ],
    [
      "a window that is skipped",
      "Europe/Berlin",
      "sun 02:15-02:45",
      "2026-03-28T12:00Z",
      "2026-04-06T00:00Z",
      ["+ 2026-04-05T00:15Z", "- 2026-04-05T00:45Z"],
    ],
    [
      "a night that is short",
      "Europe/Berlin",
      "daily 22:00-06:00",
      "2026-03-28T12:00Z",
      "2026-03-29T12:00Z",
      ["+ 2026-03-28T21:00Z", "- 2026-03-29T04:00Z"],
    ],
    // Clocks go from 03:00 back to 02:00 at 01:00 UTC.
    [
      "the hours of an office in autumn",
      "Europe/Berlin",
      "daily 09:00-17:00",
      "2026-10-24T16:00Z",
      "2026-10-25T18:00Z",
      ["+ 2026-10-25T08:00Z", "- 2026-10-25T16:00Z"],
    ],
    [
      "a start that comes twice",
      "Europe/Berlin",
      "daily 02:30-04:00",
      "2026-10-24T12:00Z",
      "2026-10-25T12:00Z",
      ["+ 2026-10-25T00:30Z", "- 2026-10-25T01:00Z", "+ 2026-10-25T01:30Z", "- 2026-10-25T03:00Z"],
    ],
    [
      "an end that comes twice",
      "Europe/Berlin",
      "daily 01:00-02:30",
      "2026-10-24T12:00Z",
      "2026-10-25T12:00Z",
      ["+ 2026-10-24T23:00Z", "- 2026-10-25T00:30Z", "+ 2026-10-25T01:00Z", "- 2026-10-25T01:30Z"],
    ],
    [
      "an hour that comes twice",
      "Europe/Berlin",
      "daily 02:00-03:00",
      "2026-10-24T12:00Z",
      "2026-10-25T12:00Z",
      ["+ 2026-10-25T00:00Z", "- 2026-10-25T02:00Z"],
    ],
    [
      "a night that is long",
      "Europe/Berlin",
      "daily 22:00-06:00",
      "2026-10-24T12:00Z",
      "2026-10-25T12:00Z",
      ["+ 2026-10-24T20:00Z", "- 2026-10-25T05:00Z"],
    ],
    // 2026-03-08 at 07:00 UTC and 2026-11-01 at 06:00 UTC.
    [
      "spring in New York",
      "America/New_York",
      "daily 02:30-04:00",
      "2026-03-08T00:00Z",
      "2026-03-08T20:00Z",
      ["+ 2026-03-08T07:00Z", "- 2026-03-08T08:00Z"],
    ],
    [
      "the office in New York in spring",
      "America/New_York",
      "daily 09:00-17:00",
      "2026-03-07T23:00Z",
      "2026-03-08T23:00Z",
      ["+ 2026-03-08T13:00Z", "- 2026-03-08T21:00Z"],
    ],
    [
      "autumn in New York",
      "America/New_York",
      "daily 01:30-03:00",
      "2026-11-01T00:00Z",
      "2026-11-01T20:00Z",
      ["+ 2026-11-01T05:30Z", "- 2026-11-01T06:00Z", "+ 2026-11-01T06:30Z", "- 2026-11-01T08:00Z"],
    ],
    [
      "the office in New York in autumn",
      "America/New_York",
      "daily 09:00-17:00",
      "2026-10-31T22:00Z",
      "2026-11-01T23:00Z",
      ["+ 2026-11-01T14:00Z", "- 2026-11-01T22:00Z"],
    ],
    // South of the equator: back on 2026-04-04 at 16:00 UTC, forth on 2026-10-03 at 16:00 UTC.
    [
      "autumn in Sydney",
      "Australia/Sydney",
      "daily 02:30-04:00",
      "2026-04-04T00:00Z",
      "2026-04-05T00:00Z",
      ["+ 2026-04-04T15:30Z", "- 2026-04-04T16:00Z", "+ 2026-04-04T16:30Z", "- 2026-04-04T18:00Z"],
    ],
    [
      "spring in Sydney",
      "Australia/Sydney",
      "daily 02:30-04:00",
      "2026-10-03T00:00Z",
      "2026-10-04T00:00Z",
      ["+ 2026-10-03T16:00Z", "- 2026-10-03T17:00Z"],
    ],
    // Midnight itself is skipped on 2026-09-06, and on 2026-04-04 the last hour of Saturday comes twice.
    [
      "a day without midnight",
      "America/Santiago",
      "sun",
      "2026-09-05T00:00Z",
      "2026-09-08T00:00Z",
      ["+ 2026-09-06T04:00Z", "- 2026-09-07T03:00Z"],
    ],
    [
      "dates without midnight",
      "America/Santiago",
      "2026-09-06/2026-09-06",
      "2026-09-01T00:00Z",
      "2026-09-10T00:00Z",
      ["+ 2026-09-06T04:00Z", "- 2026-09-07T03:00Z"],
    ],
    [
      "a last hour that comes twice",
      "America/Santiago",
      "sat",
      "2026-04-03T12:00Z",
      "2026-04-06T00:00Z",
      ["+ 2026-04-04T03:00Z", "- 2026-04-05T04:00Z"],
    ],
  ])("follow %s", (_, timezone, text, from, to, expected) => {
    expect(changes([allow(text, timezone)], from, to)).toEqual(expected);
  });

  it("deny by the same clocks", () => {
    expect(changes([deny("daily 02:30-04:00")], "2026-10-24T12:00Z", "2026-10-25T12:00Z")).toEqual([
      "- 2026-10-25T00:30Z",
      "+ 2026-10-25T01:00Z",
      "- 2026-10-25T01:30Z",
      "+ 2026-10-25T03:00Z",
    ]);
  });

  it("say which of two equal times is meant", () => {
    const { reason } = windowOpen([allow("daily 02:30-04:00")], Date.parse("2026-10-25T01:10Z"));
    expect(reason).toBe("daily 02:30–04:00 Berlin. Opens Sun 25 Oct, 02:30 Berlin (01:30 UTC)");
  });
});

const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "UTC"];
const two = (value: number) => String(value).padStart(2, "0");
const clock = fc
  .integer({ min: 0, max: 95 })
  .map((quarter) => `${two(Math.floor(quarter / 4))}:${two((quarter % 4) * 15)}`);
const days = fc
  .subarray(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], { minLength: 1 })
  .map((list) => list.join(","));
const weekly = fc
  .tuple(days, clock, clock)
  .filter(([, from, to]) => from !== to)
  .map(([list, from, to]) => `${list} ${from}-${to}`);
const dates = fc.tuple(fc.integer({ min: 0, max: 364 }), fc.integer({ min: 0, max: 40 })).map(([from, length]) => {
  const text = (offset: number) => new Date(Date.UTC(2026, 0, 1) + offset * day).toISOString().slice(0, 10);
  return `${text(from)}/${text(from + length)}`;
});
const anyWindow = fc
  .tuple(
    fc.boolean(),
    fc.oneof({ weight: 3, arbitrary: weekly }, { weight: 1, arbitrary: dates }),
    fc.constantFrom(...zones),
  )
  .map(([denies, text, timezone]) => (denies ? deny(text, timezone) : allow(text, timezone)));
/** Near the changes of the clocks, and anywhere. */
const moments = fc.oneof(
  fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
  fc
    .tuple(
      fc.constantFrom("2026-03-08", "2026-03-29", "2026-04-05", "2026-09-06", "2026-10-04", "2026-10-25", "2026-11-01"),
      fc.integer({ min: -2 * day, max: day }),
    )
    .map(([date, offset]) => Date.parse(date) + offset),
);

const formats = new Map(
  zones.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat("en-GB", {
      timeZone,
      weekday: "short",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    }),
  ]),
);

/** Whether the windows are open, told from a formatted clock alone. */
function oracle(windows: readonly Window[], at: number): boolean {
  const inside = ({ allow: allowed, deny: denied, timezone }: Window) => {
    const parts = Object.fromEntries(
      formats
        .get(timezone)
        ?.formatToParts(at)
        .map(({ type, value }) => [type, value]) ?? [],
    );
    const span = denied ?? allowed;
    const date = `${parts.year}-${parts.month}-${parts.day}`;
    if (span?.kind !== "weekly") return span !== undefined && span.from <= date && date <= span.to;
    const names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const today = names.indexOf(parts.weekday ?? "") + 1;
    const time = Number(parts.hour) * 60 + Number(parts.minute);
    if (span.from < span.to) return span.days.includes(today) && span.from <= time && time < span.to;
    return (
      (span.days.includes(today) && time >= span.from) ||
      (span.days.includes(today === 1 ? 7 : today - 1) && time < span.to)
    );
  };
  const allows = windows.filter(({ deny: denied }) => denied === undefined);
  return !windows.some((one) => one.deny !== undefined && inside(one)) && (allows.length === 0 || allows.some(inside));
}

describe("any windows", () => {
  it("change at `nextAt`, not a minute before, and not in between", () => {
    const windows = fc.array(anyWindow, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        windows,
        moments,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
        (list, at, between) => {
          const now = windowOpen(list, at);
          expect(now.open).toBe(oracle(list, at));
          const end = now.nextAt ?? at + 400 * day;
          for (const part of between) expect(oracle(list, Math.floor(at + part * (end - at - 1)))).toBe(now.open);
          if (now.nextAt === undefined) return;
          expect(windowOpen(list, now.nextAt).open).toBe(!now.open);
          expect(oracle(list, now.nextAt)).toBe(!now.open);
          expect(oracle(list, now.nextAt - 1)).toBe(now.open);
          if (now.nextAt - minute >= at) expect(windowOpen(list, now.nextAt - minute).open).toBe(now.open);
        },
      ),
      { numRuns: 150 },
    );
  });
});
