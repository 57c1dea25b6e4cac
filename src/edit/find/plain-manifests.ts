import { posix } from "node:path";
import type { PlainOptions, RenderSpec } from "../../model/target.ts";
import { kustomizationNames } from "./kustomization.ts";
import { manifestSettings, manifestWords } from "./manifests.ts";
import type { ReadFiles } from "./read-files.ts";
import type { VersionSetting } from "./setting.ts";

type PlainSpec = Extract<RenderSpec, { readonly kind: "plain" }>;

/** The settings of the manifests in a folder, in the order of their paths. */
export async function plainSettings(
  files: ReadFiles,
  { path, options }: Pick<PlainSpec, "path" | "options">,
): Promise<readonly VersionSetting[]> {
  const settings: VersionSetting[] = [];
  for (const file of await files.below(path)) {
    if (!isManifestOf({ path, options }, file)) continue;
    for (const document of await files.documents(file, manifestWords, true)) {
      settings.push(...manifestSettings(document, files));
    }
  }
  return settings;
}

/** Whether the engine reads the file, given from the root of the repository, as one of the folder's manifests. */
export function isManifestOf({ path, options }: Pick<PlainSpec, "path" | "options">, file: string): boolean {
  if (path !== "" && !file.startsWith(`${path}/`)) return false;
  return isManifest(path === "" ? file : file.slice(path.length + 1), options);
}

/** The engine reads no hidden files, and applies the globs to the path below the folder. */
function isManifest(name: string, { recurse = true, include = [], exclude = [] }: PlainOptions): boolean {
  const parts = name.split("/");
  if (parts.some((part) => part.startsWith(".")) || (!recurse && parts.length > 1)) return false;
  if (!/\.(?:ya?ml|json)$/.test(name) || kustomizationNames.includes(parts.at(-1) ?? "")) return false;
  return (include.length === 0 || matchesAny(name, include)) && !matchesAny(name, exclude);
}

function matchesAny(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => posix.matchesGlob(name, glob));
}
