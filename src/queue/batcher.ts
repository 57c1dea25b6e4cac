interface Waiting<T> {
  readonly item: T;
  readonly size: number;
  readonly stop: AbortSignal;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

const maxItems = 100;
const maxSize = 1_000_000;

/**
 * Sends what comes while a send is under way together in the next one: a lone item goes at once, a burst costs the
 * store little more than one. All items of a send share its fate.
 */
export class Batcher<T> {
  readonly #send: (items: readonly T[]) => Promise<void>;
  #waiting: Waiting<T>[] = [];
  #sending = false;

  constructor(send: (items: readonly T[]) => Promise<void>) {
    this.#send = send;
  }

  /**
   * Settles with the send that takes the item. One that is stopped before it was sent is not sent; its promise stays
   * open.
   */
  add(item: T, size: number, stop: AbortSignal): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ item, size, stop, done, failed });
      if (!this.#sending) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#sending = true;
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
      try {
        await this.#send(batch.map(({ item }) => item));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#sending = false;
  }

  /** The next batch, within the limits but never empty when something waits. */
  #take(): readonly Waiting<T>[] {
    this.#waiting = this.#waiting.filter(({ stop }) => !stop.aborted);
    let size = 0;
    const over = this.#waiting.findIndex((waiting, index) => {
      size += waiting.size;
      return index > 0 && (index >= maxItems || size > maxSize);
    });
    return this.#waiting.splice(0, over === -1 ? this.#waiting.length : over);
  }
}
