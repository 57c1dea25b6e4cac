import { setTimeout as sleep } from "node:timers/promises";

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** The work's result, or a rejection with `late()` when it takes more than `ms` milliseconds. */
export function within<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  const expiry = Promise.withResolvers<never>();
  const timer = setTimeout(() => expiry.reject(late()), ms);
  return Promise.race([work, expiry.promise]).finally(() => clearTimeout(timer));
}

/** Asks again and again until `ask` gives something, or rejects with `late()` after `ms` milliseconds. */
export async function until<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  options: { readonly ms: number; readonly signal: AbortSignal; readonly late: () => Error },
): Promise<T> {
  const deadline = performance.now() + options.ms;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw options.late();
    await sleep(POLL, undefined, { signal: options.signal });
  }
}

/** Milliseconds between two questions. */
const POLL = 50;
