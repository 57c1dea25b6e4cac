import type { Trace } from "../../model/render.ts";
import type { RenderSpec } from "../../model/target.ts";
import type { Tree } from "../../model/tree.ts";
import { ReadFiles } from "./files.ts";
import { helmSettings } from "./helm.ts";
import { kustomizationNames, kustomizeSettings } from "./kustomize.ts";
import { manifestSettings } from "./manifests.ts";
import type { FoundSettings, VersionSetting } from "./setting.ts";

export { type ImageReference, parseImage, printImage, versionOf } from "../image-name.ts";
export { type KeyQuery, parseKey, resolveKey } from "./key.ts";
export { type FileEdit, overrideFor } from "./override.ts";
export type {
  Blocked,
  FindProblem,
  FoundSettings,
  SettingForm,
  SettingPart,
  Subject,
  VersionSetting,
} from "./setting.ts";
export { type Refused, versionEdits, type WantedVersion } from "./version-edits.ts";

/**
 * What sets images, tags, digests and chart versions in the files that a target's render read, as `trace` says; what wins comes first. Templates of charts are left out. Rejects only when the
 * tree cannot be read; files that are no YAML are problems.
 */
export async function findSettings(target: RenderSpec, trace: Trace, tree: Tree): Promise<FoundSettings> {
  const files = new ReadFiles(trace, tree);
  switch (target.kind) {
    case "kustomize":
      return { ...(await kustomizeSettings(files, target.path)), problems: files.problems };
    case "helm":
      return { ...(await helmSettings(files, target)), problems: files.problems, kustomizations: [] };
    case "plain":
      return {
        settings: await plainSettings(files, target.path),
        problems: files.problems,
        kustomizations: [],
        valueFiles: [],
      };
    default:
      return target satisfies never;
  }
}

async function plainSettings(files: ReadFiles, folder: string): Promise<readonly VersionSetting[]> {
  const settings: VersionSetting[] = [];
  for (const file of await files.below(folder)) {
    if (kustomizationNames.includes(file.slice(file.lastIndexOf("/") + 1))) continue;
    for (const document of await files.documents(file)) settings.push(...manifestSettings(document));
  }
  return settings;
}
