import type { Window, WindowSpan } from "../../model/gates.ts";
import { isTwice, zoned } from "./span.ts";

const names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** A window's time in words: `Mon-Fri 09:00-17:00 Europe/Berlin`, `2026-12-20 to 2027-01-03 UTC`. */
export function describeWindow(window: Window): string {
  const span = spanOf(window);
  return span === undefined ? "a window without a time" : `${describeSpan(span)} ${window.timezone}`;
}

/** What the window allows or denies. */
export function spanOf({ allow, deny }: Window): WindowSpan | undefined {
  return deny ?? allow;
}

function describeSpan(span: WindowSpan): string {
  if (span.kind === "dates") return span.from === span.to ? span.from : `${span.from} to ${span.to}`;
  const days = span.days.length === 7 ? "daily" : dayRanges(span.days).join(", ");
  return span.from === 0 && span.to === 1_440 ? days : `${days} ${clock(span.from)}-${clock(span.to)}`;
}

/** Runs of days, over the end of the week too: `Mon-Wed`, `Fri-Mon`, `Tue, Thu`. */
function dayRanges(days: readonly number[]): readonly string[] {
  const has = (day: number) => days.includes(((day + 6) % 7) + 1);
  return days
    .filter((day) => !has(day - 1))
    .map((first) => {
      let length = 1;
      while (has(first + length)) length += 1;
      const [from, to] = [names[first - 1], names[(first + length - 2) % 7]];
      return length === 1 ? `${from}` : `${from}-${to}`;
    });
}

function clock(minutes: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** A moment of the days to come: `Mon 09:00`. */
export function shortMoment(at: number, timezone: string): string {
  const time = zoned(at, timezone);
  return `${names[time.dayOfWeek - 1]} ${clock(time.hour * 60 + time.minute)}`;
}

/**
 * A moment on the clocks of a time zone: `Mon 2026-11-23 09:00 Europe/Berlin`; with the offset from UTC where the
 * clocks show it twice.
 */
export function describeMoment(at: number, timezone: string): string {
  const time = zoned(at, timezone);
  const offset = isTwice(time) ? ` (${time.offset})` : "";
  return `${names[time.dayOfWeek - 1]} ${time.toPlainDate()} ${clock(time.hour * 60 + time.minute)} ${timezone}${offset}`;
}
