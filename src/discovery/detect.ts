import type { RendererKind } from "../model/target.ts";
import type { NamedEntry } from "../model/tree.ts";

/** The names that kustomize looks for, in its order. */
export const kustomizationNames: readonly string[] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** Whether the name is that of a manifest file. */
export function isManifestName(name: string): boolean {
  return /\.(?:ya?ml|json)$/.test(name) && !kustomizationNames.includes(name);
}

/** The renderer that a folder's files ask for, `undefined` when nothing in it renders. A kustomization wins over a chart. */
export function detectRenderer(entries: readonly NamedEntry[]): RendererKind | undefined {
  const files = entries.filter((entry) => entry.kind === "file").map((entry) => entry.name);
  if (files.some((name) => kustomizationNames.includes(name))) return "kustomize";
  if (files.includes("Chart.yaml")) return "helm";
  return files.some(isManifestName) ? "plain" : undefined;
}

/** Finds `type: library` in a `Chart.yaml`: such a chart has nothing to render. */
export const libraryChart = /^type:\s*["']?library\b/m;
