import { digestOf } from "./names.ts";

/** A manifest or an index, byte by byte. */
export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** What one repository holds. */
interface Repository {
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, string>;
}

/** Everything that was pushed, in memory. */
export interface Store {
  /** Repositories with tags, by name. */
  names(): string[];
  /** In lexical order, as Distribution lists them; `undefined` for a repository without any. */
  tags(name: string): string[] | undefined;
  blob(name: string, digest: string): Buffer | undefined;
  addBlob(name: string, bytes: Buffer): string;
  /** By tag or digest. */
  manifest(name: string, reference: string): StoredManifest | undefined;
  addManifest(name: string, mediaType: string, bytes: Buffer): StoredManifest;
  tag(name: string, tag: string, digest: string): void;
}

/** Makes an empty store. */
export function createStore(): Store {
  const repositories = new Map<string, Repository>();
  const ofName = (name: string): Repository => {
    const known = repositories.get(name);
    if (known) return known;
    const made = { blobs: new Map(), manifests: new Map(), tags: new Map() };
    repositories.set(name, made);
    return made;
  };
  return {
    names: () => [...repositories].flatMap(([name, { tags }]) => (tags.size > 0 ? [name] : [])).sort(),
    tags(name) {
      const tags = repositories.get(name)?.tags;
      return tags === undefined || tags.size === 0 ? undefined : [...tags.keys()].sort();
    },
    blob: (name, digest) => repositories.get(name)?.blobs.get(digest),
    addBlob(name, bytes) {
      const digest = digestOf(bytes);
      ofName(name).blobs.set(digest, bytes);
      return digest;
    },
    manifest(name, reference) {
      const repository = repositories.get(name);
      return repository?.manifests.get(repository.tags.get(reference) ?? reference);
    },
    addManifest(name, mediaType, bytes) {
      const manifest = { digest: digestOf(bytes), mediaType, bytes };
      ofName(name).manifests.set(manifest.digest, manifest);
      return manifest;
    },
    tag: (name, tag, digest) => {
      ofName(name).tags.set(tag, digest);
    },
  };
}
