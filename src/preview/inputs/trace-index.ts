import { parentPath } from "../../model/paths.ts";
import type { Lookup, Trace } from "../../model/render.ts";
import { answersAlike } from "../../model/trace.ts";
import type { ChangedPath, Tree, TreeEntry } from "../../model/tree.ts";

/** One answer that lookups of a path got, and who looked. */
interface Answer {
  readonly lookup: Lookup;
  readonly members: number[];
}

interface Member {
  readonly name: string;
  readonly isExact: boolean;
  readonly lookups: number;
}

/** Whose lookups give another answer in another tree. */
export interface Touched {
  /** Those whose own trace is kept. */
  readonly exact: ReadonlySet<string>;
  /** Those of which only what they can name is known: they may give the same. */
  readonly possible: ReadonlySet<string>;
}

/** With fewer lookups than this that nobody holds any more, there is nothing to tidy. */
const tidyFrom = 10_000;

/**
 * Traces that hold in one tree, by the paths that they looked up: what a change touches is found by the changed paths,
 * however many traces there are. Says exactly what `traceHolds` would say of each.
 */
export class TraceIndex {
  readonly #answers = new Map<string, Answer[]>();
  readonly #numbers = new Map<string, number>();
  readonly #members: (Member | undefined)[] = [];
  #held = 0;
  #left = 0;

  /** How many lookups it holds. */
  get lookups(): number {
    return this.#held;
  }

  has(name: string): boolean {
    return this.#numbers.has(name);
  }

  /** Whether what is kept under the name is its own trace. */
  isExact(name: string): boolean {
    const number = this.#numbers.get(name);
    return number !== undefined && this.#members[number]?.isExact === true;
  }

  /** Keeps a trace, in place of the one that had the name. */
  add(name: string, trace: Trace, isExact: boolean): void {
    this.remove(name);
    const number = this.#members.push({ name, isExact, lookups: trace.length }) - 1;
    this.#numbers.set(name, number);
    this.#held += trace.length;
    for (const lookup of trace) this.#answer(lookup).members.push(number);
  }

  /** Forgets the trace that has the name, if there is one. */
  remove(name: string): void {
    const number = this.#numbers.get(name);
    const member = number === undefined ? undefined : this.#members[number];
    if (number === undefined || member === undefined) return;
    this.#numbers.delete(name);
    this.#members[number] = undefined;
    this.#held -= member.lookups;
    this.#left += member.lookups;
    if (this.#left > tidyFrom && this.#left > this.#held) this.#tidy();
  }

  /** Forgets all. */
  clear(): void {
    this.#answers.clear();
    this.#numbers.clear();
    this.#members.length = 0;
    this.#held = 0;
    this.#left = 0;
  }

  /** Whose lookups give another answer in `tree`, which differs from the tree of the traces in the `changed` paths. */
  async touched(changed: readonly ChangedPath[], tree: Tree): Promise<Touched> {
    const paths = withFoldersAbove(changed);
    const entries = new Map<string, TreeEntry | undefined>();
    // A trace may be added while the tree is read.
    for (let open = this.#open(paths, entries); open.length > 0; open = this.#open(paths, entries)) {
      for (const path of open) entries.set(path, await tree.at(path));
    }
    const touched = { exact: new Set<string>(), possible: new Set<string>() };
    for (const [path, entry] of entries) {
      for (const { lookup, members } of this.#answers.get(path) ?? []) {
        if (!answersAlike(lookup, entry)) this.#name(members, touched);
      }
    }
    return touched;
  }

  #open(paths: ReadonlySet<string>, read: ReadonlyMap<string, unknown>): readonly string[] {
    return [...paths].filter((path) => this.#answers.has(path) && !read.has(path));
  }

  #name(members: readonly number[], touched: { readonly exact: Set<string>; readonly possible: Set<string> }): void {
    for (const number of members) {
      const member = this.#members[number];
      if (member !== undefined) (member.isExact ? touched.exact : touched.possible).add(member.name);
    }
  }

  #answer(lookup: Lookup): Answer {
    const [path, kind, oid] = lookup;
    const all = this.#answers.get(path) ?? [];
    if (all.length === 0) this.#answers.set(path, all);
    const known = all.find((one) => one.lookup[1] === kind && one.lookup[2] === oid);
    if (known !== undefined) return known;
    const answer = { lookup, members: [] };
    all.push(answer);
    return answer;
  }

  /** Numbers are not given twice, so those that are gone are taken out all at once. */
  #tidy(): void {
    for (const [path, answers] of this.#answers) {
      const kept = answers.flatMap(({ lookup, members }) => {
        const left = members.filter((number) => this.#members[number] !== undefined);
        return left.length === 0 ? [] : [{ lookup, members: left }];
      });
      if (kept.length === 0) this.#answers.delete(path);
      else this.#answers.set(path, kept);
    }
    this.#left = 0;
  }
}

/** What stands at a folder's path may change with what is below. */
function withFoldersAbove(changed: readonly ChangedPath[]): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { path } of changed) {
    paths.add(path);
    for (let at = parentPath(path); !paths.has(at); at = parentPath(at)) paths.add(at);
  }
  return paths;
}
