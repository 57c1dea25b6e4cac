import { access, mkdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Fault } from "../model/errors.ts";
import type { Logger } from "../model/observe.ts";
import { type GitSetting, gitEnvironment, tokenSetting } from "./environment.ts";
import { fetchFailure, gitFault } from "./failure.ts";
import { clearIncoming, incomingRefspecs, type MirrorGit, settleIncoming } from "./incoming-refs.ts";
import { withLock } from "./lock.ts";
import { damageIn, damageOf, dropUnreadableRefs, type SoundPacks } from "./mirror-damage.ts";
import { countPacks, sweep, unwantedRefs } from "./mirror-maintenance.ts";
import { type MirrorPaths, mirrorNames, mirrorRef, type RefPattern, refPattern } from "./names.ts";
import { isObjectId } from "./oid.ts";
import type { StartProcess } from "./process.ts";
import { killOrphan, noteWorker } from "./process-record.ts";
import { readRefFile } from "./ref-files.ts";
import { type LocalRepository, openRepository } from "./repository.ts";
import { type GitOutput, runGit } from "./run.ts";
import { SharedRuns } from "./shared-runs.ts";

/** What all mirrors have in common. */
export interface MirrorSettings {
  readonly gitPath: string;
  readonly start?: StartProcess | undefined;
  readonly deadlineMs: number;
  readonly protocols: readonly string[];
  readonly now: () => number;
  /** With more packs than this, a fetch is followed by joining them. */
  readonly maxPacks: number;
  readonly log: Pick<Logger, "warn"> | undefined;
}

/** Where a mirror fetches from. */
export interface Remote {
  readonly url: string;
  readonly token: () => Promise<string | undefined>;
}

/** What a mirror is to have afterwards: refs under its own names, and exactly those that the patterns mean. */
interface MirrorRequest {
  readonly wanted: ReadonlyMap<string, string>;
  readonly patterns: readonly RefPattern[];
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
  readonly #sound: SoundPacks = new Map();
  readonly #runs = new SharedRuns<MirrorRequest>();
  /** What a reader ran into since the mirror was looked at last. */
  #suspect: string | undefined;
  /** Which folder the helper process reads. */
  #folder: number | undefined;

  constructor(paths: MirrorPaths, settings: MirrorSettings) {
    this.#paths = paths;
    this.#settings = settings;
    this.repository = openRepository(paths.directory, {
      gitPath: settings.gitPath,
      start: settings.start,
      names: mirrorNames,
      onDamage: (why) => {
        this.#suspect = why;
      },
    });
  }

  /**
   * Has everything that `want` names in the mirror afterwards, and exactly those of the refs that `ifThere` means which
   * the remote has. Commits that are kept already need neither lock nor network; what is asked for while a fetch is
   * under way, the next one brings at once. A mirror that is damaged is moved
   * aside and fetched again, once; a second damage right after it is a `bug` Fault that names the folder.
   */
  async bring(want: readonly string[], ifThere: readonly string[], remote: Remote, signal: AbortSignal): Promise<void> {
    const wanted = new Map(want.map((name) => [name, mirrorRef(name)]));
    const patterns = [...new Set(ifThere)].map(refPattern);
    if (patterns.length === 0 && (await this.#damage()) === undefined && (await this.#missing(wanted)).size === 0)
      return;
    await mkdir(dirname(this.#paths.directory), { recursive: true });
    await this.#runs.join({ wanted, patterns }, signal, (begin) =>
      withLock(this.#paths.lock, this.#settings.deadlineMs, signal, () => this.#bringAll(begin, remote, signal)),
    );
  }

  /** Brings what one or several asked for. Runs under the lock. */
  async #bringAll(begin: () => readonly MirrorRequest[], remote: Remote, signal: AbortSignal): Promise<void> {
    const request = together(begin());
    await this.#repairing(async () => {
      await this.#prepare(signal);
      const missing = await this.#missing(request.wanted);
      if (missing.size + request.patterns.length > 0) await this.#fetch(missing, request.patterns, remote, signal);
      if ((await countPacks(this.#paths.directory)) > this.#settings.maxPacks) await this.#upkeep(signal);
    });
  }

  /** Does the work, and once more on a new mirror where this one turns out to be damaged. Runs under the lock. */
  async #repairing(work: () => Promise<void>): Promise<void> {
    const known = await this.#damage();
    if (known !== undefined) await this.#putAside(known);
    try {
      await work();
    } catch (error) {
      const why = damageIn(error);
      if (why === undefined) throw error;
      if (known !== undefined) throw damagedAgain(this.#paths.directory, why, error);
      await this.#putAside(why);
      await work().catch((again: unknown) => {
        const still = damageIn(again);
        throw still === undefined ? again : damagedAgain(this.#paths.directory, still, again);
      });
    }
    const { ino } = await stat(this.#paths.directory);
    // Somebody else put the mirror aside: the helper process reads the old one.
    if (this.#folder !== undefined && this.#folder !== ino) await this.repository.close();
    this.#folder = ino;
  }

  /** What is known to be wrong with the mirror; one that is not there yet is fine. */
  async #damage(): Promise<string | undefined> {
    if (this.#suspect !== undefined) return this.#suspect;
    const { directory } = this.#paths;
    const isThere = await access(join(directory, "HEAD")).then(
      () => true,
      () => false,
    );
    return isThere ? damageOf(directory, this.#sound) : undefined;
  }

  /**
   * A mirror is a cache: whatever is wrong with it, it is fetched again. The last one that was is kept to be looked at.
   */
  async #putAside(why: string): Promise<void> {
    const { directory } = this.#paths;
    const aside = `${directory}.damaged`;
    await rm(aside, { recursive: true, force: true });
    await rename(directory, aside);
    this.#suspect = undefined;
    this.#sound.clear();
    await this.repository.close();
    this.#settings.log?.warn(
      { mirror: directory, aside, why },
      "a damaged mirror was moved aside, it is fetched again",
    );
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
        (await this.#has(name, ref)) &&
        (await utimes(file, now, now).then(
          () => true,
          () => false,
        ));
      if (!kept) missing.set(name, ref);
    }
    return missing;
  }

  /** Whether the commit is kept, and can be read. */
  async #has(oid: string, ref: string): Promise<boolean> {
    if ((await readRefFile(this.#paths.directory, ref)) !== oid) return false;
    const object = await this.repository.objects.read(oid).catch((error: unknown) => {
      if (error instanceof Fault) return undefined;
      throw error;
    });
    return object !== undefined;
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
      const dropped = await dropUnreadableRefs(directory);
      if (dropped.length > 0)
        this.#settings.log?.warn(
          { mirror: directory, refs: dropped.length },
          "refs of a mirror could not be read, dropped",
        );
      await clearIncoming(directory);
      return;
    }
    const fresh = `${directory}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { mode: 0o700 });
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
    if (run.code !== 0) throw fetchFailure(run.stderr, remote.url);
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

function together(requests: readonly MirrorRequest[]): MirrorRequest {
  const patterns = requests.flatMap((request) =>
    request.patterns.map((pattern) => [JSON.stringify(pattern), pattern] as const),
  );
  return {
    wanted: new Map(requests.flatMap(({ wanted }) => [...wanted])),
    patterns: [...new Map(patterns).values()],
  };
}

function damagedAgain(directory: string, why: string, cause: unknown): Fault {
  return new Fault("bug", `the mirror in ${directory} is damaged again right after it was fetched again: ${why}`, {
    cause,
    fields: { directory },
  });
}
