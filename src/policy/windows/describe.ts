import type { Window, WindowSpan } from "../../model/gates.ts";
import { zoned } from "./span.ts";

const names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** A window's time in words: `Mon to Fri 09:00–17:00 Berlin`, `2026-12-20 to 2027-01-03 UTC`. */
export function describeWindow(window: Window): string {
  const span = spanOf(window);
  return span === undefined ? "a window without a time" : `${describeSpan(span)} ${placeOf(window.timezone)}`;
}

/** What the window allows or denies. */
export function spanOf({ allow, deny }: Window): WindowSpan | undefined {
  return deny ?? allow;
}

function describeSpan(span: WindowSpan): string {
  if (span.kind === "dates") return span.from === span.to ? span.from : `${span.from} to ${span.to}`;
  const days = span.days.length === 7 ? "daily" : dayRanges(span.days).join(", ");
  return span.from === 0 && span.to === 1_440 ? days : `${days} ${clock(span.from)}–${clock(span.to)}`;
}

/** Runs of days, over the end of the week too: `Mon to Wed`, `Fri to Mon`, `Tue, Thu`. */
function dayRanges(days: readonly number[]): readonly string[] {
  const has = (day: number) => days.includes(((day + 6) % 7) + 1);
  return days
    .filter((day) => !has(day - 1))
    .map((first) => {
      let length = 1;
      while (has(first + length)) length += 1;
      const [from, to] = [names[first - 1], names[(first + length - 2) % 7]];
      return length === 1 ? `${from}` : `${from} to ${to}`;
    });
}

function clock(minutes: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A moment of the days to come: `Mon 09:00`. */
export function shortMoment(at: number, timezone: string): string {
  const time = zoned(at, timezone);
  return `${names[time.dayOfWeek - 1]} ${timeOf(time)}`;
}

/**
 * A moment on the clocks of a time zone, with the same in UTC: `Mon 30 Nov, 09:00 Berlin (08:00 UTC)`; with the year
 * where it is not that of `now`.
 */
export function describeMoment(at: number, timezone: string, now: number): string {
  const time = zoned(at, timezone);
  const utc = zoned(at, "UTC");
  const year = time.year === zoned(now, timezone).year ? "" : ` ${time.year}`;
  const local = `${names[time.dayOfWeek - 1]} ${time.day} ${months[time.month - 1]}${year}, ${timeOf(time)}`;
  if (placeOf(timezone) === "UTC") return `${local} UTC`;
  const day = time.day === utc.day ? "" : `${names[utc.dayOfWeek - 1]} `;
  return `${local} ${placeOf(timezone)} (${day}${timeOf(utc)} UTC)`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function timeOf({ hour, minute }: { readonly hour: number; readonly minute: number }): string {
  return clock(hour * 60 + minute);
}

/** The place that a time zone is named after: `Berlin`. */
function placeOf(timezone: string): string {
  return timezone.slice(timezone.lastIndexOf("/") + 1).replaceAll("_", " ");
}
