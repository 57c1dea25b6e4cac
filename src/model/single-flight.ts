/** Does equal work that callers ask for at the same time once. */
export class SingleFlight<T> {
  readonly #pending = new Map<string, Promise<T>>();

  /** Joins the work in progress for `key`, or starts it. The work has a deadline of its own. */
  join(key: string, start: () => Promise<T>): Promise<T> {
    const known = this.#pending.get(key);
    if (known !== undefined) return known;
    const started = start().finally(() => this.#pending.delete(key));
    this.#pending.set(key, started);
    return started;
  }
}
