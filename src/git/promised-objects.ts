import { posix } from "node:path";
import { setImmediate } from "node:timers/promises";
import { UserError } from "../model/errors.ts";
import { count } from "../model/text/lists.ts";
import { gitEnvironment } from "./environment.ts";
import { gitFault, withoutCredentials } from "./failure.ts";
import { isPartial } from "./git-folder.ts";
import type { StartProcess } from "./process.ts";
import { type GitOutput, runGit } from "./run.ts";

/** How what a partial clone lacks is fetched. */
export interface PromisedOptions {
  /** The environment of git, with the user's own rights. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Nothing is fetched; what is lacking is an error. */
  readonly offline: boolean;
}

interface Place extends PromisedOptions {
  readonly directory: string;
  readonly gitPath: string;
  readonly start: StartProcess | undefined;
}

const deadlineMs = 5 * 60_000;
/** What a preview reads of most repositories; what else it reads comes later, by folder. */
const manifests = /\.(?:ya?ml|json|(?:jsonnet|libsonnet)|tpl)$|(?:^|\/)(?:Kustomization|\.(?:helm|source)ignore)$/i;

/**
 * Files that a partial clone left with its server. Git itself would fetch one after the other, by a process each; here
 * those that are read together come together: first all manifests, later what lies in the folder of what is asked for.
 */
export class PromisedObjects {
  readonly #place: Place;
  /** What is not here, with a path of it, as far as trees were surveyed. */
  readonly #missing = new Map<string, string>();
  readonly #surveys = new Map<string, Promise<void>>();
  readonly #wanted = new Set<string>();
  #partial: boolean | undefined;
  #next: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #rounds = 0;
  #failure: unknown;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Whether there is anything that is not here. Read once. */
  get isPartial(): boolean {
    this.#partial ??= isPartial(this.#place.directory);
    return this.#partial;
  }

  /** Learns what is missing below a tree, whose folders are here from then on. */
  survey(root: string): Promise<void> {
    if (!this.isPartial) return Promise.resolve();
    const survey = this.#surveys.get(root) ?? this.#surveyOnce(root);
    this.#surveys.set(root, survey);
    return survey;
  }

  /** Fetches an object; `undefined` where it is here already, as far as is known. */
  bring(oid: string): Promise<void> | undefined {
    if (!this.#missing.has(oid)) return undefined;
    this.#wanted.add(oid);
    this.#next ??= this.#round();
    return this.#next;
  }

  async #surveyOnce(root: string): Promise<void> {
    // A clone without folders gets these here, by git itself.
    const listed = await this.#git(["ls-tree", "-r", "-z", "--full-tree", root]);
    if (listed.code !== 0) throw this.#cannotFetch("the folders of a commit", listed.stderr);
    const walked = await this.#git(["rev-list", "--objects", "--missing=print", "--no-object-names", root]);
    if (walked.code !== 0) throw gitFault("rev-list", walked.stderr);
    const missing = new Set(walked.stdout.toString("latin1").match(/(?<=^\?)[0-9a-f]+/gm));
    for (const entry of listed.stdout.toString("utf8").split("\0")) {
      const [, oid = "", path = ""] = /^\d+ blob ([0-9a-f]+)\t(.+)$/s.exec(entry) ?? [];
      if (missing.has(oid)) this.#missing.set(oid, path);
    }
  }

  /** One fetch after the other; what is asked for meanwhile comes with the next one. */
  async #round(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const last = this.#last;
    this.#last = promise;
    try {
      await last;
      await setImmediate();
      this.#next = undefined;
      const wanted = [...this.#wanted].filter((oid) => this.#missing.has(oid));
      this.#wanted.clear();
      if (wanted.length > 0) await this.#fetch(this.#batch(wanted));
    } finally {
      resolve();
    }
  }

  #batch(wanted: readonly string[]): readonly string[] {
    const first = this.#rounds === 0;
    this.#rounds += 1;
    const exactly = new Set(wanted);
    const folders = new Set(wanted.map((oid) => posix.dirname(this.#missing.get(oid) ?? "")));
    const goesAlong = (path: string) => (first && manifests.test(path)) || folders.has(posix.dirname(path));
    return [...this.#missing].flatMap(([oid, path]) => (exactly.has(oid) || goesAlong(path) ? [oid] : []));
  }

  async #fetch(oids: readonly string[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      await this.#fetchOnce(oids);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    for (const oid of oids) this.#missing.delete(oid);
  }

  async #fetchOnce(oids: readonly string[]): Promise<void> {
    const what = count(oids.length, "file");
    if (this.#place.offline) throw this.#cannotFetch(what, "SLUICE_OFFLINE is set");
    const settings = ["fetch.negotiationAlgorithm=noop", "gc.auto=0", "maintenance.auto=false"];
    const options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none"];
    const run = await this.#git(
      [...settings.flatMap((one) => ["-c", one]), "fetch", ...options, "--stdin", await this.#remote()],
      `${oids.join("\n")}\n`,
    );
    if (run.code !== 0) throw this.#cannotFetch(what, run.stderr);
  }

  /** The remote that promised them. */
  async #remote(): Promise<string> {
    const { stdout } = await this.#git(["config", "--get-regexp", "^remote\\..*\\.promisor$"]);
    return /^remote\.(.+)\.promisor true$/m.exec(stdout.toString("utf8"))?.[1] ?? "origin";
  }

  #cannotFetch(what: string, why: string): UserError {
    return new UserError(
      "input",
      `this partial clone lacks ${what}, which git could not fetch: ${withoutCredentials(why)}`,
      {
        fix: "let git reach the remote (actions/checkout: keep `persist-credentials`), or clone without `--filter`",
      },
    );
  }

  #git(args: readonly string[], input?: string): Promise<GitOutput> {
    const { directory: cwd, gitPath, start, env, offline } = this.#place;
    const inherited = Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    const all = { ...inherited, GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };
    return runGit({
      gitPath,
      args,
      cwd,
      env: offline ? gitEnvironment({ protocols: [] }) : all,
      deadlineMs,
      input,
      start,
    });
  }
}
