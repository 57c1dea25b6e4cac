import { joinPath, parentPath } from "../model/paths.ts";
import type { PlainOptions } from "../model/target.ts";
import type { NamedEntry } from "../model/tree.ts";
import { isInside, isInsideChart } from "./charts.ts";
import { isManifestName } from "./detect.ts";
import type { References } from "./kustomizations.ts";
import { layoutOf } from "./layout.ts";
import { scanFile } from "./scan.ts";
import type { Discovery, Unit } from "./unit.ts";

interface PlainFolder {
  readonly path: string;
  readonly hasManifests: boolean;
  /** Files that a plain render would read although they hold no Kubernetes object. */
  readonly others: readonly string[];
}

/**
 * The topmost folders of plain manifests. Leaves out charts, folders with a kustomization and everything below them,
 * and files that a kustomization names.
 */
export async function discoverPlain(discovery: Discovery, references: References): Promise<readonly Unit[]> {
  const charts = chartFolders(discovery);
  const taken = new Set([...references.kustomizations, ...references.charts, ...charts]);
  const candidates = [...discovery.folders].filter(
    ([path]) => !taken.has(path) && !isInside(path, taken) && !isInsideChart(path, charts),
  );
  const read = await Promise.all(
    candidates.map(([path, entries]) => plainFolder(discovery, references, path, entries)),
  );
  const folders = read.filter((folder) => folder.hasManifests);
  const split = splitFolders(folders, taken);
  const whole = new Set(folders.flatMap(({ path }) => (split.has(path) ? [] : [path])));
  return folders
    .filter(({ path }) => path === "" || !isInside(parentPath(path), whole))
    .map((folder) => plainUnit(folder, whole.has(folder.path) ? below(folder.path, read) : []));
}

function below(path: string, folders: readonly PlainFolder[]): readonly PlainFolder[] {
  return folders.filter((other) => other.path.startsWith(`${path}/`));
}

function plainUnit({ path, others }: PlainFolder, included: readonly PlainFolder[]): Unit {
  const exclude = [
    ...others.map((file) => globFor(path, file)),
    ...included.flatMap((folder) =>
      folder.hasManifests
        ? folder.others.map((file) => globFor(path, file))
        : folder.others.length > 0
          ? [`${globFor(path, folder.path)}/*`]
          : [],
    ),
  ];
  const recurse = included.some((folder) => folder.hasManifests);
  const options: PlainOptions = { recurse, ...(exclude.length === 0 ? {} : { exclude }) };
  return { render: { kind: "plain", path, options } };
}

function chartFolders({ folders }: Discovery): ReadonlySet<string> {
  const charts = [...folders].filter(([, entries]) =>
    entries.some(({ kind, name }) => kind === "file" && name === "Chart.yaml"),
  );
  return new Set(charts.map(([path]) => path));
}

/**
 * Folders that must not include their subfolders, because something there renders differently or belongs to another
 * environment. Always includes the root.
 */
function splitFolders(folders: readonly PlainFolder[], taken: ReadonlySet<string>): ReadonlySet<string> {
  const environments = new Map(folders.map(({ path }) => [path, layoutOf(path).environment]));
  const split = new Set([""]);
  for (const path of taken) for (const above of ancestors(path)) split.add(above);
  for (const [path, environment] of environments) {
    for (const above of ancestors(path)) if (environments.get(above) !== environment) split.add(above);
  }
  return split;
}

function ancestors(path: string): readonly string[] {
  const found: string[] = [];
  for (let at = parentPath(path); at !== ""; at = parentPath(at)) found.push(at);
  return found;
}

async function plainFolder(
  { tree, memo }: Discovery,
  { named }: References,
  path: string,
  entries: readonly NamedEntry[],
): Promise<PlainFolder> {
  const files = entries.filter(({ kind, name }) => kind === "file" && isManifestName(name));
  const scans = await Promise.all(
    files.map(async (entry) => {
      const file = joinPath(path, entry.name);
      const own = !named.has(file) && (await scanFile(tree, file, entry, "manifest", memo)).isManifest;
      return { file, own };
    }),
  );
  return {
    path,
    hasManifests: scans.some(({ own }) => own),
    others: scans.filter(({ own }) => !own).map(({ file }) => file),
  };
}

/** A file as a glob relative to the target's folder. */
function globFor(folder: string, file: string): string {
  const below = folder === "" ? file : file.slice(folder.length + 1);
  return below.replace(/[*?[\]{}\\!]/g, "\\$&");
}
