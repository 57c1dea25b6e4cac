import { Fault } from "../model/errors.ts";
import type { StoredWorker } from "./store.ts";

/**
 * Watches the locks of the jobs that one worker runs. A job whose lock was not renewed in time may be running elsewhere
 * already: its signal is aborted, also when the store cannot be asked.
 */
export class LockWatch {
  readonly #lockMs: number;
  readonly #held = new Map<string, { readonly lost: AbortController; timer: NodeJS.Timeout }>();

  constructor(lockMs: number) {
    this.#lockMs = lockMs;
  }

  /** Listens to the worker's renewals. */
  attach(worker: StoredWorker): void {
    worker.on("locksRenewed", ({ jobIds }) => {
      for (const id of jobIds) this.#renew(id);
    });
    worker.on("lockRenewalFailed", (jobIds) => {
      for (const id of jobIds) this.#lose(id);
    });
  }

  /** Watches a job from now on; the signal aborts when its lock is lost. */
  watch(jobId: string): AbortSignal {
    const lost = new AbortController();
    this.#held.set(jobId, { lost, timer: this.#timer(jobId) });
    return lost.signal;
  }

  /** The job's run has ended. */
  forget(jobId: string): void {
    clearTimeout(this.#held.get(jobId)?.timer);
    this.#held.delete(jobId);
  }

  #renew(jobId: string): void {
    const held = this.#held.get(jobId);
    if (held === undefined) return;
    clearTimeout(held.timer);
    held.timer = this.#timer(jobId);
  }

  #lose(jobId: string): void {
    this.#held.get(jobId)?.lost.abort(new Fault("unavailable", "the job's lock was lost: it may be running elsewhere"));
  }

  #timer(jobId: string): NodeJS.Timeout {
    return setTimeout(() => this.#lose(jobId), this.#lockMs);
  }
}
