import { setImmediate as nextTurn } from "node:timers/promises";

/** Who asks: adding a job is awaited by somebody outside, running one is not. */
export type Asker = "adding" | "running";

/** Of so many turns in a row that adding may take while running waits, the next is running's: locks must be renewed. */
const addingTurns = 4;

/**
 * Lets one query at a time into the database, those of adding before those of running. Between two the process gets to
 * its other work: the database runs on its thread, and a chain of queries would keep everything else from it.
 */
export class PgliteTurns {
  readonly #waiting: Readonly<Record<Asker, (() => Promise<void>)[]>> = { adding: [], running: [] };
  #inARow = 0;
  #busy = false;

  /** Runs the query when its turn comes; settles as it does. */
  take<T>(asker: Asker, query: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting[asker].push(() => query().then(resolve, reject));
      if (!this.#busy) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#busy = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      await next();
      await nextTurn();
    }
    this.#busy = false;
  }

  #next(): (() => Promise<void>) | undefined {
    const { adding, running } = this.#waiting;
    const preferAdding = adding.length > 0 && (running.length === 0 || this.#inARow < addingTurns);
    this.#inARow = preferAdding ? this.#inARow + 1 : 0;
    return preferAdding ? adding.shift() : running.shift();
  }
}
