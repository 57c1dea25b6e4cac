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

/** Names of charts that are made to declare objects of controllers from plain values. */
const declaring = /argo-?cd-apps|app-of-apps|applicationset|flux-?(?:instance|sync|2-sync)|cluster-addons/i;

/** Whether a chart with this name or in this place makes objects of controllers of its values. */
export function isDeclaringChart(name: string): boolean {
  return declaring.test(name);
}

/** Whether the text of a `Chart.yaml` names such a chart among its dependencies. */
export function dependsOnDeclaring(chart: string): boolean {
  const dependencies = /^dependencies:[^\n]*\n((?:[ \t#-].*(?:\n|$)|\n)*)/m.exec(chart)?.[1] ?? "";
  const names = [...dependencies.matchAll(/\bname["']?[ \t]*:[ \t]*["']?([^\s"'#,}]+)/g)];
  return names.some(([, name = ""]) => isDeclaringChart(name));
}

/** Whether the text of a `Chart.yaml` is that of a library chart, which has nothing to render. */
export function isLibraryChart(chart: string): boolean {
  return /^type:\s*["']?library\b/m.test(chart);
}
