import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { LRUCache } from "lru-cache";
import type { Resource } from "../model/render.ts";
import { parseResources } from "./parse-resources.ts";

/** Of how many bytes of results what was parsed is kept. */
const keptBytes = 8 * 1024 * 1024;
/** Packing less is not worth it. */
const packedFrom = 32 * 1024;

/**
 * Holds results so that a preview can have those of a thousand targets: packed, parsed when they are asked for, and
 * what was parsed last is kept, because one target is looked at after the other. As values they take thirty times the
 * room.
 */
export class ParsedRenders {
  readonly #kept: LRUCache<string, readonly Resource[]>;

  constructor(bytes = keptBytes) {
    this.#kept = new LRUCache({ maxSize: bytes });
  }

  /** What gives the resources in the body that has this digest, and how many bytes it holds for that. */
  hold(digest: string, body: Uint8Array): { readonly held: number; resources(): readonly Resource[] } {
    const { length } = body;
    const packed = length < packedFrom ? exact(body) : exact(zstdCompressSync(body));
    const resources = () => {
      const known = this.#kept.get(digest);
      if (known !== undefined) return known;
      const parsed = parseResources(length < packedFrom ? packed : zstdDecompressSync(packed));
      this.#kept.set(digest, parsed, { size: Math.min(length + 1, this.#kept.maxSize) });
      return parsed;
    };
    return { held: packed.length, resources };
  }
}

/**
 * The bytes in a buffer of their own size. What a pipe or zstd gives is a part of one of 64 KiB or more, which would be
 * kept with it.
 */
export function exact(bytes: Uint8Array): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
