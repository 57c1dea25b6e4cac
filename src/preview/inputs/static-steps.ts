import { UserError } from "../../model/errors.ts";
import { mapLimit } from "../../model/map-limit.ts";
import { joinPath, parentPath, resolvePath } from "../../model/paths.ts";
import type { Lookup, Trace } from "../../model/render.ts";
import type { NamedEntry, Tree, TreeEntry } from "../../model/tree.ts";
import { namedPaths } from "./named-paths.ts";

const kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
const dependencyFiles = /^(?:Chart|requirements)\.yaml$/;
/** Folders that are looked into for one target. */
const maxFolders = 1_000;
const maxBytes = 512 * 1024;
const atOnce = 16;

/** What one folder says of a render: its own lookups, and the folders that it leads to. */
interface Step {
  readonly lookups: Trace;
  readonly next: readonly string[];
}

/** Keeps the paths that kustomizations name, by the id of the file. A `Map` will do. */
export interface NamedPathsMemo {
  get(oid: string): { readonly paths: readonly string[] | undefined } | undefined;
  set(oid: string, named: { readonly paths: readonly string[] | undefined }): unknown;
}

/** What is looked at for the specs of one tree, each folder once. */
export interface StaticSteps {
  readonly tree: Tree;
  /** All that a kustomization leads to, or all of a folder that has none; `undefined` where that cannot be told. */
  kustomizations(from: readonly string[]): Promise<Trace | undefined>;
  /** All of a chart, and of those beside it that it depends on. */
  charts(from: readonly string[]): Promise<Trace | undefined>;
  /** The lookup of a path and, where nothing stands there, of the folders above that are missing too. */
  answer(path: string): Promise<Trace | undefined>;
}

/** Looks at a tree. */
export function staticSteps(tree: Tree, memo: NamedPathsMemo): StaticSteps {
  const steps = new Map<string, Promise<Step | undefined>>();
  const once = (key: string, read: () => Promise<Step | undefined>): Promise<Step | undefined> => {
    const known = steps.get(key) ?? read().catch(tooLarge);
    steps.set(key, known);
    return known;
  };
  return {
    tree,
    kustomizations: (from) => closure(from, (path) => once(path, () => kustomizationStep(path, tree, memo))),
    charts: (from) => closure(from, (path) => once(`${path}\0chart`, () => chartStep(path, tree))),
    answer: (path) => answerAt(path, tree),
  };
}

/** All of the traces; `undefined` where one of them cannot be told. */
export function joined(traces: readonly (Trace | undefined)[]): Trace | undefined {
  return traces.includes(undefined) ? undefined : traces.flatMap((one) => one ?? []);
}

/** For the `catch` of a read: what is too large to be read tells nothing; all else is thrown on. */
export function tooLarge(error: unknown): undefined {
  if (error instanceof UserError && error.kind === "limit") return undefined;
  throw error;
}

/** All that the folders lead to; `undefined` as soon as one cannot be told. */
async function closure(
  from: readonly string[],
  stepAt: (path: string) => Promise<Step | undefined>,
): Promise<Trace | undefined> {
  const seen = new Set(from);
  const lookups: Trace[] = [];
  for (const path of seen) {
    const step = await stepAt(path);
    if (step === undefined || seen.size > maxFolders) return undefined;
    lookups.push(step.lookups);
    for (const next of step.next) seen.add(next);
  }
  return lookups.flat();
}

