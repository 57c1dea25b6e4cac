const longestMs = 60 * 60_000;

/**
 * How long `Retry-After` asks to wait, in milliseconds, at most an hour (RFC 9110 §10.2.3: seconds or a date);
 * `undefined` when it does not say.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), longestMs);
}
