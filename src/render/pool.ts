import { Fault } from "../model/errors.ts";
import { Engine, type EngineOptions, type EngineRequest, type Outcome } from "./engine.ts";
import { JobQueue } from "./job-queue.ts";
import { hostGrace } from "./limits.ts";
import type { EngineHello } from "./messages.ts";

interface Job {
  /** Empty for what has no place in the tree. */
  readonly path: string;
  readonly since: number;
  readonly request: EngineRequest;
  readonly signal: AbortSignal;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

interface Slot {
  readonly share: number;
  engine: Promise<Engine> | undefined;
  busy: boolean;
  lastPath: string | undefined;
}

const watchMs = 100;

/**
 * Engine processes, started when needed, each with one request at a time. One that is killed or crashes takes only its
 * own request with it.
 */
export class EnginePool {
  readonly #options: EngineOptions;
  readonly #slots: readonly Slot[];
  readonly #queue = new JobQueue<Job>();
  #watch: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: EngineOptions, workers: number) {
    this.#options = options;
    this.#slots = Array.from({ length: workers }, (_, index) => ({
      share: index / workers,
      engine: undefined,
      busy: false,
      lastPath: undefined,
    }));
  }

  /** What the engines say of themselves; starts one when none runs. */
  async hello(): Promise<EngineHello> {
    const slot = this.#slots.find(({ engine }) => engine !== undefined) ?? this.#slots[0];
    if (slot === undefined) throw new Fault("bug", "the pool has no engine");
    return (await this.#engineOf(slot)).hello;
  }

  /** Carries out a request on some engine. A request whose engine crashed is tried once more on a fresh one. */
  async run(request: EngineRequest, signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted();
    if (this.#closed) throw new Fault("unavailable", "the renderer is closed");
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    const path = request.type === "render" ? request.spec.path : "";
    const job: Job = { path, since: Date.now(), request, signal, resolve, reject };
    const abort = (): void => {
      if (this.#queue.remove(job)) reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    this.#queue.add(job);
    this.#dispatch();
    return promise.finally(() => signal.removeEventListener("abort", abort));
  }

  /** Ends all processes; what waits or is under way is rejected or ends as crashed. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    for (const job of this.#queue.drain()) job.reject(new Fault("unavailable", "the renderer is closed"));
    await Promise.all(this.#slots.map(async ({ engine }) => (await settled(engine))?.close()));
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (slot.busy) continue;
      const job = this.#queue.take(slot.lastPath, slot.share, Date.now());
      if (job === undefined) return;
      slot.busy = true;
      this.#watch ??= setInterval(() => void this.#weigh(), watchMs).unref();
      void this.#carryOut(slot, job);
    }
  }

  async #carryOut(slot: Slot, job: Job): Promise<void> {
    try {
      let outcome = await this.#attempt(slot, job);
      if (outcome.type === "crashed" && !this.#closed) {
        this.#options.log?.warn({ path: job.path, reason: outcome.message }, "engine crashed, trying once more");
        outcome = await this.#attempt(slot, job);
      }
      job.resolve(outcome);
    } catch (error) {
      job.reject(error);
    }
    slot.busy = false;
    if (job.request.type === "render") slot.lastPath = job.path;
    this.#dispatch();
    if (this.#slots.some(({ busy }) => busy)) return;
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  async #attempt(slot: Slot, job: Job): Promise<Outcome> {
    let engine = await this.#engineOf(slot);
    if (!engine.usable) {
      // It ended while it was idle, which is not this request's doing.
      this.#replace(slot);
      engine = await this.#engineOf(slot);
    }
    try {
      return await engine.run(job.request, job.signal);
    } finally {
      if (!engine.usable) {
        engine.kill();
        this.#replace(slot);
      }
    }
  }

  #engineOf(slot: Slot): Promise<Engine> {
    if (slot.engine !== undefined) return slot.engine;
    const engine = Engine.start(this.#options);
    slot.engine = engine;
    // Whoever awaits it gets the error; the slot only drops it, so that the next request tries again.
    engine.catch(() => {
      if (slot.engine === engine) slot.engine = undefined;
    });
    return engine;
  }

  /** The next process starts at once. */
  #replace(slot: Slot): void {
    slot.engine = undefined;
    slot.lastPath = undefined;
    if (!this.#closed) void settled(this.#engineOf(slot));
  }

  /**
   * Looks at the resident sizes. Over the limit, a busy engine is killed; one that has grown too large ends when idle.
   */
  async #weigh(): Promise<void> {
    const { memoryBytes } = this.#options.limits;
    for (const slot of this.#slots) {
      const held = slot.engine;
      const engine = await settled(held);
      if (engine === undefined) continue;
      const resident = await engine.residentBytes();
      if (resident > memoryBytes * hostGrace.memory) {
        engine.strike(
          "memoryBytes",
          `the render needs more than ${Math.floor(memoryBytes / 1024 / 1024)} MiB of memory`,
        );
      } else if (resident > memoryBytes / 2 && !slot.busy && slot.engine === held) {
        slot.engine = undefined;
        await engine.close();
      }
    }
  }
}

/** The engine once it runs, `undefined` when it does not start. */
async function settled(engine: Promise<Engine> | undefined): Promise<Engine | undefined> {
  return engine?.catch(() => undefined);
}
