// One file from a list of sources, checked while it streams to disk.

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import type { Source } from "./goproxy.ts";
import { ToolchainError } from "./release.ts";

/** What is wanted: the path below each source, and what its content must be. */
export interface Wanted {
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** How to watch over a download. */
export interface Watch {
  /** Is called with the bytes that have arrived, after each chunk. */
  readonly progress: (bytes: number) => void;
  /** Milliseconds without a byte after which a source has failed. */
  readonly stall: number;
  /** Milliseconds that all sources together have. */
  readonly limit: number;
}

/** A source that failed; `missing` when it says that it does not have the file. */
class SourceError extends Error {
  readonly missing: boolean;
  constructor(message: string, missing = false) {
    super(message);
    this.missing = missing;
  }
}

/**
 * Writes what is wanted to `file` from the first source that has it, and gives that source's address. A ToolchainError
 * says why no source gave it, or that one gave something else: then no other is asked, and what `file` holds must not
 * be used.
 */
export async function download(wanted: Wanted, sources: readonly Source[], file: string, watch: Watch) {
  const whole = new AbortController();
  const late = () => whole.abort(new ToolchainError(`the download took longer than ${watch.limit / 1000} s`));
  const timer = setTimeout(late, watch.limit);
  try {
    return await downloadWithin(wanted, sources, file, watch, whole.signal);
  } finally {
    clearTimeout(timer);
  }
}

async function downloadWithin(
  wanted: Wanted,
  sources: readonly Source[],
  file: string,
  watch: Watch,
  whole: AbortSignal,
): Promise<string> {
  const failures: string[] = [];
  for (const source of sources) {
    try {
      await downloadFrom(source, wanted, file, watch, whole);
      return source.url;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failures.push(`${source.url}: ${error.message}`);
      if (!error.missing && source.next === "missing") break;
    }
  }
  throw new ToolchainError(failures.join("\n") || "GOPROXY names no proxy, so no module may be downloaded");
}

async function downloadFrom(
  source: Source,
  wanted: Wanted,
  file: string,
  { progress, stall }: Watch,
  whole: AbortSignal,
): Promise<void> {
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, whole]);
  const timer = setTimeout(() => abort.abort(new SourceError(`sent nothing for ${stall / 1000} s`)), stall);
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    const body = await open(source, wanted.path, signal);
    await pipeline(
      body,
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          timer.refresh();
          hash.update(chunk);
          bytes += chunk.length;
          if (bytes > wanted.bytes) throw wrong(source, wanted, `is longer than ${wanted.bytes} bytes`);
          progress(bytes);
          yield chunk;
        }
      },
      createWriteStream(file),
      { signal },
    );
  } catch (error) {
    throw signal.aborted ? signal.reason : asSourceError(error);
  } finally {
    clearTimeout(timer);
  }
  if (bytes < wanted.bytes) throw new SourceError(`ended after ${bytes} of ${wanted.bytes} bytes`);
  const sha256 = hash.digest("hex");
  if (sha256 !== wanted.sha256) throw wrong(source, wanted, `has the SHA-256\n  ${sha256}, not\n  ${wanted.sha256}`);
}

function wrong(source: Source, { path }: Wanted, how: string): ToolchainError {
  return new ToolchainError(`${source.url}/${path}\n${how}: it was damaged or altered on its way, and is not used.`);
}

async function open(source: Source, path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const url = `${source.url}/${path}`;
  if (url.startsWith("file:")) return openFile(fileURLToPath(url));
  const response = await fetch(url, {
    signal,
    headers: source.authorization === undefined ? {} : { authorization: source.authorization },
  });
  if (response.ok && response.body !== null) return response.body;
  await response.body?.cancel();
  throw new SourceError(
    `answered ${response.status} ${response.statusText}`.trim(),
    [404, 410].includes(response.status),
  );
}

async function openFile(path: string): Promise<AsyncIterable<Uint8Array>> {
  if (!existsSync(path)) throw new SourceError("has no such file", true);
  return createReadStream(path);
}

/** Names what the network or the disk said; our own errors pass. */
function asSourceError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SourceError || error instanceof ToolchainError) return error;
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : error.message;
  return new SourceError(cause.message || code);
}
