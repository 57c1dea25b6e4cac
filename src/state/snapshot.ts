import { LRUCache } from "lru-cache";
import { UserError } from "../model/errors.ts";
import type { Hold } from "../model/gates.ts";
import type { DeferredRequest, HistoryEntry, PublishedHead, RepositoryState } from "../model/state.ts";
import type { Repository, Tree } from "../model/tree.ts";
import { HISTORY_LIMIT } from "./apply.ts";
import {
  type DeferredFile,
  deferredSchema,
  EMPTY_DEFERRED,
  EMPTY_TARGET,
  headSchema,
  isKnown,
  publishedSchema,
  type StoredHold,
  type TargetFile,
  targetSchema,
} from "./files.ts";
import { standingHolds } from "./holds.ts";
import { DEFERRED_PATH, PUBLISHED_FOLDER, publishedPath, STATE_BRANCH, targetPath } from "./paths.ts";
import { broken, readYaml } from "./yaml.ts";

/** What is read of one file. */
export const MAX_FILE_BYTES = 512 * 1024;

/** What was read of blobs, by their ids. */
export interface ReadFiles {
  readonly targets: LRUCache<string, TargetFile>;
  readonly holds: LRUCache<string, HoldPart>;
  readonly heads: LRUCache<string, PublishedPart>;
}

/** Makes room for files with 50,000 entries of history in all, for 2,000 holds, and for 10,000 published heads. */
export function newReadFiles(): ReadFiles {
  return {
    targets: new LRUCache({ maxSize: 50_000, sizeCalculation: ({ history }) => history.length + 1 }),
    holds: new LRUCache({ max: 2_000 }),
    heads: new LRUCache({ max: 10_000 }),
  };
}

interface PublishedPart {
  readonly published?: PublishedHead;
}

interface HoldPart {
  readonly hold?: StoredHold;
}

/** One file as it was found; `oid` is its blob. */
export interface Found<T> {
  readonly oid: string | undefined;
  readonly file: T;
}

/** The state branch at one commit (none: nothing was ever decided). Reads the files that are asked for, no others. */
export class StateSnapshot implements RepositoryState {
  readonly commit: string | undefined;
  readonly tree: Tree | undefined;
  readonly #repository: Repository;
  readonly #known: ReadFiles;

  private constructor(repository: Repository, known: ReadFiles, commit: string | undefined, tree: Tree | undefined) {
    this.#repository = repository;
    this.#known = known;
    this.commit = commit;
    this.tree = tree;
  }

  /** As the branch is in this mirror. */
  static async of(repository: Repository, known: ReadFiles): Promise<StateSnapshot> {
    const ref = `refs/heads/${STATE_BRANCH}`;
    const commit = (await repository.refs(ref)).get(ref);
    return new StateSnapshot(
      repository,
      known,
      commit,
      commit === undefined ? undefined : await repository.tree(commit),
    );
  }

  async hold(environment: string, app: string | undefined, now: number): Promise<Hold | undefined> {
    return (await this.holds(environment, app, now))[0];
  }

  async holds(environment: string, app: string | undefined, now: number): Promise<readonly Hold[]> {
    const own = app === undefined ? undefined : await this.#holdIn(targetPath(environment, app));
    return standingHolds(own, await this.#holdIn(targetPath(environment)), now);
  }

  async history(environment: string, app: string): Promise<readonly HistoryEntry[]> {
    const [own, wide] = await Promise.all([this.target(environment, app), this.target(environment, undefined)]);
    const all = [...wide.file.history, ...own.file.history].filter(isKnown);
    return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).slice(-HISTORY_LIMIT);
  }

  async deferredRequests(): Promise<readonly DeferredRequest[]> {
    return (await this.deferred()).file.waiting;
  }

  async published(branch: string): Promise<PublishedHead | undefined> {
    try {
      return (await this.publishedFile(branch)).file;
    } catch (error) {
      if (error instanceof UserError) return undefined;
      throw error;
    }
  }

