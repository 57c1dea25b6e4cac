import { byText, joinPath, parentPath, resolvePath } from "../model/paths.ts";
import type { HelmOptions } from "../model/target.ts";
import type { NamedEntry } from "../model/tree.ts";
import { stageOf } from "./environment-names.ts";
import type { References } from "./kustomizations.ts";
import { type Scan, scanFile } from "./scan.ts";
import type { Discovery, Unit } from "./unit.ts";

interface Chart {
  readonly path: string;
  readonly scan: Scan;
}

/**
 * The charts that are targets, once per environment that has a values file. Leaves out subcharts, library charts,
 * dependencies of other charts, and charts that a kustomization renders.
 */
export async function discoverCharts(
  discovery: Discovery,
  references: References,
): Promise<{ readonly units: readonly Unit[]; readonly notes: readonly string[] }> {
  const charts = await scanAll(discovery);
  const dependencies = new Set(
    charts.flatMap(({ path, scan }) => scan.references.flatMap((word) => resolvePath(path, word) ?? [])),
  );
  const paths = new Set(charts.map(({ path }) => path));
  const isOther = ({ path }: Chart): boolean =>
    references.kustomizations.has(path) ||
    references.charts.has(path) ||
    dependencies.has(path) ||
    isInsideChart(path, paths);
  const targets = charts.filter((chart) => !chart.scan.partOnly && !isOther(chart));
  const library = charts.filter((chart) => chart.scan.partOnly && !isOther(chart));
  return {
    units: targets.flatMap(({ path }) => chartUnits(discovery, path)),
    notes: library.map(({ path }) => `\`${path}\` is a library chart, so it is no target.`),
  };
}

async function scanAll({ tree, folders, memo }: Discovery): Promise<readonly Chart[]> {
  const found = await Promise.all(
    [...folders].map(async ([path, entries]) => {
      const entry = entries.find(({ kind, name }) => kind === "file" && name === "Chart.yaml");
      return entry === undefined
        ? []
        : [{ path, scan: await scanFile(tree, joinPath(path, entry.name), entry, "chart", memo) }];
    }),
  );
  return found.flat();
}

/** Whether a path or one of its parents is in `folders`. The root does not count as a parent. */
export function isInside(path: string, folders: ReadonlySet<string>): boolean {
  for (let at = path; at !== ""; at = parentPath(at)) if (folders.has(at)) return true;
  return false;
}

/** Whether a folder is part of a chart above it. A chart at the root owns only its usual folders. */
export function isInsideChart(path: string, charts: ReadonlySet<string>): boolean {
  const own = ["charts", "templates", "crds"].includes(path.split("/")[0] ?? "");
  return isInside(parentPath(path), charts) || (own && path !== "" && charts.has(""));
}

/** A chart, once per environment that has a values file. */
export function chartUnits(discovery: Discovery, path: string): readonly Unit[] {
  const values = environmentValues(discovery, path);
  const options: HelmOptions = { releaseName: "" };
  if (values.size === 0) return [{ render: { kind: "helm", path, options }, assumed: "default-values" }];
  return [...values].map(([environment, file]) => ({
    environment,
    render: { kind: "helm", path, options: { ...options, valueFiles: [file] } },
  }));
}

const places = [
  { folder: "", name: /^values[-_.](.+)\.ya?ml$/ },
  { folder: "values", name: /^(?:values[-_.])?(.+)\.ya?ml$/ },
  { folder: "environments", name: /^(?:values[-_.])?(.+)\.ya?ml$/ },
  { folder: "envs", name: /^(?:values[-_.])?(.+)\.ya?ml$/ },
  { folder: "env", name: /^(?:values[-_.])?(.+)\.ya?ml$/ },
];

/** The values file of each environment, from the first usual place that has values files. */
function environmentValues({ folders }: Discovery, chart: string): ReadonlyMap<string, string> {
  for (const { folder, name } of places) {
    const at = joinPath(chart, folder);
    const found = (folders.get(at) ?? []).flatMap((entry) => valuesEntry(at, entry, name));
    if (found.length > 0) return new Map(found.sort(([, a], [, b]) => byText(b, a)));
  }
  return new Map();
}

function valuesEntry(folder: string, entry: NamedEntry, name: RegExp): [string, string][] {
  const environment = entry.kind === "file" ? name.exec(entry.name)?.[1] : undefined;
  return environment === undefined || stageOf(environment) === undefined
    ? []
    : [[environment, joinPath(folder, entry.name)]];
}
