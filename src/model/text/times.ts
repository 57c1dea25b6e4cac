const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const minute = 60_000;

/** A moment in a text that stays: `29 Nov, 22:45 UTC`, with the year where it is not this one's. In milliseconds. */
export function dayTime(at: number, now: number): string {
  const date = new Date(at);
  const year = date.getUTCFullYear() === new Date(now).getUTCFullYear() ? "" : ` ${date.getUTCFullYear()}`;
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]}${year}, ${clockTime(at)}`;
}

/** A moment to come: `23:15 UTC` on the same day. Rounded up to the minute, so that nothing is promised too early. */
export function comingTime(at: number, now: number): string {
  const end = Math.ceil(at / minute) * minute;
  const isToday = new Date(end).toISOString().slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  return isToday ? clockTime(end) : dayTime(end, now);
}

/** A moment of the past in a text that is updated: of today the time alone. */
export function sinceTime(at: number, now: number): string {
  const isToday = new Date(at).toISOString().slice(0, 10) === new Date(now).toISOString().slice(0, 10);
  return isToday ? clockTime(at) : dayTime(at, now);
}

/** `12 to 29 Nov`, `12 Oct to 3 Nov`, `29 Nov`. */
export function dayRange(from: number, to: number): string {
  const [first, last] = [new Date(from), new Date(to)];
  const day = (date: Date) => `${date.getUTCDate()} ${months[date.getUTCMonth()]}`;
  if (day(first) === day(last)) return day(last);
  const isSameMonth = first.getUTCMonth() === last.getUTCMonth();
  return `${isSameMonth ? first.getUTCDate() : day(first)} to ${day(last)}`;
}

function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

/** Milliseconds as people say them: `30 min`, `2 h 5 min`, `3 days`, `45 s`. */
export function lasting(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  const days = Math.floor(seconds / 86_400);
  const parts = [
    [days, days === 1 ? "day" : "days"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const said = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return said.length === 0 ? "0 s" : said.join(" ");
}
