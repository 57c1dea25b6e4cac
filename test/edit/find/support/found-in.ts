import { type FindOptions, findSettings } from "../../../../src/edit/find/find.ts";
import type { FoundSettings } from "../../../../src/edit/find/index.ts";
import type { HelmOptions, RenderSpec } from "../../../../src/model/target.ts";
import { type MemoryEntry, memoryTree } from "../../../support/memory-tree.ts";

/** A tree's files by their paths. */
export type Files = Readonly<Record<string, MemoryEntry>>;

/** What is found when the render read every file. */
export async function foundIn(spec: RenderSpec, files: Files, options: FindOptions = {}): Promise<FoundSettings> {
  const tree = memoryTree(files);
  return findSettings(spec, [["", "tree", tree.oid]], tree, options);
}

/** What is found in one file of manifests. */
export async function foundInManifest(text: string): Promise<FoundSettings> {
  return foundIn({ kind: "plain", path: "", options: {} }, { "m.yaml": text });
}

/** What is found in a kustomization with other files, all in one folder. */
export async function foundInKustomization(kustomization: string, files: Files = {}): Promise<FoundSettings> {
  return foundIn({ kind: "kustomize", path: "", options: {} }, { "kustomization.yaml": kustomization, ...files });
}

/** What is found in the chart in the folder `c`. */
export async function foundInChart(
  files: Files,
  options: HelmOptions = { releaseName: "r" },
  more: FindOptions = {},
): Promise<FoundSettings> {
  return foundIn({ kind: "helm", path: "c", options }, { "c/Chart.yaml": "name: c\n", ...files }, more);
}
