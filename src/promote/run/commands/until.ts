import { UserError } from "../../../model/errors.ts";

const LONGEST_DAYS = 366;
const DAY_MS = 86_400_000;
const UNITS_MS = { w: 7 * DAY_MS, d: DAY_MS, h: 3_600_000, m: 60_000 } as const;

const DURATION = /^(?:\d{1,6} *(?:w|weeks?|d|days?|h|hours?|m|min|minutes?)[ ,]*)+$/i;
const DURATION_PART = /(\d+) *([wdhm])/gi;
const UNIT = /^(?:w|weeks?|d|days?|h|hours?|m|min|minutes?)$/i;

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:(?:[ T]|, *)(\d{1,2}:\d{2}(?::\d{2})?))? *(?:\[?([^[\]]+)\]?)?$/i;
const OFFSET = /^(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i;
const TIME = /^\d{1,2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?$/i;
const ZONE = /^[A-Za-z]+\/[\w+-]+(?:\/[\w+-]+)?$/;

const FORMS =
  "write how long, as in `2h`, `3d` or `1d12h`, or a moment with its zone: `2026-11-23T09:00+01:00`, `2026-11-23 09:00 Europe/Berlin`, or a day, which ends the hold as it begins in UTC: `2026-11-23`";

/**
 * When a hold ends, in milliseconds since the epoch: `2h`, `1d12h`, `2026-11-23` (00:00 UTC), `2026-11-23T09:00+01:00`,
 * `2026-11-23 09:00 Europe/Berlin`. `now` is when it was asked for. What is none of these, past, or more than a year
 * ahead is a `usage` UserError with the fix.
 */
export function parseUntil(text: string, now: number): number {
  const until = DURATION.test(text.trim()) ? now + durationMs(text) : momentMs(text.trim());
  if (until === undefined)
    throw wrong(`\`--until\` is not a time: \`${text.replaceAll("`", "").slice(0, 60)}\``, FORMS);
  const shown = new Date(until).toISOString().slice(0, 16);
  if (until <= now)
    throw wrong(`\`--until\` is ${shown}Z, which was before the comment`, "write a later time, or leave `--until` out");
  if (until > now + LONGEST_DAYS * DAY_MS)
    throw wrong("`--until` is more than a year ahead", "leave it out to hold until somebody says `/release`");
  return until;
}

/** Whether a time that was written without quotes goes on with this word: `2 h`, `2026-11-23 09:00 Europe/Berlin`. */
export function untilGoesOn(soFar: string, next: string): boolean {
  if (/^\d+$/.test(soFar)) return UNIT.test(next);
  if (/^\d{4}-\d{2}-\d{2},?$/.test(soFar)) return TIME.test(next) || isZone(next);
  return /^\d{4}-\d{2}-\d{2}.*:\d{2}$/.test(soFar) && !/[+-]\d{2}:?\d{2}$/.test(soFar.slice(10)) && isZone(next);
}

function isZone(text: string): boolean {
  return OFFSET.test(text) || ZONE.test(text);
}

/** Capped, so that any number can be added to a time. */
function durationMs(text: string): number {
  const parts = [...text.matchAll(DURATION_PART)].map(([, count, unit = ""]) => Number(count) * unitMs(unit));
  return Math.min(
    parts.reduce((sum, one) => sum + one, 0),
    2 * LONGEST_DAYS * DAY_MS,
  );
}

function unitMs(unit: string): number {
  const known: Readonly<Record<string, number>> = UNITS_MS;
  return known[unit.toLowerCase()] ?? 0;
}

function momentMs(text: string): number | undefined {
  const [whole, day, time, zone] = MOMENT.exec(text) ?? [];
  if (whole === undefined || day === undefined || (time !== undefined && zone === undefined)) return undefined;
  const clock = (time ?? "00:00").padStart(time === undefined || /^\d{2}:/.test(time) ? 0 : time.length + 1, "0");
  try {
    const local = Temporal.PlainDateTime.from(`${day}T${clock}`, { overflow: "reject" });
    return local.toZonedDateTime(zoneOf(zone?.trim() ?? "UTC")).epochMilliseconds;
  } catch (error) {
    // A day, a time or a zone that does not exist.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function zoneOf(text: string): string {
  if (/^(?:Z|UTC|GMT)$/i.test(text)) return "UTC";
  return text.replace(/^([+-]\d{2})(\d{2})$/, "$1:$2");
}

function wrong(message: string, fix: string): UserError {
  return new UserError("usage", message, { fix });
}