  /** The file about a branch of Sluice; errors as those of `target`. */
  async publishedFile(branch: string): Promise<Found<PublishedHead | undefined>> {
    const { oid, file } = await this.#file(publishedPath(branch), {}, readPublished, this.#known.heads);
    return { oid, file: file.published };
  }

  async unsettled(): Promise<readonly PublishedHead[]> {
    const files = (await this.tree?.list(PUBLISHED_FOLDER)) ?? [];
    const heads: PublishedHead[] = [];
    for (const { name } of files) {
      const { file } = await this.#file(`${PUBLISHED_FOLDER}/${name}`, {}, readableHead, this.#known.heads);
      if (file.published?.settled === false) heads.push(file.published);
    }
    return heads;
  }

  /**
   * The whole file of a target or, without an app, of an environment. A file that cannot be read is a `config`
   * UserError.
   */
  target(environment: string, app: string | undefined): Promise<Found<TargetFile>> {
    return this.#file(targetPath(environment, app), EMPTY_TARGET, readTarget, this.#known.targets);
  }

  /** The whole file of deferred requests; errors as those of `target`. */
  deferred(): Promise<Found<DeferredFile>> {
    return this.#file(DEFERRED_PATH, EMPTY_DEFERRED, readDeferred);
  }

  async #holdIn(path: string): Promise<StoredHold | undefined> {
    try {
      const { file } = await this.#file(path, {}, readHold, this.#known.holds);
      return file.hold;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Nobody knows whether a hold stands there: better stop for nothing than go on past a person's word.
      return { by: "sluice", reason: error.message, since: await this.#date(), cause: "person" };
    }
  }

  async #file<T extends object>(
    path: string,
    none: T,
    read: (path: string, text: string) => T,
    known?: LRUCache<string, T>,
  ): Promise<Found<T>> {
    const entry = await this.tree?.at(path);
    if (entry === undefined) return { oid: undefined, file: none };
    if (entry.kind !== "file") throw broken(path, "it is not a plain file", undefined);
    const file = known?.get(entry.oid) ?? read(path, await this.#text(path));
    known?.set(entry.oid, file);
    return { oid: entry.oid, file };
  }

  async #text(path: string): Promise<string> {
    try {
      const bytes = await this.tree?.read(path, MAX_FILE_BYTES);
      return Buffer.from(bytes ?? []).toString("utf8");
    } catch (error) {
      if (error instanceof UserError) throw broken(path, error.message, undefined);
      throw error;
    }
  }

  async #date(): Promise<string> {
    const [last] = this.commit === undefined ? [] : await this.#repository.log({ to: this.commit, limit: 1 });
    return last?.date ?? new Date(0).toISOString();
  }
}

function readTarget(path: string, text: string): TargetFile {
  const { hold, history, environment: _environment, app: _app, ...rest } = readYaml(path, text, targetSchema);
  return { history, rest, ...(hold ? { hold } : {}) };
}

function readPublished(path: string, text: string): PublishedPart {
  return { published: readYaml(path, text, publishedSchema) };
}

/** Of what people wrote there by hand nothing is known. */
function readableHead(path: string, text: string): PublishedPart {
  try {
    return readPublished(path, text);
  } catch (error) {
    if (error instanceof UserError) return {};
    throw error;
  }
}

function readDeferred(path: string, text: string): DeferredFile {
  const { waiting, history, ...rest } = readYaml(path, text, deferredSchema);
  return { waiting, history, rest };
}

/**
 * The hold alone. The history, which Sluice writes last, is most of a file; it is passed over where nothing else can
 * stand in it or after it.
 */
function readHold(path: string, text: string): HoldPart {
  const history = text.search(/^history:/m);
  const tail = text.slice(history + 1);
  const passOver = history >= 0 && !/^(?:[^\s#-]|--)/m.test(tail.slice(tail.indexOf("\n") + 1));
  const { hold } = readYaml(path, passOver ? text.slice(0, history) : text, headSchema);
  return hold ? { hold } : {};
}
