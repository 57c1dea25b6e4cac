/** Lets input, output and timers go on between two pieces of long work: a server takes webhooks meanwhile. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
