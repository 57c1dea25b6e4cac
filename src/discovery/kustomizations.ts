import { joinPath, lastName, resolvePath } from "../model/paths.ts";
import type { KustomizeOptions } from "../model/target.ts";
import { count } from "../model/text/lists.ts";
import type { NamedEntry } from "../model/tree.ts";
import { kustomizationNames } from "./detect.ts";
import { unrestrictedFolders } from "./flux.ts";
import { layoutOf } from "./layout.ts";
import { type Scan, scanFile } from "./scan.ts";
import type { Discovery, Unit } from "./unit.ts";

/** What the kustomizations of a tree use. Paths are from the root. */
export interface References {
  /** Folders with a kustomization, whether or not they are targets. */
  readonly kustomizations: ReadonlySet<string>;
  /** Every path that a kustomization may name. */
  readonly named: ReadonlySet<string>;
  /** Charts that a kustomization renders itself. */
  readonly charts: ReadonlySet<string>;
}

/** One kustomization and what it names. */
export interface Kustomization {
  readonly path: string;
  readonly scan: Scan;
  /** Other kustomizations that this one names. */
  readonly uses: readonly string[];
}

/**
 * The kustomizations that are targets: those in a folder named like an environment, and those that no other one uses.
 */
export async function discoverKustomizations(discovery: Discovery): Promise<{
  readonly units: readonly Unit[];
  readonly references: References;
  readonly notes: readonly string[];
  readonly all: readonly Kustomization[];
  /** How each of them is built. */
  readonly optionsOf: (path: string) => KustomizeOptions;
}> {
  const scanned = await scanAll(discovery);
  const paths = new Set(scanned.map(({ path }) => path));
  const named = new Set(
    scanned.flatMap(({ path, scan }) => scan.references.flatMap((word) => resolvePath(path, word) ?? [])),
  );
  const charts = new Set(
    scanned.flatMap(({ path, scan }) => scan.charts.flatMap((word) => resolvePath(path, word) ?? [])),
  );
  const all = scanned.map(({ path, scan }) => ({ path, scan, uses: usedBy(path, scan, paths) }));
  const used = new Set(all.flatMap(({ uses }) => uses));
  const wanted = all.filter(({ path, scan }) => !scan.partOnly && (!used.has(path) || isEnvironmentFolder(path)));
  const { kept, notes } = withoutCollections(wanted);
  const unrestricted = await unrestrictedFolders(discovery, all);
  const optionsOf = (path: string): KustomizeOptions => (unrestricted.has(path) ? { loadRestrictor: "none" } : {});
  return {
    units: kept.map(({ path }) => ({ render: { kind: "kustomize", path, options: optionsOf(path) } })),
    references: { kustomizations: paths, named, charts },
    notes,
    all,
    optionsOf,
  };
}

async function scanAll({ tree, folders, memo }: Discovery): Promise<readonly { path: string; scan: Scan }[]> {
  const found = await Promise.all(
    [...folders].map(async ([path, entries]) => {
      const entry = kustomizationIn(entries);
      if (entry === undefined) return [];
      return [{ path, scan: await scanFile(tree, joinPath(path, entry.name), entry, "kustomization", memo) }];
    }),
  );
  return found.flat();
}

function kustomizationIn(entries: readonly NamedEntry[]): NamedEntry | undefined {
  return kustomizationNames
    .map((name) => entries.find((entry) => entry.kind === "file" && entry.name === name))
    .find((entry) => entry !== undefined);
}

function usedBy(path: string, scan: Scan, kustomizations: ReadonlySet<string>): readonly string[] {
  const resolved = scan.references.flatMap((word) => resolvePath(path, word) ?? []);
  return [...new Set(resolved)].filter((other) => other !== path && kustomizations.has(other));
}

/** True for `overlays/prod` and `webapp/prod`, but not for folders below them. */
function isEnvironmentFolder(path: string): boolean {
  const { environment } = layoutOf(path);
  return environment !== undefined && environment === lastName(path);
}

/** Leaves out kustomizations that only list other targets: they would show every change twice. */
function withoutCollections(wanted: readonly Kustomization[]) {
  const targets = new Set(wanted.map(({ path }) => path));
  const collects = ({ scan, uses, path }: Kustomization): boolean =>
    scan.collects && uses.length > 0 && uses.every((other) => targets.has(other)) && listsOnly(path, scan, targets);
  return {
    kept: wanted.filter((kustomization) => !collects(kustomization)),
    notes: wanted
      .filter(collects)
      .map(
        ({ path, uses }) =>
          `\`${path}\` only collects ${count(uses.length, "other target")}, so it is no target itself.`,
      ),
  };
}

function listsOnly(path: string, scan: Scan, targets: ReadonlySet<string>): boolean {
  const looksLikePath = scan.references.filter(
    (word) => /[./]/.test(word) && !word.startsWith("kustomize.config.k8s.io/"),
  );
  return looksLikePath.every((word) => targets.has(resolvePath(path, word) ?? "\0"));
}
