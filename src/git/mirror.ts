import { access, mkdir, rename, rm, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type GitSetting, gitEnvironment, tokenSetting } from "./environment.ts";
import { fetchFailure, gitFault } from "./failure.ts";
import { clearIncoming, incomingRefspecs, type MirrorGit, settleIncoming } from "./incoming-refs.ts";
import { withLock } from "./lock.ts";
import { countPacks, sweep, unwantedRefs } from "./mirror-maintenance.ts";
import { type MirrorPaths, mirrorNames, mirrorRef, type RefPattern, refPattern } from "./names.ts";
import { isObjectId } from "./oid.ts";
import type { StartProcess } from "./process.ts";
import { killOrphan, noteWorker } from "./process-record.ts";
import { type LocalRepository, openRepository } from "./repository.ts";
import { type GitOutput, runGit } from "./run.ts";

/** What all mirrors have in common. */
export interface MirrorSettings {
  readonly gitPath: string;
  readonly start?: StartProcess | undefined;
  readonly deadlineMs: number;
  readonly protocols: readonly string[];
  readonly now: () => number;
  /** With more packs than this, a fetch is followed by joining them. */
  readonly maxPacks: number;
}

/** Where a mirror fetches from. */
export interface Remote {
  readonly url: string;
  readonly token: () => Promise<string | undefined>;
}

interface MirrorRun {
  readonly settings?: readonly GitSetting[];
  readonly signal: AbortSignal;
  readonly input?: string | undefined;
  readonly started?: (pid: number) => Promise<void>;
}

const day = 24 * 60 * 60 * 1000;
const keepUnwantedMs = 30 * day;

/**
 * One bare mirror. Wanted refs and commits are kept under `refs/sluice/`, so nothing of the remote's naming reaches the
 * disk.
 */
export class Mirror {
  readonly repository: LocalRepository;
  readonly #paths: MirrorPaths;
  readonly #settings: MirrorSettings;

  constructor(paths: MirrorPaths, settings: MirrorSettings) {
    this.#paths = paths;
    this.#settings = settings;
    this.repository = openRepository(paths.directory, {
      gitPath: settings.gitPath,
      start: settings.start,
      names: mirrorNames,
    });
  }

  /**
   * Has everything that `want` names in the mirror afterwards, and exactly those of the refs that `ifThere` means which
   * the remote has. Commits that are kept already need neither lock nor network.
   */
  async bring(want: readonly string[], ifThere: readonly string[], remote: Remote, signal: AbortSignal): Promise<void> {
    const wanted = new Map(want.map((name) => [name, mirrorRef(name)]));
    const patterns = [...new Set(ifThere)].map(refPattern);
    if (patterns.length === 0 && (await this.#missing(wanted)).size === 0) return;
    await mkdir(dirname(this.#paths.directory), { recursive: true });
    await withLock(this.#paths.lock, this.#settings.deadlineMs, signal, async () => {
      await this.#prepare(signal);
      const missing = await this.#missing(wanted);
      if (missing.size + patterns.length > 0) await this.#fetch(missing, patterns, remote, signal);
      if ((await countPacks(this.#paths.directory)) > this.#settings.maxPacks) await this.#upkeep(signal);
    });
  }

  /** Ends the helper process. */
  close(): Promise<void> {
    return this.repository.close();
  }

  /** What has to be fetched: refs may have moved; commits are missing where their ref is. */
  async #missing(wanted: ReadonlyMap<string, string>): Promise<Map<string, string>> {
    const missing = new Map<string, string>();
    const now = new Date(this.#settings.now());
    for (const [name, ref] of wanted) {
      const file = join(this.#paths.directory, ref);
      const kept =
        isObjectId(name) &&
        (await utimes(file, now, now).then(
          () => true,
          () => false,
        ));
      if (!kept) missing.set(name, ref);
    }
    return missing;
  }

  /** Makes the mirror on first use, and fixes what a killed predecessor left. Runs under the lock. */
  async #prepare(signal: AbortSignal): Promise<void> {
    const { directory, fetcher } = this.#paths;
    if (
      await access(join(directory, "HEAD")).then(
        () => true,
        () => false,
      )
    ) {
      await killOrphan(fetcher);
      await sweep(directory);
      await clearIncoming(directory);
      return;
    }
    const fresh = `${directory}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh);
    const run = await this.#git(fresh, ["init", "--quiet", "--bare", "--template=", "."], { signal });
    if (run.code !== 0) throw gitFault("init", run.stderr);
    await rm(directory, { recursive: true, force: true });
    await rename(fresh, directory);
  }

  async #fetch(
    missing: ReadonlyMap<string, string>,
    patterns: readonly RefPattern[],
    remote: Remote,
    signal: AbortSignal,
  ): Promise<void> {
    const token = await remote.token();
    const settings = token === undefined ? [] : [tokenSetting(remote.url, token)];
    const refspecs = [...[...missing].map(([name, ref]) => `+${name}:${ref}`), ...incomingRefspecs(patterns)];
    const options = [
      "--quiet",
      "--no-tags",
      "--no-write-fetch-head",
      "--no-recurse-submodules",
      "--no-auto-maintenance",
    ];
    const args = ["fetch", ...options, "--end-of-options", remote.url, ...refspecs];
    const { fetcher, directory } = this.#paths;
    const run = await this.#git(directory, args, { settings, signal, started: (pid) => noteWorker(fetcher, pid) });
    await rm(fetcher, { force: true });
    if (run.code !== 0) throw fetchFailure(run.stderr);
    await this.#touch(missing.values());
    if (patterns.length === 0) return;
    const git: MirrorGit = (own, input) => this.#git(directory, own, { signal, input });
    await this.#touch(await settleIncoming(git, directory, patterns));
    await clearIncoming(directory);
  }

  /** A ref's time says when it was last wanted, even if it did not move. */
  async #touch(refs: Iterable<string>): Promise<void> {
    const now = new Date(this.#settings.now());
    for (const ref of refs) await utimes(join(this.#paths.directory, ref), now, now);
  }

  /**
   * Joins packs and lets go of what nobody wanted for a month. Objects stay two weeks after their last ref, for jobs
   * under way.
   */
  async #upkeep(signal: AbortSignal): Promise<void> {
    const { directory, fetcher } = this.#paths;
    const unwanted = await unwantedRefs(directory, this.#settings.now() - keepUnwantedMs);
    for (const ref of unwanted) await rm(join(directory, ref), { force: true });
    const args = ["gc", "--quiet", "--prune=2.weeks.ago"];
    const run = await this.#git(directory, args, { signal, started: (pid) => noteWorker(fetcher, pid) });
    await rm(fetcher, { force: true });
    if (run.code !== 0) throw gitFault("gc", run.stderr);
  }

  async #git(cwd: string, args: readonly string[], how: MirrorRun): Promise<GitOutput> {
    const { gitPath, protocols, deadlineMs, start } = this.#settings;
    const { settings = [], signal, input, started } = how;
    const env = gitEnvironment({ protocols, settings });
    const notes: Promise<void>[] = [];
    const onStart = (pid: number): void => void notes.push(started?.(pid) ?? Promise.resolve());
    const run = await runGit({ gitPath, args, cwd, env, deadlineMs, signal, onStart, input, start });
    await Promise.all(notes);
    return run;
  }
}
