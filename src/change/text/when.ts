/**
 * A moment for people, with how far away it is: `2026-11-21 14:05 UTC (in 25 min)`; both in milliseconds since the
 * epoch.
 */
export function when(at: number, now: number): string {
  // What is to come is not there before its minute is over.
  const minute = 60_000;
  return at >= now
    ? `${moment(Math.ceil(at / minute) * minute)} (in ${span(at - now)})`
    : `${moment(at)} (${span(now - at)} ago)`;
}

/** `2026-11-21 14:05 UTC`. */
export function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** The two largest units: `25 min`, `3 h 5 min`, `2 d 4 h`; less than a minute is `1 min`. */
export function span(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return rest > 0 ? `${hours} h ${rest} min` : `${hours} h`;
  return `${rest} min`;
}