async function kustomizationStep(path: string, tree: Tree, memo: NamedPathsMemo): Promise<Step | undefined> {
  const entry = await tree.at(path);
  if (entry?.kind !== "dir") return still(await answerAt(path, tree));
  const entries = new Map((await tree.list(path)).map((child) => [child.name, child]));
  const files = kustomizations.flatMap((name) => entries.get(name) ?? []);
  if (files.length === 0) return still(wholeAt(path, entry));
  const named = await Promise.all(files.map((file) => namedIn(joinPath(path, file.name), file, tree, memo)));
  const words = named.includes(undefined) ? undefined : named.flatMap((one) => one ?? []);
  if (words === undefined) return undefined;
  const paths = new Set(words.flatMap((word) => resolvePath(path, word.replace(/^file:\/\//, "")) ?? []));
  const found = await Promise.all([...paths].map(async (at) => ({ at, entry: await tree.at(at) })));
  const answers = await Promise.all(found.map((one) => (one.entry?.kind === "dir" ? [] : answerAt(one.at, tree))));
  if (answers.includes(undefined)) return undefined;
  const own = kustomizations.map((name) => lookupOf(joinPath(path, name), entries.get(name)));
  return {
    lookups: [[path, "dir"], ...own, ...answers.flatMap((one) => one ?? [])],
    next: found.flatMap((one) => (one.entry?.kind === "dir" ? [one.at] : [])),
  };
}

function still(lookups: Trace | undefined): Step | undefined {
  return lookups && { lookups, next: [] };
}

async function namedIn(path: string, file: NamedEntry, tree: Tree, memo: NamedPathsMemo) {
  if (file.kind !== "file") return undefined;
  const known = memo.get(file.oid);
  if (known !== undefined) return known.paths;
  const bytes = await tree.read(path, maxBytes);
  const paths = bytes && namedPaths(new TextDecoder().decode(bytes));
  memo.set(file.oid, { paths });
  return paths;
}

/** A chart is read with all that is below, and with the charts beside it that it names. */
async function chartStep(path: string, tree: Tree): Promise<Step | undefined> {
  const entry = await tree.at(path);
  const whole = entry?.kind === "dir" ? wholeAt(path, entry) : await answerAt(path, tree);
  if (whole === undefined || entry?.kind !== "dir") return still(whole);
  const below = await entriesBelow(path, tree);
  if (below === undefined || below.some(({ kind }) => kind === "link" || kind === "module")) return undefined;
  const files = below.filter(({ kind, name }) => kind === "file" && dependencyFiles.test(name));
  const texts = await mapLimit(files, atOnce, async (file) => ({ file, bytes: await tree.read(file.path, maxBytes) }));
  const named = texts.map(({ file, bytes }) => chartsBeside(parentPath(file.path), new TextDecoder().decode(bytes)));
  if (named.includes(undefined)) return undefined;
  return { lookups: whole, next: named.flatMap((one) => one ?? []) };
}

/** The folders that a list of dependencies names: its words, and where one may hold spaces, the rest of the line. */
function chartsBeside(folder: string, text: string): readonly string[] | undefined {
  if (text.includes("\\")) return undefined;
  const words = [...text.matchAll(/file:\/\/(([^\s"',}\]]*)[^\n"']*)/g)].flatMap(([, line = "", word = ""]) => [
    line,
    word,
  ]);
  return words.flatMap((word) => resolvePath(folder, word.trim()) ?? []);
}

/** All that is below a folder; `undefined` where that is too much. */
export async function entriesBelow(
  path: string,
  tree: Tree,
): Promise<readonly (NamedEntry & { path: string })[] | undefined> {
  const found: (NamedEntry & { path: string })[] = [];
  const folders = [path];
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const entry of await tree.list(at)) {
      const child = { ...entry, path: joinPath(at, entry.name) };
      found.push(child);
      if (entry.kind === "dir") folders.push(child.path);
    }
    if (found.length > maxFolders) return undefined;
  }
  return found;
}

/** The lookup of a folder with all that is below, or of what stands there instead. */
export function wholeAt(path: string, entry: TreeEntry | undefined): Trace | undefined {
  if (entry?.kind === "link" || entry?.kind === "module") return undefined;
  return [entry?.kind === "dir" ? [path, "tree", entry.oid] : lookupOf(path, entry)];
}

/** The lookup of a path and, where nothing stands there, of the folders above that are missing too. */
async function answerAt(path: string, tree: Tree): Promise<Trace | undefined> {
  const lookups: Lookup[] = [];
  for (let at = path; ; at = parentPath(at)) {
    const entry = await tree.at(at);
    if (entry?.kind === "link" || entry?.kind === "module") return undefined;
    if (entry?.kind === "dir" && lookups.length > 0) return lookups;
    const found = wholeAt(at, entry) ?? [];
    lookups.push(...found);
    if (entry !== undefined || at === "") return lookups;
  }
}

function lookupOf(path: string, entry: TreeEntry | undefined): Lookup {
  if (entry === undefined) return [path, "absent"];
  return entry.kind === "dir" ? [path, "dir"] : [path, entry.kind, entry.oid];
}
