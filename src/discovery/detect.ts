import type { RendererKind } from "../model/target.ts";
import type { NamedEntry } from "../model/tree.ts";

/** The file names that kustomize looks for, in its order. */
export const kustomizationNames: readonly string[] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** Whether the name is that of a manifest file. */
export function isManifestName(name: string): boolean {
  return /\.(?:ya?ml|json)$/.test(name) && !kustomizationNames.includes(name);
}

/** The renderer that fits a folder's files, `undefined` if nothing in it renders. A kustomization wins over a chart. */
export function detectRenderer(entries: readonly NamedEntry[]): RendererKind | undefined {
  const files = entries.filter((entry) => entry.kind === "file").map((entry) => entry.name);
  if (files.some((name) => kustomizationNames.includes(name))) return "kustomize";
  if (files.includes("Chart.yaml")) return "helm";
  return files.some(isManifestName) ? "plain" : undefined;
}

/** Whether the text of a `Chart.yaml` is that of a library chart, which has nothing to render. */
export function isLibraryChart(chart: string): boolean {
  return /^type:\s*["']?library\b/m.test(chart);
}
