import type { Refusal } from "./checked-text.ts";

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const maxDuration = 365 * units.d;

/** What a duration looks like, for the JSON schema; it tells the keys that hold one. */
export const durationPattern = "^(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$";

/** Milliseconds of a duration such as `90s`, `30m`, `1h30m` or `2d`; at most a year. */
export function parseDuration(text: string): number | Refusal {
  const parts = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/.exec(text);
  if (parts === null || text === "") {
    return { problem: "is not a duration", fix: "Write days, hours, minutes and seconds like `30m`, `1h30m` or `2d`." };
  }
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = parts;
  const total =
    Number(days) * units.d + Number(hours) * units.h + Number(minutes) * units.m + Number(seconds) * units.s;
  return total > maxDuration ? { problem: "is longer than a year", fix: "Use at most `365d`." } : total;
}
