import { LRUCache } from "lru-cache";
import type { ObjectReader, Repository } from "../../model/tree.ts";
import { KeptRepository } from "./kept-repository.ts";

/** Repositories that something is kept of. */
const maxRepositories = 16;
/** Lookups that are kept of all together: some 150 MiB. */
const maxLookups = 1_000_000;

/**
 * What previews learn of a repository, for the next one of the same process: the targets of its base, and what they
 * read. A preview then costs what its change touches.
 */
export class KeptPreviews {
  readonly #repositories = new LRUCache<ObjectReader, KeptRepository>({
    max: maxRepositories,
    maxSize: maxLookups,
  });

  readonly #asked = new LRUCache<ObjectReader, Set<string>>({ max: maxRepositories });

  /**
   * The addresses that bases of a repository led to, also where no file of theirs names them: through a template, a
   * variable, or what they fetched.
   */
  asked({ objects }: Pick<Repository, "objects">): Set<string> {
    const asked = this.#asked.get(objects) ?? new Set();
    this.#asked.set(objects, asked);
    return asked;
  }

  /** Works with what is kept of a repository. */
  async with<T>({ objects }: Pick<Repository, "objects">, use: (kept: KeptRepository) => Promise<T>): Promise<T> {
    const kept = this.#repositories.get(objects) ?? new KeptRepository();
    this.#repositories.set(objects, kept, { size: kept.lookups + 1 });
    try {
      return await use(kept);
    } finally {
      this.#repositories.set(objects, kept, { size: kept.lookups + 1 });
    }
  }
}
