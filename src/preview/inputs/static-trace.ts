import { z } from "zod";
import { UserError } from "../../model/errors.ts";
import { mapLimit } from "../../model/map-limit.ts";
import { joinPath, parentPath, resolvePath } from "../../model/paths.ts";
import type { Lookup, RenderSource, Trace } from "../../model/render.ts";
import type { RenderSpec } from "../../model/target.ts";
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

/** Reads what specs can look up, from the files of one tree. */
export interface StaticTraces {
  /**
   * Lookups of everything that the render of a spec can read here: its own trace has no others, so where all of these
   * give the same answers in another tree, the render is the same. `undefined` where that cannot be told from files:
   * links, submodules, generators, and what a controller makes of an object.
   */
  of(spec: RenderSpec): Promise<Trace | undefined>;
}

/** Keeps the paths that kustomizations name, by the id of the file. A `Map` will do. */
export interface NamedPathsMemo {
  get(oid: string): { readonly paths: readonly string[] | undefined } | undefined;
  set(oid: string, named: { readonly paths: readonly string[] | undefined }): unknown;
}

/** For the specs of one tree: what several of them reach is looked at once. */
export function staticTraces(source: RenderSource, memo: NamedPathsMemo): StaticTraces {
  const steps = new Map<string, Promise<Step | undefined>>();
  const once = (key: string, read: () => Promise<Step | undefined>): Promise<Step | undefined> => {
    const known = steps.get(key) ?? read().catch(tooLarge);
    steps.set(key, known);
    return known;
  };
  const folder = (path: string) => once(path, () => kustomizationStep(path, source.tree, memo));
  const chart = (path: string) => once(`${path}\0chart`, () => chartStep(path, source.tree));
  return {
    async of(spec) {
      if (spec.missing !== undefined && spec.missing.length > 0) return lackingTrace(spec, source.tree);
      switch (spec.kind) {
        case "kustomize":
          return closure([spec.path], folder);
        case "helm": {
          const values = await Promise.all((spec.options.valueFiles ?? []).map((path) => answerAt(path, source.tree)));
          const charts = await closure([spec.path], chart);
          return joined([charts, ...values]);
        }
        case "plain":
          return wholeAt(spec.path, await source.tree.at(spec.path));
        case "flux":
        case "helmrelease":
        case "argocd":
        case "applicationset":
        case "resourceset":
          return undefined;
        default:
          return spec satisfies never;
      }
    },
  };
}

const named = z.object({
  path: z.string().catch("").default(""),
  helm: z
    .object({ valueFiles: z.array(z.string()).catch([]).default([]) })
    .catch({ valueFiles: [] })
    .optional(),
});
const argoSources = z.object({ source: named.optional(), sources: z.array(named).catch([]).default([]) });

/**
 * Of a target that fails because nobody has one of its sources: nothing of the repository decides that, and what its
 * object says is in the spec. What the rest of its render would read here is known to people all the same: the folders
 * and values files that an Application names.
 */
async function lackingTrace(spec: RenderSpec, tree: Tree): Promise<Trace | undefined> {
  if (spec.kind !== "argocd") return [];
  const { data } = argoSources.safeParse(spec.options.spec);
  const sources = data === undefined ? [] : [...data.sources, ...(data.source === undefined ? [] : [data.source])];
  const files = sources.flatMap(({ helm }) => helm?.valueFiles ?? []).map((file) => file.replace(/^\$[^/]*\//, ""));
  const paths = [...sources.flatMap(({ path }) => path || []), ...files];
  if (data === undefined || paths.some((path) => /[*?[]/.test(path))) return undefined;
  const inside = paths.flatMap((path) => resolvePath("", path.replace(/^\/+/, "")) ?? []);
  return joined(await Promise.all(inside.map((path) => answerAt(path, tree))));
}

/** All of the traces; `undefined` where one of them cannot be told. */
function joined(traces: readonly (Trace | undefined)[]): Trace | undefined {
  return traces.includes(undefined) ? undefined : traces.flatMap((one) => one ?? []);
}

/** A file or folder over a limit is not looked into. */
function tooLarge(error: unknown): undefined {
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

async function entriesBelow(path: string, tree: Tree): Promise<readonly (NamedEntry & { path: string })[] | undefined> {
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
function wholeAt(path: string, entry: TreeEntry | undefined): Trace | undefined {
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
