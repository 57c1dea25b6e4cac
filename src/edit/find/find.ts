import type { Trace } from "../../model/render.ts";
import type { RenderSpec } from "../../model/target.ts";
import type { Tree } from "../../model/tree.ts";
import { type ConfiguredKey, configuredSettings } from "./configured.ts";
import { helmSettings } from "./helm.ts";
import { kustomizeSettings } from "./kustomize.ts";
import { plainSettings } from "./plain-manifests.ts";
import { ReadFiles } from "./read-files.ts";
import type { FoundSettings } from "./setting.ts";

export type { ConfiguredKey } from "./configured.ts";

/** What else is searched. */
export interface FindOptions {
  /** Values that the configuration names: each is a setting, whatever its shape. */
  readonly extra?: readonly ConfiguredKey[];
}

/**
 * What sets images, tags, digests and chart versions in the files that a target's render read, according to `trace`;
 * what wins comes first. Templates of charts are left out. Rejects only when the tree cannot be read or a configured
 * key is not a path; files that are not YAML are problems.
 */
export async function findSettings(
  target: RenderSpec,
  trace: Trace,
  tree: Tree,
  { extra = [] }: FindOptions = {},
): Promise<FoundSettings> {
  const files = new ReadFiles(trace, tree);
  const found = await ofRenderer(target, files);
  const settings = [...found.settings, ...(await configuredSettings(files, extra, found.settings))];
  return { kustomizations: [], valueFiles: [], ...found, settings, problems: files.problems };
}

type Found = Pick<FoundSettings, "settings"> & Partial<FoundSettings>;

async function ofRenderer(target: RenderSpec, files: ReadFiles): Promise<Found> {
  switch (target.kind) {
    case "kustomize":
      return kustomizeSettings(files, target.path);
    case "helm":
      return helmSettings(files, target);
    case "plain":
      return { settings: await plainSettings(files, target) };
    case "flux":
    case "helmrelease":
    case "argocd":
    case "applicationset":
    case "resourceset":
      return { settings: [] };
    default:
      return target satisfies never;
  }
}
