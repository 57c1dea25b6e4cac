import { LRUCache } from "lru-cache";
import { SingleFlight } from "../model/single-flight.ts";
import type { GitObject, ObjectReader } from "../model/tree.ts";
import { CatFile, type CatFileOptions } from "./cat-file.ts";
import { isObjectId } from "./oid.ts";
import type { PromisedObjects } from "./promised-objects.ts";

const cacheableBytes = 1024 * 1024;

/** Reads objects of one repository through a bounded cache; equal reads under way share one request. */
export class GitObjects implements ObjectReader {
  readonly #catFile: CatFile;
  readonly #promised: PromisedObjects | undefined;
  readonly #cache: LRUCache<string, GitObject>;
  readonly #reading = new SingleFlight<GitObject | undefined>();

  /** With `promised`, what a partial clone lacks is fetched first. */
  constructor(options: CatFileOptions, cacheBytes: number, promised?: PromisedObjects) {
    this.#catFile = new CatFile(options);
    this.#promised = promised;
    this.#cache = new LRUCache({
      maxSize: Math.max(1, cacheBytes),
      sizeCalculation: ({ bytes }) => bytes.length + 200,
    });
  }

  /**
   * The object, `undefined` when the repository does not have it or `oid` is no full object id. Objects over `maxBytes`
   * (default 64 MiB) are a `limit` UserError that calls the object `name`.
   */
  read(oid: string, maxBytes?: number, name?: string): Promise<GitObject | undefined> {
    const cached = this.#cache.get(oid);
    if (cached !== undefined && cached.bytes.length <= (maxBytes ?? cacheableBytes)) return Promise.resolve(cached);
    if (!isObjectId(oid)) return Promise.resolve(undefined);
    const fetched = this.#promised?.bring(oid);
    if (fetched !== undefined) return fetched.then(() => this.#read(oid, maxBytes, name));
    return this.#read(oid, maxBytes, name);
  }

  /** The id of the commit that a revision without line breaks names now; `undefined` when it names none. */
  async commit(revision: string): Promise<string | undefined> {
    const found = await this.#catFile.read(`${revision}^{commit}`);
    return found?.kind === "commit" ? this.#keep(found.oid, found) : undefined;
  }

  /** Ends the helper process; a later read starts it again. */
  close(): Promise<void> {
    return this.#catFile.close();
  }

  #read(oid: string, maxBytes?: number, name?: string): Promise<GitObject | undefined> {
    if (maxBytes !== undefined) return this.#catFile.read(oid, maxBytes, name);
    return this.#reading.join(oid, () => this.#fetch(oid));
  }

  async #fetch(oid: string): Promise<GitObject | undefined> {
    const object = await this.#catFile.read(oid);
    if (object !== undefined) this.#keep(oid, object);
    return object;
  }

  #keep(oid: string, { kind, bytes }: GitObject): string {
    if (bytes.length <= cacheableBytes) this.#cache.set(oid, { kind, bytes });
    return oid;
  }
}
