import type { RenderSpec } from "../../model/target.ts";
import { child, itemsOf, type ReadFiles, textOf } from "./files.ts";
import { partOf, type VersionSetting } from "./setting.ts";
import { noValues, valueSettings } from "./values.ts";

type HelmSpec = Extract<RenderSpec, { readonly kind: "helm" }>;

/** What a Helm target's files set: its value files, the last first, the chart's own values, the versions of the charts that it includes. */
export async function helmSettings(
  files: ReadFiles,
  { path, options }: HelmSpec,
): Promise<{ readonly settings: readonly VersionSetting[]; readonly valueFiles: readonly string[] }> {
  const below = (name: string) => (path === "" ? name : `${path}/${name}`);
  const known = noValues();
  const settings: VersionSetting[] = [];
  const valueFiles = [below("values.yaml"), ...(options.valueFiles ?? [])];
  for (const file of valueFiles) {
    const [values] = await files.documents(file);
    if (values !== undefined) settings.unshift(...valueSettings(values, known));
  }
  for (const name of ["Chart.yaml", "requirements.yaml"]) settings.push(...(await dependencies(files, below(name))));
  return { settings, valueFiles: valueFiles.toReversed() };
}

async function dependencies(files: ReadFiles, file: string): Promise<readonly VersionSetting[]> {
  const [chart] = await files.documents(file);
  if (chart === undefined) return [];
  return itemsOf(child(chart.root, "dependencies")).flatMap((item): readonly VersionSetting[] => {
    const version = child(item, "version");
    const name = textOf(child(item, "name"));
    if (version?.kind !== "scalar" || name === "" || item.kind === "null") return [];
    const repository = textOf(child(item, "repository")) || undefined;
    const about = { subject: { kind: "chart", name, repository }, matches: name, form: "chart-dependency" } as const;
    return [{ ...about, file, document: chart.document, at: item.path, version: partOf(version) }];
  });
}
