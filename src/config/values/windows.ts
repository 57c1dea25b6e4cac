import type { WindowSpan } from "../../model/gates.ts";
import type { Refusal } from "./checked-text.ts";

const dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const fullDay = 24 * 60;
const fix = "Write days and hours like `mon-fri 09:00-17:00` or `sat,sun`, or two dates like `2026-12-20/2027-01-03`.";

/** Reads `mon-fri 09:00-17:00`, `sat,sun`, `daily 22:00-06:00` or `2026-12-20/2027-01-03`. */
export function parseWindow(text: string): WindowSpan | Refusal {
  if (text.includes("/")) return parseDates(text);
  const [dayText = "", hourText, ...rest] = text.trim().toLowerCase().split(/\s+/);
  if (rest.length > 0) return { problem: "is not a time window", fix };
  const days = parseDays(dayText);
  if (days === undefined) return { problem: `has the unknown days "${dayText}"`, fix };
  const hours = hourText === undefined ? { from: 0, to: fullDay } : parseHours(hourText);
  if (hours === undefined) return { problem: `has the unknown hours "${hourText}"`, fix };
  return { kind: "weekly", days, ...hours };
}

function parseDays(text: string): readonly number[] | undefined {
  if (text === "daily" || text === "*") return [1, 2, 3, 4, 5, 6, 7];
  const days = new Set<number>();
  for (const part of text.split(",")) {
    const [first = "", last = first, ...rest] = part.split("-");
    const from = dayNames.indexOf(first);
    const to = dayNames.indexOf(last);
    if (from < 0 || to < 0 || rest.length > 0) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day + 1);
      if (day === to) break;
    }
  }
  return [...days].sort((a, b) => a - b);
}

function parseHours(text: string): { from: number; to: number } | undefined {
  const match = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = match.slice(1).map(Number);
  const from = fromHour * 60 + fromMinute;
  const to = toHour * 60 + toMinute;
  const real = fromMinute < 60 && toMinute < 60 && from < fullDay && to <= fullDay && from !== to;
  return real ? { from, to } : undefined;
}

function parseDates(text: string): WindowSpan | Refusal {
  const [from = "", to = "", ...rest] = text.trim().split("/");
  if (rest.length > 0 || !isDate(from) || !isDate(to)) return { problem: "is not a pair of dates", fix };
  if (to < from) return { problem: "ends before it begins", fix: `Write the earlier date first: \`${to}/${from}\`.` };
  return { kind: "dates", from, to };
}

function isDate(text: string): boolean {
  const [year = 0, month = 0, day = 0] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text)?.slice(1) ?? []).map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days;
}

/** Refuses a name that is not in this process's IANA time zone database. */
export function checkTimezone(text: string): Refusal | undefined {
  const refusal = { problem: "is not a time zone", fix: "Use an IANA name such as `Europe/Berlin` or `UTC`." };
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(text)) return refusal;
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return refusal;
    throw error;
  }
}
