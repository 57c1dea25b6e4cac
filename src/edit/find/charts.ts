import type { KeyPath } from "../splice/index.ts";
import { child, inFolder, itemsOf, textOf } from "./nodes.ts";
import type { ReadFiles } from "./read-files.ts";
import { partOf, type VersionSetting } from "./setting.ts";
import type { Layer } from "./value-layers.ts";

const maxChartDepth = 4;
const maxCharts = 100;

/** The default values of a chart and of the charts in its folder, those that win last; none when there is no chart. */
export async function chartDefaults(files: ReadFiles, folder: string): Promise<readonly Layer[]> {
  const left = { charts: maxCharts };
  return defaults(files, folder, [], left);
}

async function defaults(
  files: ReadFiles,
  folder: string,
  prefix: KeyPath,
  left: { charts: number },
): Promise<readonly Layer[]> {
  const layers: Layer[] = [];
  if (prefix.length < maxChartDepth) {
    for (const included of await includedCharts(files, folder)) {
      left.charts -= 1;
      if (left.charts < 0) break;
      layers.push(...(await defaults(files, included.folder, [...prefix, included.key], left)));
    }
  }
  const [own] = await files.documents(inFolder(folder, "values.yaml"));
  if (own === undefined) return layers;
  const { file, document, root: start } = own;
  return [...layers, { file, document, start, prefix, role: prefix.length === 0 ? "defaults" : "included" }];
}

interface Included {
  readonly folder: string;
  /** The key of its values among those of the chart that includes it. */
  readonly key: string;
}

/** The charts in `charts/`, once for every name that the dependencies give them. */
async function includedCharts(files: ReadFiles, folder: string): Promise<readonly Included[]> {
  const home = inFolder(folder, "charts");
  const aliases = await aliasesIn(files, folder);
  const found: Included[] = [];
  for (const name of await files.foldersIn(home)) {
    const at = inFolder(home, name);
    const [chart] = await files.documents(inFolder(at, "Chart.yaml"));
    if (chart === undefined) continue;
    const called = textOf(child(chart.root, "name")) || name;
    for (const key of aliases.get(called) ?? [called]) found.push({ folder: at, key });
  }
  return found;
}

async function aliasesIn(files: ReadFiles, folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const aliases = new Map<string, string[]>();
  for (const { item } of await dependenciesIn(files, folder)) {
    const name = textOf(child(item, "name"));
    aliases.set(name, [...(aliases.get(name) ?? []), textOf(child(item, "alias")) || name]);
  }
  return aliases;
}

/** Charts list what they include in `Chart.yaml`, old ones in `requirements.yaml`. */
async function dependenciesIn(files: ReadFiles, folder: string) {
  const documents = [
    ...(await files.documents(inFolder(folder, "Chart.yaml"))).slice(0, 1),
    ...(await files.documents(inFolder(folder, "requirements.yaml"))).slice(0, 1),
  ];
  return documents.flatMap((document) =>
    itemsOf(child(document.root, "dependencies")).map((item) => ({ document, item })),
  );
}

/** The versions of the charts that a chart includes. */
export async function dependencySettings(files: ReadFiles, folder: string): Promise<readonly VersionSetting[]> {
  return (await dependenciesIn(files, folder)).flatMap(({ document: { file, document }, item }): VersionSetting[] => {
    const version = child(item, "version");
    const name = textOf(child(item, "name"));
    if (version?.kind !== "scalar" || name === "") return [];
    const repository = textOf(child(item, "repository")) || undefined;
    const subject = { kind: "chart", name, repository } as const;
    const about = { subject, matches: name, form: "chart-dependency", file, document } as const;
    return [{ ...about, at: version.path.slice(0, -1), version: partOf(version) }];
  });
}
