/** Credentials for one host. */
export interface SourceCredentials {
  /** With the port, where there is one. */
  readonly host: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** A bearer token, instead of both. */
  readonly token?: string | undefined;
}

/** Where a host is asked instead. */
export interface SourceMirror {
  readonly host: string;
  /** A URL; a path in it stands before every path. */
  readonly address: string;
  /** Whether the address may be over http. */
  readonly insecure?: boolean | undefined;
}

/** How much is taken. */
export interface SourceLimits {
  /** Bytes of one download: a chart, an artifact, an index, a file. */
  readonly downloadBytes: number;
  /** Bytes of one commit of a Git repository, as it is sent. */
  readonly gitBytes: number;
  /** Bytes of an archive once it is unpacked. */
  readonly unpackedBytes: number;
  /** Files of an archive. */
  readonly files: number;
  /** Milliseconds for one source. */
  readonly deadlineMs: number;
  /** Bytes on disk of everything that is kept. */
  readonly storeBytes: number;
}

/** What the operator says of remote sources. */
export interface SourceSettings {
  /** Addresses (`host/path`, `*` and `**`) that may be fetched from although the base branch does not use them. */
  readonly allow: readonly string[];
  /** Hosts that may be at private addresses. */
  readonly private: readonly string[];
  readonly credentials: readonly SourceCredentials[];
  readonly mirrors: readonly SourceMirror[];
  /** A PEM file with further certificate authorities. */
  readonly ca?: string | undefined;
  readonly limits?: { readonly [K in keyof SourceLimits]?: SourceLimits[K] | undefined } | undefined;
}

/** What holds where the operator says nothing. */
export const defaultSourceLimits: SourceLimits = {
  downloadBytes: 64 * 1024 * 1024,
  gitBytes: 512 * 1024 * 1024,
  unpackedBytes: 256 * 1024 * 1024,
  files: 20_000,
  deadlineMs: 5 * 60_000,
  storeBytes: 4 * 1024 * 1024 * 1024,
};
