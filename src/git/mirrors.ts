import { mkdir } from "node:fs/promises";
import { LRUCache } from "lru-cache";
import type { Logger } from "../model/observe.ts";
import type { Mirrors, RepositoryName } from "../model/tree.ts";
import { Mirror, type MirrorSettings } from "./mirror.ts";
import { mirrorPaths } from "./names.ts";
import type { StartProcess } from "./process.ts";

/** What mirrors are made with. */
export interface MirrorsOptions {
  /** The folder of all mirrors; made when it is missing. */
  readonly root: string;
  /** Where a repository is fetched from, without credentials. */
  readonly remoteUrl: (repository: RepositoryName) => string;
  /** The token to fetch with, asked for before each fetch; `undefined` for none. */
  readonly token: (repository: RepositoryName) => Promise<string | undefined>;
  readonly gitPath?: string;
  /** What starts git; default: this process. */
  readonly start?: StartProcess;
  /** How long a fetch, with the wait for its lock, may take. */
  readonly fetchDeadlineMs?: number;
  /** Transports that may be used. `file` is for tests. */
  readonly protocols?: readonly ("https" | "http" | "file")[];
  readonly now?: () => number;
  /** With more packs than this (default 50), a fetch is followed by joining them. */
  readonly maxPacks?: number;
  /** Told when a damaged mirror was thrown away. */
  readonly log?: Pick<Logger, "warn">;
}

/** How many mirrors keep their caches in memory. */
const maxOpen = 16;

/** Mirrors below one folder, which any number of processes may share. */
export function createMirrors(options: MirrorsOptions): Mirrors {
  const settings: MirrorSettings = {
    gitPath: options.gitPath ?? "git",
    start: options.start,
    deadlineMs: options.fetchDeadlineMs ?? 5 * 60_000,
    protocols: options.protocols ?? ["https", "http"],
    now: options.now ?? Date.now,
    maxPacks: options.maxPacks ?? 50,
    log: options.log,
  };
  // One that falls out stays usable for whoever holds it; its helper process ends when idle.
  const open = new LRUCache<string, Mirror>({ max: maxOpen });
  return {
    async open({ repository, want, wantIfThere = [] }, signal) {
      const paths = mirrorPaths(options.root, repository);
      await mkdir(options.root, { recursive: true, mode: 0o700 });
      const mirror = open.get(paths.directory) ?? new Mirror(paths, settings);
      open.set(paths.directory, mirror);
      const remote = { url: options.remoteUrl(repository), token: () => options.token(repository) };
      await mirror.bring(want, wantIfThere, remote, signal);
      return mirror.repository;
    },
    async close() {
      await Promise.all([...open.values()].map((mirror) => mirror.close()));
    },
  };
}
