import type { Node } from "../splice/index.ts";
import { chartDefaults } from "./charts.ts";
import { givenLayers } from "./helm.ts";
import { child, inFolder, itemsOf, resolvePath, textOf } from "./nodes.ts";
import type { Document, ReadFiles } from "./read-files.ts";
import { partOf, type VersionSetting } from "./setting.ts";
import type { Layer } from "./value-layers.ts";
import { valueSettings } from "./values.ts";

/** A chart as `helmCharts` or a HelmChartInflationGenerator names it, with the folder that paths are relative to. */
export interface InflatedChart {
  readonly kustomization: Document;
  readonly folder: string;
  readonly node: Node;
  readonly home: string;
}

/**
 * The settings of a chart that kustomize renders: its version, and images in its values; with the value files that it
 * names, what wins first.
 */
export async function chartSettings(
  files: ReadFiles,
  chart: InflatedChart,
): Promise<{ readonly settings: readonly VersionSetting[]; readonly valueFiles: readonly string[] }> {
  const { folder, node } = chart;
  const paths = (names: readonly string[]) =>
    names.flatMap((name) => (name === "" ? [] : (resolvePath(folder, name) ?? [])));
  const main = paths([textOf(child(node, "valuesFile"))]);
  const additional = paths(itemsOf(child(node, "additionalValuesFiles")).map(textOf));
  const layers = [
    ...(await chartDefaults(files, chartFolder(chart))),
    ...inMerge(textOf(child(node, "valuesMerge")), await givenLayers(files, main), inlineLayers(chart)),
    ...(await givenLayers(files, additional)),
  ];
  const valueFiles = [...additional.toReversed(), ...main];
  return { settings: [...versionSettings(chart), ...valueSettings(layers, files)], valueFiles };
}

/** Inline values win over the file unless it says otherwise. */
function inMerge(how: string, file: readonly Layer[], inline: readonly Layer[]): readonly Layer[] {
  if (how === "replace" && inline.length > 0) return inline;
  return how === "merge" ? [...inline, ...file] : [...file, ...inline];
}

function inlineLayers({ kustomization: { file, document }, node }: InflatedChart): readonly Layer[] {
  const start = child(node, "valuesInline");
  return start?.kind === "map" ? [{ file, document, start, prefix: [], role: "given" }] : [];
}

/** kustomize stores charts with a repository by their version. */
function chartFolder({ folder, node, home }: InflatedChart): string {
  const [name, version] = [textOf(child(node, "name")), textOf(child(node, "version"))];
  const inHome = version !== "" && textOf(child(node, "repo")) !== "" ? `${home}/${name}-${version}` : home;
  return resolvePath(folder, inFolder(inHome, name)) ?? "";
}

function versionSettings({ kustomization: { file, document }, node }: InflatedChart): readonly VersionSetting[] {
  const name = textOf(child(node, "name"));
  const version = child(node, "version");
  if (name === "" || version?.kind !== "scalar") return [];
  const subject = { kind: "chart", name, repository: textOf(child(node, "repo")) || undefined } as const;
  const about = { subject, matches: name, form: "helm-charts", file, document } as const;
  return [{ ...about, at: version.path.slice(0, -1), version: partOf(version) }];
}
