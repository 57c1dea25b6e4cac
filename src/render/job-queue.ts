/** Something that waits to be rendered. */
export interface Waiting {
  readonly path: string;
  readonly since: number;
}

const maxWaitMs = 5_000;

/**
 * Waiting renders by path. Engines keep the Git objects they have read, so each goes through the paths in order from
 * where it is: neighbours share bases. Nothing waits without end: what has waited long goes first.
 */
export class JobQueue<T extends Waiting> {
  /** Sorted by path. */
  #byPath: T[] = [];
  /** In order of arrival. */
  readonly #byAge = new Set<T>();

  get size(): number {
    return this.#byAge.size;
  }

  add(job: T): void {
    this.#byAge.add(job);
    this.#byPath.splice(this.#firstFrom(job.path), 0, job);
  }

  /** Takes a job out; whether it was in. */
  remove(job: T): boolean {
    if (!this.#byAge.delete(job)) return false;
    this.#byPath.splice(this.#byPath.indexOf(job, this.#firstFrom(job.path)), 1);
    return true;
  }

  /**
   * The best next job for an engine that rendered `after` last; one that rendered nothing yet begins at its `share` (0
   * to 1) of the list.
   */
  take(after: string | undefined, share: number, now: number): T | undefined {
    const [oldest] = this.#byAge;
    if (oldest === undefined) return undefined;
    const job = now - oldest.since > maxWaitMs ? oldest : this.#nearest(after, share);
    this.remove(job ?? oldest);
    return job ?? oldest;
  }

  /** Takes everything out. */
  drain(): T[] {
    const all = [...this.#byAge];
    this.#byAge.clear();
    this.#byPath = [];
    return all;
  }

  #nearest(after: string | undefined, share: number): T | undefined {
    const start = after === undefined ? Math.floor(this.#byPath.length * share) : this.#firstFrom(after);
    return this.#byPath[start] ?? this.#byPath[0];
  }

  /** The index of the first job whose path is not before `path`. */
  #firstFrom(path: string): number {
    let [low, high] = [0, this.#byPath.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#byPath[middle]?.path ?? "") < path) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
