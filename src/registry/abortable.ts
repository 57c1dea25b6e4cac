/** Settles as `work` does, or rejects with the signal's reason. The work itself goes on: others may wait for it. */
export async function withSignal<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work(), promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Lets equal work that is under way at the same time be done once. */
export class Shared<T> {
  readonly #underWay = new Map<string, Promise<T>>();

  /** Joins the work under way for `key`, or starts it. The work has a deadline of its own. */
  join(key: string, start: () => Promise<T>): Promise<T> {
    const known = this.#underWay.get(key);
    if (known !== undefined) return known;
    const started = start().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, started);
    return started;
  }
}
