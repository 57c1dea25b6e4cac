// The pinned Go toolchain in the per-user cache.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { download } from "./download.ts";
import { parseGoProxy } from "./goproxy.ts";
import { type Release, ToolchainError } from "./release.ts";
import { type Place, unzip } from "./unzip.ts";

/** A toolchain that can be used. */
export interface Toolchain {
  /** The folder with `go`. */
  readonly bin: string;
  readonly version: string;
  /** Where it is from, for people. */
  readonly from: string;
}

/** How to get a toolchain. */
export interface InstallOptions {
  /** The folder that keeps toolchains. Any number of processes may share it. */
  readonly folder: string;
  readonly goproxy: string | undefined;
  /** Is told how far it is: `31 of 68 MiB`, `unpacking`. */
  readonly progress: (text: string) => void;
  /** Milliseconds without a byte after which a source has failed; default one minute. */
  readonly stall?: number;
  /** Milliseconds for the whole download; default 20 minutes. */
  readonly limit?: number;
}

const PARTIAL = ".partial-";
const DAY = 86_400_000;
const MEBIBYTE = 1 << 20;

/**
 * Gives the toolchain of a release, from the folder or else from GOPROXY. A ToolchainError says why there is none; then
 * nothing is kept.
 */
export async function installToolchain(release: Release, options: InstallOptions): Promise<Toolchain> {
  const { version, platform } = release;
  const home = join(options.folder, `${version}.${platform}`);
  const found = (from: string): Toolchain => ({ bin: join(home, "bin"), version, from });
  if (isToolchain(home)) return found("the cache");
  const partial = makePartial(options.folder, home);
  try {
    const source = await fetchInto(partial, release, options);
    moveIntoPlace(partial, home);
    return found(source);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function isToolchain(home: string): boolean {
  return existsSync(join(home, "bin", "go"));
}

function makePartial(folder: string, home: string): string {
  try {
    // What is in it runs with the person's rights.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    removeLeftovers(folder);
    return mkdtempSync(`${home}${PARTIAL}`);
  } catch (error) {
    throw new ToolchainError(`${folder} cannot keep a toolchain: ${error instanceof Error ? error.message : error}`);
  }
}

async function fetchInto(partial: string, release: Release, options: InstallOptions): Promise<string> {
  const { module, bytes, sha256 } = release;
  const { goproxy, progress, stall = 60_000, limit = 20 * 60_000 } = options;
  const zip = join(partial, "toolchain.zip");
  const inMebibytes = (count: number): number => Math.floor(count / MEBIBYTE);
  const source = await download(
    { path: `golang.org/toolchain/@v/${module}.zip`, bytes, sha256 },
    parseGoProxy(goproxy),
    zip,
    { progress: (arrived) => progress(`${inMebibytes(arrived)} of ${inMebibytes(bytes)} MiB`), stall, limit },
  );
  progress("unpacking");
  unzip(zip, join(partial, "go"), (name) => placeInToolchain(name, module));
  return source;
}

/**
 * Where a file of the module goes. The zip of a module has neither run bits nor a `go.mod` below its top (it is called
 * `_go.mod`), so the go command puts both right when it takes a toolchain from there.
 */
function placeInToolchain(name: string, module: string): Place {
  const top = `golang.org/toolchain@${module}/`;
  if (!name.startsWith(top)) throw new ToolchainError(`the zip has ${JSON.stringify(name)} outside ${top}`);
  const path = name.slice(top.length).replace(/(^|\/)_go\.mod$/, "$1go.mod");
  return { path, executable: /^(bin|pkg\/tool)\//.test(path) };
}

/**
 * Another process may have put the same there in the meantime: then that one stays. What is there and no toolchain
 * leaves with the rest of `partial`.
 */
function moveIntoPlace(partial: string, home: string): void {
  try {
    if (existsSync(home) && !isToolchain(home)) renameSync(home, join(partial, "replaced"));
    renameSync(join(partial, "go"), home);
  } catch (error) {
    if (!isToolchain(home)) throw error;
  }
}

/** Removes what processes left that were killed while they fetched. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (name.includes(PARTIAL) && Date.now() - since > DAY) rmSync(path, { recursive: true, force: true });
  }
}
