import { createHash } from "node:crypto";
import type { ImageFacts, Registry } from "../../src/model/registry.ts";

/** What a test says of an image that it pushes. */
export type PushedFacts = Partial<Omit<ImageFacts, "digest">>;

/** A registry in memory, of which nobody is told anything. */
export interface MemoryRegistry extends Registry {
  /** Every call of the port so far, as `digest ghcr.io/acme/web:1.4.0`. */
  readonly calls: string[];
  /** Makes a tag name another image; gives its digest. The same facts under the same name are the same image. */
  push(image: string, tag: string, facts?: PushedFacts): string;
}

/** Makes an empty one. */
export function memoryRegistry(): MemoryRegistry {
  const calls: string[] = [];
  const images = new Map<string, Map<string, ImageFacts>>();
  const of = (image: string): Map<string, ImageFacts> => images.get(image) ?? new Map();
  return {
    calls,
    push: (image, tag, more = {}) => {
      const about = { mediaType, platforms: ["linux/amd64"], created: "2026-01-01T00:00:00Z", labels: {}, ...more };
      const digest = `sha256:${createHash("sha256")
        .update(JSON.stringify([image, tag, about]))
        .digest("hex")}`;
      images.set(image, of(image).set(tag, { ...about, digest }));
      return digest;
    },
    tags: async (image) => {
      calls.push(`tags ${image}`);
      return [...of(image).keys()];
    },
    digest: async (image, tag) => {
      calls.push(`digest ${image}:${tag}`);
      return of(image).get(tag)?.digest;
    },
    facts: async (image, reference) => {
      calls.push(`facts ${image}:${reference}`);
      return of(image).get(reference) ?? [...of(image).values()].find(({ digest }) => digest === reference);
    },
  };
}

const mediaType = "application/vnd.oci.image.manifest.v1+json";
