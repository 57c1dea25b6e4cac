import type { JsonObject } from "../../model/json.ts";
import type { RenderSpec } from "../../model/target.ts";
import { chartDefaults, dependencySettings } from "./charts.ts";
import { inFolder } from "./nodes.ts";
import { documentsOf, type ReadFiles } from "./read-files.ts";
import type { FoundSettings } from "./setting.ts";
import type { Layer } from "./value-layers.ts";
import { valueSettings } from "./values.ts";

type HelmSpec = Extract<RenderSpec, { readonly kind: "helm" }>;

/**
 * The settings of a Helm target's files: its value files, the last first, the chart's own values, the versions of the
 * included charts.
 */
export async function helmSettings(
  files: ReadFiles,
  { path, options }: HelmSpec,
): Promise<Pick<FoundSettings, "settings" | "valueFiles">> {
  const given = options.valueFiles ?? [];
  const layers = [
    ...(await chartDefaults(files, path)),
    ...(await givenLayers(files, given)),
    ...configLayers(options.values),
  ];
  const settings = [...valueSettings(layers, files), ...(await dependencySettings(files, path))];
  const own = inFolder(path, "values.yaml");
  const valueFiles = [...given.toReversed(), ...((await files.exists(own)) ? [own] : [])];
  return { settings, valueFiles: [...new Set(valueFiles)] };
}

/** Value files as layers, in their order. */
export async function givenLayers(files: ReadFiles, paths: readonly string[]): Promise<readonly Layer[]> {
  const layers: Layer[] = [];
  for (const path of paths) {
    const [values] = await files.documents(path);
    if (values === undefined) continue;
    const { file, document, root: start } = values;
    layers.push({ file, document, start, prefix: [], role: "given" });
  }
  return layers;
}

/** Values that the configuration sets for the target. */
function configLayers(values: JsonObject | undefined): readonly Layer[] {
  if (values === undefined) return [];
  const file = "the target's `helm.values`";
  return documentsOf(file, Buffer.from(JSON.stringify(values))).map(({ root: start, document }) => ({
    file,
    document,
    start,
    prefix: [],
    role: "config",
  }));
}
