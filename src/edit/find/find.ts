import type { Declaration } from "../../model/declaration.ts";
import type { Trace } from "../../model/render.ts";
import type { RenderSpec } from "../../model/target.ts";
import type { Tree } from "../../model/tree.ts";
import { type ConfiguredKey, configuredSettings } from "./configured.ts";
import { controllerSettings } from "./controllers.ts";
import { helmSettings } from "./helm.ts";
import { kustomizeSettings } from "./kustomize.ts";
import { plainSettings } from "./plain-manifests.ts";
import { ReadFiles } from "./read-files.ts";
import type { Found, FoundSettings } from "./setting.ts";

export type { ConfiguredKey } from "./configured.ts";

/** What else is searched. */
export interface FindOptions {
  /** Values that the configuration names: each is a setting, whatever its shape. */
  readonly extra?: readonly ConfiguredKey[];
  /** The object that declares the target: what its file says counts, too. */
  readonly declaration?: Declaration | undefined;
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
  { extra = [], declaration }: FindOptions = {},
): Promise<FoundSettings> {
  const files = new ReadFiles(trace, tree, declaration?.file === undefined ? [] : [declaration.file]);
  const found = await ofRenderer(target, files, declaration);
  const settings = [...found.settings, ...(await configuredSettings(files, extra, found.settings))];
  return { kustomizations: [], valueFiles: [], ...found, settings, problems: files.problems };
}

async function ofRenderer(target: RenderSpec, files: ReadFiles, declaration: Declaration | undefined): Promise<Found> {
  switch (target.kind) {
    case "kustomize":
      return (await kustomizeSettings(files, target.path)) ?? { settings: [] };
    case "helm":
      return helmSettings(files, target);
    case "plain":
      return { settings: await plainSettings(files, target) };
    case "flux":
    case "helmrelease":
    case "argocd":
      return controllerSettings(target, files, declaration);
    case "applicationset":
    case "resourceset":
      return { settings: [] };
    default:
      return target satisfies never;
  }
}
