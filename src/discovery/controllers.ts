import { isAtOrBelow, joinPath, parentPath, resolvePath } from "../model/paths.ts";
import type { FolderSpec, KustomizeOptions } from "../model/target.ts";
import { chartUnits } from "./charts.ts";
import { isManifestName, kustomizationNames } from "./detect.ts";
import { discoverKustomizations, type Kustomization } from "./kustomizations.ts";
import { ownName } from "./layout.ts";
import { scanFile } from "./scan.ts";
import type { Discovery } from "./unit.ts";

/** A file with objects of controllers, and the folders that these name. */
interface DeclaringFile {
  readonly file: string;
  readonly points: readonly string[];
}

/** What may be an entry: something that people apply by hand, with objects of controllers in it. */
export interface EntryCandidate {
  /** How it renders: a kustomization, a chart, or the files themselves. */
  readonly renders: readonly FolderSpec[];
  /** The files with these objects. */
  readonly files: readonly string[];
  /** The file that makes a kustomization of it. */
  readonly kustomization?: string;
  /** The folders that the objects name, as far as their text tells. */
  readonly points: readonly string[];
}

/** Files that are scanned at once. */
const atOnce = 64;

/**
 * The topmost kustomizations, the charts and the single files with objects of controllers, by path. Most of them are no
 * entries: the renders of others read them.
 */
export async function entryCandidates(discovery: Discovery): Promise<readonly EntryCandidate[]> {
  const declaring = inUse(await declaringFiles(discovery));
  if (declaring.length === 0) return [];
  const { all, optionsOf } = await discoverKustomizations(discovery);
  const charts = chartPaths(discovery);
  const graph = graphOf(all);
  const tops = declaring.flatMap((one) => topsOf(one, graph, charts).map((top) => ({ top, one })));
  return [...Map.groupBy(tops, ({ top }) => top)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([top, members]) => ({
      renders: rendersOf(top, discovery, optionsOf),
      files: members.map(({ one }) => one.file),
      ...kustomizationOf(top, discovery),
      points: [...new Set(members.flatMap(({ one }) => one.points))],
    }));
}

function kustomizationOf(top: string, { folders }: Discovery): Pick<EntryCandidate, "kustomization"> {
  const path = top.slice(top.indexOf(":") + 1);
  const names = top.startsWith("kustomize:") ? (folders.get(path) ?? []).map(({ name }) => name) : [];
  const name = kustomizationNames.find((one) => names.includes(one));
  return name === undefined ? {} : { kustomization: joinPath(path, name) };
}

/** Without what lies in folders of archived files, unless an object that is in use leads there. */
function inUse(files: readonly DeclaringFile[]): readonly DeclaringFile[] {
  const used = files.filter(({ file }) => !isPutAway(file));
  // The root holds everything, also what was put away.
  const folders = new Set(used.flatMap(({ points }) => points).filter((folder) => folder !== ""));
  return files.filter((one) => !isPutAway(one.file) || [...folders].some((folder) => isAtOrBelow(one.file, folder)));
}

/** Whether a folder's name says that what is in it was taken out of use. */
export function isPutAway(file: string): boolean {
  return file.split("/").some((name) => /^[._-]*(?:archived?|attic|deprecated|graveyard)$/i.test(name));
}

/** `kustomize:`, `helm:` or `file:` and the path. */
function rendersOf(
  top: string,
  discovery: Discovery,
  optionsOf: (path: string) => KustomizeOptions,
): readonly FolderSpec[] {
  const path = top.slice(top.indexOf(":") + 1);
  if (top.startsWith("kustomize:")) return [{ kind: "kustomize", path, options: optionsOf(path) }];
  if (top.startsWith("file:")) return [fileSpec(parentPath(path), [path])];
  return chartUnits(discovery, path).flatMap(({ render }) =>
    render.kind === "helm" ? [{ ...render, options: { ...render.options, releaseName: ownName(path) } }] : [],
  );
}

/** Just these files of a folder. */
export function fileSpec(folder: string, files: readonly string[]): FolderSpec {
  const include = files.map((file) =>
    file.slice(folder === "" ? 0 : folder.length + 1).replace(/[*?[\]{}\\!]/g, "\\$&"),
  );
  return { kind: "plain", path: folder, options: { recurse: false, include } };
}

async function declaringFiles({ tree, folders, memo }: Discovery): Promise<readonly DeclaringFile[]> {
  const files = [...folders].flatMap(([path, entries]) =>
    entries
      .filter(({ kind, name }) => kind === "file" && isManifestName(name))
      .map((entry) => ({ entry, file: joinPath(path, entry.name) })),
  );
  const found: DeclaringFile[] = [];
  for (let at = 0; at < files.length; at += atOnce) {
    const scans = await Promise.all(
      files.slice(at, at + atOnce).map(async ({ entry, file }) => {
        const kind = entry.name === "Chart.yaml" ? "chart" : "controller";
        return { file, scan: await scanFile(tree, file, entry, kind, memo) };
      }),
    );
    for (const { file, scan } of scans) {
      const { points } = scan;
      if (points !== undefined) found.push({ file, points });
    }
  }
  return found;
}

function chartPaths({ folders }: Discovery): readonly string[] {
  return [...folders].flatMap(([path, entries]) =>
    entries.some(({ kind, name }) => kind === "file" && name === "Chart.yaml") ? [path] : [],
  );
}

/** What people would apply to get a file's objects. None where only a component has it. */
function topsOf({ file }: DeclaringFile, graph: Graph, charts: readonly string[]): readonly string[] {
  const chart = charts.find((path) => isAtOrBelow(file, path) && isOfChart(file, path));
  if (chart !== undefined) return [`helm:${chart}`];
  const naming = graph.naming.get(file);
  if (naming === undefined) return [`file:${file}`];
  return topmost(naming, graph)
    .filter(({ scan }) => !scan.partOnly)
    .map(({ path }) => `kustomize:${path}`);
}

/** Which kustomizations name a path, and which use the one in a folder. */
interface Graph {
  readonly naming: ReadonlyMap<string, readonly Kustomization[]>;
  readonly using: ReadonlyMap<string, readonly Kustomization[]>;
}

function graphOf(all: readonly Kustomization[]): Graph {
  const [naming, using] = [new Map<string, Kustomization[]>(), new Map<string, Kustomization[]>()];
  const add = (to: Map<string, Kustomization[]>, path: string, one: Kustomization) =>
    to.set(path, [...(to.get(path) ?? []), one]);
  for (const one of all) {
    const named = new Set(one.scan.references.flatMap((word) => resolvePath(one.path, word) ?? []));
    for (const path of named) add(naming, path, one);
    for (const path of one.uses) add(using, path, one);
  }
  return { naming, using };
}

/** Charts come by path, so the first that has the file is the outermost one. */
function isOfChart(file: string, chart: string): boolean {
  const below = chart === "" ? file : file.slice(chart.length + 1);
  return below === "Chart.yaml" || /^(?:charts\/[^/]+\/)*(?:templates|crds)\//.test(below);
}

/** The kustomizations above these that no other one uses. */
function topmost(from: readonly Kustomization[], { using }: Graph): readonly Kustomization[] {
  const seen = new Set(from);
  for (const { path } of seen) for (const other of using.get(path) ?? []) seen.add(other);
  const tops = [...seen].filter(({ path }) => !using.has(path));
  return tops.length === 0 ? from : tops;
}
