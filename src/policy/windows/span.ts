import type { WindowSpan } from "../../model/gates.ts";

type Zoned = Temporal.ZonedDateTime;

/**
 * Whether the clocks of the time zone show a time in the span. An hour that the clocks skip is in no span, one that
 * they show twice is in its span twice; midnight at the end of a day belongs to the next.
 */
export function isIn(span: WindowSpan, timezone: string, at: number): boolean {
  const local = zoned(at, timezone);
  if (span.kind === "dates") {
    const day = local.toPlainDate();
    return Temporal.PlainDate.compare(span.from, day) <= 0 && Temporal.PlainDate.compare(day, span.to) <= 0;
  }
  const minute = local.hour * 60 + local.minute;
  const today = span.days.includes(local.dayOfWeek);
  if (span.from < span.to) return today && span.from <= minute && minute < span.to;
  const yesterday = span.days.includes(local.dayOfWeek === 1 ? 7 : local.dayOfWeek - 1);
  return (today && span.from <= minute) || (yesterday && minute < span.to);
}

/** The first moment after `at` at which being in the span changes; `undefined` when it never does. */
export function nextFlip(span: WindowSpan, timezone: string, at: number): number | undefined {
  const before = isIn(span, timezone, at);
  const flips = (moment: number) => moment > at && isIn(span, timezone, moment) !== before;
  if (span.kind === "dates") {
    const ends = [Temporal.PlainDate.from(span.from), Temporal.PlainDate.from(span.to).add({ days: 1 })];
    return ends.flatMap((day) => readings(day, 0, timezone)).find(flips);
  }
  const today = zoned(at, timezone).toPlainDate();
  // Two days answer nearly always. Two weeks must: what comes once a week can fall into a skipped hour.
  for (const days of [2, 16]) {
    const found = weeklyMoments(span, timezone, today, days).find(flips);
    if (found !== undefined) return found;
  }
  return undefined;
}

function weeklyMoments(
  span: WindowSpan & { readonly kind: "weekly" },
  timezone: string,
  today: Temporal.PlainDate,
  days: number,
): readonly number[] {
  return Array.from({ length: days + 2 }, (_, index) => today.add({ days: index - 1 }))
    .flatMap((day) => [...readings(day, span.from, timezone), ...readings(day, span.to, timezone)])
    .sort((a, b) => a - b);
}

/**
 * The moments at which the clocks show this time or go past it: one, or, where the clocks change, the times before and
 * after the change and the change itself.
 */
function readings(day: Temporal.PlainDate, minutes: number, timezone: string): readonly number[] {
  const time = day.add({ days: Math.floor(minutes / 1_440) }).toPlainDateTime({
    hour: Math.floor((minutes % 1_440) / 60),
    minute: minutes % 60,
  });
  const earlier = time.toZonedDateTime(timezone, { disambiguation: "earlier" });
  const later = time.toZonedDateTime(timezone, { disambiguation: "later" });
  if (earlier.epochMilliseconds === later.epochMilliseconds) return [earlier.epochMilliseconds];
  const change = earlier.getTimeZoneTransition("next") ?? later;
  return [earlier, change, later].map(({ epochMilliseconds }) => epochMilliseconds).sort((a, b) => a - b);
}

/** The moment as the clocks of a time zone show it. */
export function zoned(at: number, timezone: string): Zoned {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone);
}
