import { UserError } from "../model/errors.ts";
import type { NamedEntry, Tree } from "../model/tree.ts";
import { dependsOnDeclaring, isLibraryChart } from "./detect.ts";
import { controllerFolders, holdsFlux, holdsManifest } from "./manifest.ts";

/** What discovery needs to know about one file. It depends only on the file's bytes. */
export interface Scan {
  /** Words of a kustomization or `file://` paths of a chart that may name other folders or files. */
  readonly references: readonly string[];
  /** Charts that a kustomization renders itself, as paths relative to its folder. */
  readonly charts: readonly string[];
  /** A kustomize component, or a library chart: never a target. */
  readonly partOnly: boolean;
  /** A kustomization that lists resources and does nothing else. */
  readonly collects: boolean;
  /** Holds at least one Kubernetes object. */
  readonly isManifest: boolean;
  /** Holds a `Kustomization` of Flux. */
  readonly isFlux: boolean;
  /**
   * For a file with objects of controllers: the folders that these name, up to the first wildcard. For a chart whose
   * dependencies make such objects of its values: none.
   */
  readonly points?: readonly string[];
}

/** Keeps scans by kind of file and blob id. A `Map` will do. */
export interface ScanMemo {
  get(key: string): Scan | undefined;
  set(key: string, scan: Scan): unknown;
}

/** The kind of file to scan. */
export type ScanKind = "kustomization" | "chart" | "manifest" | "flux" | "controller";

/** Scans a file, or returns the known scan of its content. Files larger than 10 MiB count as empty. */
export async function scanFile(
  tree: Tree,
  path: string,
  entry: NamedEntry,
  kind: ScanKind,
  memo: ScanMemo,
): Promise<Scan> {
  const key = `${kind}:${entry.oid}`;
  const known = memo.get(key);
  if (known !== undefined) return known;
  const bytes = await readSmall(tree, path);
  const scan = bytes === undefined ? nothing : scanners[kind](new TextDecoder().decode(bytes));
  memo.set(key, scan);
  return scan;
}

async function readSmall(tree: Tree, path: string): Promise<Uint8Array | undefined> {
  try {
    return await tree.read(path);
  } catch (error) {
    if (error instanceof UserError && error.kind === "limit") return undefined;
    throw error;
  }
}

const nothing: Scan = {
  references: [],
  charts: [],
  partOnly: false,
  collects: false,
  isManifest: false,
  isFlux: false,
};

const scanners: Readonly<Record<ScanKind, (text: string) => Scan>> = {
  kustomization: scanKustomization,
  chart: (text) => ({
    ...nothing,
    references: [...text.matchAll(/file:\/\/([^\s"']+)/g)].map((match) => match[1] ?? ""),
    partOnly: isLibraryChart(text),
    ...(dependsOnDeclaring(text) && { points: [] }),
  }),
  manifest: (text) => ({ ...nothing, isManifest: holdsManifest(text) }),
  flux: (text) => ({ ...nothing, isFlux: holdsFlux(text) }),
  controller: scanController,
};

function scanController(text: string): Scan {
  const points = controllerFolders(text);
  return points === undefined ? nothing : { ...nothing, points };
}

const collecting = new Set(["apiVersion", "kind", "metadata", "resources", "bases"]);

function scanKustomization(text: string): Scan {
  const bare = text.replace(/(^|\s)#.*$/gm, "$1");
  const keys = [...bare.matchAll(/^["']?([A-Za-z]+)["']?\s*:/gm)].map((match) => match[1] ?? "");
  const words = bare.split(/[\s,[\]{}"']+/).filter((word) => word !== "" && word.length < 500 && !word.includes("://"));
  return {
    ...nothing,
    references: [...new Set(words)],
    charts: /^helmCharts?\b|^helmChartInflationGenerator\b/m.test(bare) ? inflatedCharts(bare) : [],
    partOnly: /^kind:\s*["']?Component\b/m.test(bare),
    collects: keys.length > 0 && keys.every((key) => collecting.has(key)),
  };
}

function inflatedCharts(text: string): readonly string[] {
  const home = /\bchartHome:\s*["']?([^\s"',}]+)/.exec(text)?.[1] ?? "charts";
  return [...text.matchAll(/\b(?:name|chartName):\s*["']?([^\s"',}]+)/g)].map((match) => `${home}/${match[1]}`);
}
