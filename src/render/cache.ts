import { LRUCache } from "lru-cache";
import type { Trace } from "../model/render.ts";
import { answersAlike } from "../model/trace.ts";
import type { Tree, TreeEntry } from "../model/tree.ts";
import type { CachedRender } from "./cached-render.ts";
import type { NewRender, RenderStore, UsedRender } from "./store.ts";

const maxLookups = 400_000;
const maxPerKey = 64;
const bodyBytes = 32 * 1024 * 1024;
const flushAfterMs = 25;
const flushAtCount = 64;
const useGrainMs = 10 * 60_000;

/** The cached renders of one key that are in memory, by sum, oldest first. */
interface Known {
  readonly renders: Map<string, CachedRender>;
  /** The newest id on disk that was looked at. */
  lastId: number;
}

/** Finished renders in memory, in front of the store on disk (where there is one). */
export class RenderCache {
  readonly #store: RenderStore | undefined;
  readonly #now: () => number;
  readonly #known = new LRUCache<string, Known>({ maxSize: maxLookups, sizeCalculation: lookupsOf });
  readonly #bodies = new LRUCache<string, Uint8Array>({
    maxSize: bodyBytes,
    sizeCalculation: (body) => body.length + 1,
  });
  readonly #answers = new WeakMap<Tree, Map<string, TreeEntry | undefined>>();
  #toWrite: NewRender[] = [];
  #used: UsedRender[] = [];
  readonly #usesNoted = new WeakMap<CachedRender, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: RenderStore | undefined, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** The render of `key` whose trace holds in `tree`. */
  async find(key: string, tree: Tree): Promise<CachedRender | undefined> {
    const known = this.#known.get(key) ?? { renders: new Map<string, CachedRender>(), lastId: 0 };
    const found =
      (await this.#holding([...known.renders.values()], tree)) ?? (await this.#findOnDisk(key, known, tree));
    if (found !== undefined) this.#use(key, found);
    return found;
  }

  /** The body of a cached render; `undefined` when it is gone. */
  body(cached: CachedRender): Uint8Array | undefined {
    const inMemory = this.#bodies.get(cached.digest);
    if (inMemory !== undefined) return inMemory;
    const stored =
      this.#toWrite.find(({ cached: { digest } }) => digest === cached.digest)?.body ??
      this.#store?.body(cached.digest);
    if (stored !== undefined) this.#bodies.set(cached.digest, stored);
    return stored;
  }

  /** Keeps a render, in memory at once and on disk soon. */
  add(key: string, cached: CachedRender, body: Uint8Array | undefined): void {
    const known = this.#known.get(key) ?? { renders: new Map<string, CachedRender>(), lastId: 0 };
    this.#remember(key, known, [cached]);
    this.#usesNoted.set(cached, this.#now());
    if (body !== undefined) this.#bodies.set(cached.digest, body);
    if (this.#store === undefined) return;
    this.#toWrite.push({ key, cached, body });
    if (this.#toWrite.length >= flushAtCount) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), flushAfterMs);
  }

  /** Writes what is not on disk yet. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [renders, used] = [this.#toWrite, this.#used];
    this.#toWrite = [];
    this.#used = [];
    if (renders.length > 0 || used.length > 0) this.#store?.write(renders, used);
  }

  /** Writes the rest and closes the store. */
  close(): void {
    this.flush();
    this.#store?.close();
  }

  /** The time of use decides what goes first when room is short; it need not be exact. */
  #use(key: string, cached: CachedRender): void {
    const now = this.#now();
    if (now - (this.#usesNoted.get(cached) ?? 0) < useGrainMs) return;
    this.#usesNoted.set(cached, now);
    this.#used.push({ key, sum: cached.sum });
  }

  /** Other processes write to the disk too, so each miss looks for what came since. */
  async #findOnDisk(key: string, known: Known, tree: Tree): Promise<CachedRender | undefined> {
    const fresh = this.#store?.find(key, known.lastId) ?? [];
    if (fresh.length === 0) return undefined;
    known.lastId = fresh.at(-1)?.id ?? known.lastId;
    this.#remember(key, known, fresh);
    return this.#holding(fresh, tree);
  }

  #remember(key: string, known: Known, renders: readonly CachedRender[]): void {
    for (const cached of renders) known.renders.set(cached.sum, cached);
    for (const [sum] of known.renders) {
      if (known.renders.size <= maxPerKey) break;
      known.renders.delete(sum);
    }
    this.#known.set(key, known);
  }

  /** The newest of the renders whose trace holds in the tree. */
  async #holding(renders: readonly CachedRender[], tree: Tree): Promise<CachedRender | undefined> {
    for (const cached of renders.toReversed()) {
      if (await this.#holds(cached.trace, tree)) return cached;
    }
    return undefined;
  }

  /**
   * As `traceHolds`, but each path of a tree is looked up once for all traces: renders of one repository share most of
   * them.
   */
  async #holds(trace: Trace, tree: Tree): Promise<boolean> {
    const answers = this.#answers.get(tree) ?? new Map<string, TreeEntry | undefined>();
    this.#answers.set(tree, answers);
    for (const lookup of trace) {
      const [path] = lookup;
      let entry = answers.get(path);
      if (entry === undefined && !answers.has(path)) {
        entry = await tree.at(path);
        answers.set(path, entry);
      }
      if (!answersAlike(lookup, entry)) return false;
    }
    return true;
  }
}

function lookupsOf({ renders }: Known): number {
  let lookups = 1;
  for (const { trace } of renders.values()) lookups += trace.length;
  return lookups;
}
