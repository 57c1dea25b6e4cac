import { parentPath, resolvePath } from "../model/paths.ts";
import type { Trace } from "../model/render.ts";
import type { ChangedPath, Tree } from "../model/tree.ts";
import type { Affected, ComparedTrees } from "./affected.ts";
import { declarationName } from "./moves.ts";
import { isReached } from "./reach.ts";
import { smallText } from "./small-text.ts";

/** The limit of reasons for one target; a change of a thousand files does not need a thousand reasons. */
export const maxChains = 3;

/** The files in which a directory says what it is made of. */
const entryFile = /(^|\/)(kustomization\.ya?ml|Kustomization|Chart\.yaml)$/;

/** For each affected target the chains that explain why; see {@link explain}. Objects that declare it are links too. */
export async function reasons(
  affected: readonly Affected[],
  changed: readonly ChangedPath[],
  trees: ComparedTrees,
): Promise<readonly Chains[]> {
  return throughParents(affected, await ownReasons(affected, changed, trees));
}

type Chains = readonly (readonly string[])[];

/**
 * What reads no changed file itself is affected because its declaration is: the chain of its parent goes on with the
 * object.
 */
function throughParents(affected: readonly Affected[], own: readonly Chains[]): readonly Chains[] {
  const index = new Map(affected.map(({ target }, at) => [target.id, at]));
  const chainsOf = (at: number, seen: ReadonlySet<number>): Chains => {
    const { declaration } = affected[at]?.target ?? {};
    const chains = own[at] ?? [];
    const above = index.get(declaration?.parent ?? "");
    if (chains.length > 0 || declaration === undefined || above === undefined || seen.has(above)) return chains;
    const name = declarationName(declaration);
    return chainsOf(above, new Set([...seen, at])).map((chain) => [...chain, name]);
  };
  return affected.map((_, at) => chainsOf(at, new Set()));
}

function ownReasons(
  affected: readonly Affected[],
  changed: readonly ChangedPath[],
  trees: ComparedTrees,
): Promise<readonly Chains[]> {
  const paths = changed.map((change) => change.path);
  const words = wordReader();
  return Promise.all(
    affected.map(async ({ target, base, head, reached }) => {
      const trace = [...(head?.trace ?? []), ...(base?.trace ?? [])];
      const named = new Map<string, readonly string[]>();
      for (const [path, kind, oid] of trace) {
        if (kind !== "file" || !entryFile.test(path) || named.has(path)) continue;
        named.set(path, await words(path, oid, trees));
      }
      const directory = target.render.path;
      const { declaration } = target;
      return explain({
        target: directory,
        trace,
        touched: touched(trace, reached ?? new Set(declaration === undefined ? [directory] : []), paths),
        words: (path) => named.get(path) ?? [],
      });
    }),
  );
}

/**
 * Which changed paths a trace looked up, in their order; those below a folder that counts as a whole too. Where it
 * looked up none, those that may have been looked up.
 */
function touched(trace: Trace, reached: ReadonlySet<string>, changed: readonly string[]): readonly string[] {
  const exact = new Set<string>();
  const folders: string[] = [];
  for (const [path, kind] of trace) {
    if (kind === "tree") folders.push(path === "" ? "" : `${path}/`);
    else exact.add(path);
  }
  const hit = changed.filter((path) => exact.has(path) || folders.some((folder) => path.startsWith(folder)));
  return hit.length > 0 ? hit : changed.filter((path) => isReached(path, reached));
}

/** What an explanation is made of. */
export interface Evidence {
  /** The directory of the target. */
  readonly target: string;
  readonly trace: Trace;
  /** Changed paths that the trace looked up. */
  readonly touched: readonly string[];
  /** Words of an entry file that may be paths. */
  words(path: string): readonly string[];
}

/**
 * Why a target is affected: for each changed path the chain of directories through which the target came to read it,
 * e.g. `["base/deployment.yaml", "overlays/prod"]`. A directory leads to another when a word of its entry file names
 * it, so no field of a renderer's grammar is needed. At most three chains.
 */
export function explain(evidence: Evidence): readonly (readonly string[])[] {
  const reachedFrom = directoryGraph(evidence);
  return evidence.touched.slice(0, maxChains).map((path) => chain(path, evidence.target, reachedFrom));
}

/** For every directory that the target reaches, the directory from which it was first reached. */
function directoryGraph(evidence: Evidence): ReadonlyMap<string, string> {
  const entries = new Map<string, readonly string[]>();
  const directories = new Set<string>();
  for (const [path, kind] of evidence.trace) {
    if (kind === "dir" || kind === "tree") directories.add(path);
    if (kind !== "file") continue;
    directories.add(parentPath(path));
    if (entryFile.test(path)) entries.set(parentPath(path), evidence.words(path));
  }
  const reached = new Map<string, string>([[evidence.target, evidence.target]]);
  const queue = [evidence.target];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const word of entries.get(at) ?? []) {
      for (const next of foldersOf(at, word)) {
        if (!directories.has(next) || reached.has(next)) continue;
        reached.set(next, at);
        queue.push(next);
      }
    }
  }
  return reached;
}

/** The folders that a word may mean, read in `directory`: itself, or the one its file stands in. */
function foldersOf(directory: string, word: string): readonly string[] {
  const path = resolvePath(directory, word);
  return path === undefined ? [] : [path, parentPath(path)];
}

function chain(changed: string, target: string, reachedFrom: ReadonlyMap<string, string>): readonly string[] {
  let at = parentPath(changed);
  while (at !== "" && !reachedFrom.has(at)) at = parentPath(at);
  const between: string[] = [];
  for (let next = reachedFrom.get(at); next !== undefined && next !== target; next = reachedFrom.get(next)) {
    between.push(next);
  }
  return [changed, ...between, target === "" ? "." : target];
}

type WordReader = (path: string, oid: string, trees: ComparedTrees) => Promise<readonly string[]>;

/** Reads the words of entry files, each blob once. */
function wordReader(): WordReader {
  const known = new Map<string, Promise<readonly string[]>>();
  return (path, oid, trees) => {
    const words = known.get(oid) ?? read(path, oid, trees).then(wordsOf);
    known.set(oid, words);
    return words;
  };
}

async function read(path: string, oid: string, trees: ComparedTrees): Promise<string> {
  const holds = async (tree: Tree): Promise<boolean> => (await tree.at(path))?.oid === oid;
  const tree = (await holds(trees.head.tree)) ? trees.head.tree : trees.base.tree;
  return (await smallText(tree, path)) ?? "";
}

/** The words of a YAML text that may be paths: what stands between white space, quotes and flow punctuation. */
function wordsOf(text: string): readonly string[] {
  return text.split(/[\s"',[\]{}]+/).flatMap((word) => {
    const value = word.slice(word.indexOf("=") + 1);
    return value.includes("/") || value === ".." || /\.\w+$/.test(value) ? [value] : [];
  });
}
