/** Does the work of one run. It calls `begin` as late as it can, for the requests to carry out: its own comes first. */
export type Run<T> = (begin: () => readonly T[]) => Promise<void>;

interface Gathering<T> {
  readonly requests: T[];
  readonly done: Promise<void>;
}

/**
 * Requests that are made while a run waits for its turn are carried out by that run, so that a hundred of them cost one
 * run more than what is under way. Each gets what is there after it asked.
 */
export class SharedRuns<T> {
  #gathering: Gathering<T> | undefined;

  /**
   * Carries out a request, by a run of its own or by the next one of somebody else. A run for several that fails, or
   * whose owner gives up, is made again by each of them alone: nobody fails because of another.
   */
  async join(request: T, signal: AbortSignal, run: Run<T>): Promise<void> {
    const gathering = this.#gathering;
    if (gathering === undefined) return this.#lead(request, signal, run);
    gathering.requests.push(request);
    if (!(await succeeds(gathering.done, signal))) await run(() => [request]);
  }

  async #lead(request: T, signal: AbortSignal, run: Run<T>): Promise<void> {
    const requests = [request];
    let begun = false;
    const close = (): void => {
      if (this.#gathering?.requests === requests) this.#gathering = undefined;
    };
    const done = run(() => {
      begun = true;
      close();
      return requests;
    }).finally(close);
    if (!begun) this.#gathering = { requests, done };
    try {
      await done;
    } catch (error) {
      if (!begun || requests.length === 1 || signal.aborted) throw error;
      await run(() => [request]);
    }
  }
}

/** Whether the run succeeds; rejects with the signal's reason when that comes first. */
function succeeds(done: Promise<void>, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  done.then(
    () => resolve(true),
    () => resolve(false),
  );
  return promise.finally(() => signal.removeEventListener("abort", abort));
}
