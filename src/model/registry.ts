/** Where an image is, with every part named: `{ host: "docker.io", repository: "library/nginx" }`. */
export interface ImageAddress {
  /** With the port, where there is one. Docker Hub is always `docker.io`. */
  readonly host: string;
  readonly repository: string;
}

const dockerHub = new Set(["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]);

/**
 * Writes an image's name out as container runtimes do: a first part without dot, colon and not `localhost` is no
 * registry; Docker Hub's names of one part are in `library/`. Lower case throughout.
 */
export function imageAddress(name: string): ImageAddress {
  const text = name.toLowerCase();
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === "localhost";
  const host = isHost ? first : "docker.io";
  const repository = isHost ? text.slice(slash + 1) : text;
  if (!dockerHub.has(host)) return { host, repository };
  return { host: "docker.io", repository: repository.includes("/") ? repository : `library/${repository}` };
}

/** One name for all ways to write an image's: `docker.io/library/nginx` for `nginx`. */
export function canonicalImage(name: string): string {
  const { host, repository } = imageAddress(name);
  return `${host}/${repository}`;
}

/** What a registry knows of one image. */
export interface ImageFacts {
  /** Of what the tag names: of the index, where it is one. */
  readonly digest: string;
  readonly mediaType: string;
  /**
   * `os/architecture[/variant]`, as the index or the image's configuration says; attestations are left out. Empty when
   * it says none.
   */
  readonly platforms: readonly string[];
  /**
   * When it was built, ISO 8601; the newest of an index. `undefined` when nobody says, or when it is before 1981
   * (reproducible builds write the epoch).
   */
  readonly created: string | undefined;
  /**
   * Labels of the image's configuration, annotations of its manifest and index over them. Of an index: those of its
   * first image.
   */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A container registry, by the OCI distribution specification. Images are names without tag and digest, written in any
 * way. Errors: `throttled` (with the time to wait), `unavailable`, `timeout` Faults; `permission` UserErrors; of
 * `facts` also `input`, `not-found` and `limit` UserErrors for what a tag names and is no image that can run. What does
 * not exist is `undefined`, a repository without tags an empty list.
 */
export interface Registry {
  /** Every tag, over all pages, in the registry's order. */
  tags(image: string, signal: AbortSignal): Promise<readonly string[]>;
  /** The digest that a tag has now; costs a HEAD. */
  digest(image: string, tag: string, signal: AbortSignal): Promise<string | undefined>;
  /** Everything about a tag or a digest; what a digest names is kept, since it never changes. */
  facts(image: string, reference: string, signal: AbortSignal): Promise<ImageFacts | undefined>;
}

/** A manifest as a registry has it, of any kind. */
export interface RawManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: Uint8Array;
}

/** What is in a registry besides images. Errors are those of `Registry`. */
export interface RegistryContent extends Pick<Registry, "tags"> {
  /** The manifest of a tag or digest, checked against the digest; `undefined` when there is none. */
  manifest(name: string, reference: string, signal: AbortSignal): Promise<RawManifest | undefined>;
  /** A blob, checked against its digest; `undefined` when there is none, a `limit` UserError over `maxBytes`. */
  blob(name: string, digest: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined>;
}

/** What the operator says of one registry. */
export interface RegistrySettings {
  /** As in the names of its images: `ghcr.io`, `registry.example.com:5000`; `docker.io` for Docker Hub. */
  readonly host: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** A bearer token that the registry takes as it is. */
  readonly token?: string | undefined;
  /** A refresh token for the registry's token service, as `docker login` gets one (OAuth 2). */
  readonly identityToken?: string | undefined;
  /** The config repositories that may ask for its images: patterns of `owner/name`. Absent: all. */
  readonly repositories?: readonly string[] | undefined;
  /** Spoken to over http. */
  readonly insecure?: boolean | undefined;
  /** May be at a private or loopback address, and so may its token service and where it redirects to. */
  readonly private?: boolean | undefined;
  /** Where it is asked instead of at its host: a URL; a path in it stands before every repository. */
  readonly address?: string | undefined;
  readonly requestsPerSecond?: number | undefined;
  /** Requests at once. */
  readonly concurrency?: number | undefined;
  /** A PEM file of further certificate authorities. */
  readonly caFile?: string | undefined;
}
