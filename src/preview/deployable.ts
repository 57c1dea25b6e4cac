import { holdsManifest } from "../discovery/index.ts";
import { UserError } from "../model/errors.ts";
import { joinPath, lastName, parentPath, resolvePath } from "../model/paths.ts";
import type { RenderSource } from "../model/render.ts";
import type { Tree, TreeEntry } from "../model/tree.ts";
import { maxSmallBytes } from "./small-text.ts";

/** Settings that a delivery tool reads beside what it deploys. No render looks at them. */
const toolSettings = /^(?:\.argocd-source(?:-.+)?\.yaml|\.sourceignore)$/;
const entryFile = /^(?:kustomization\.ya?ml|Kustomization|Chart\.(?:yaml|lock)|values(?:[-_.].*)?\.ya?ml)$/;
const manifest = /\.(?:ya?ml|json)$/i;
/** Programs that give manifests; what they give is known only to who runs them. */
const program = /\.(?:jsonnet|libsonnet)$/;

/** Whether a file decides how a delivery tool renders a folder, without being an input of the render. */
export function isToolSetting(path: string): boolean {
  return toolSettings.test(lastName(path));
}

/** Whether what stands at a path may be deployed, or decides what is: as far as its name and its text tell. */
export async function isDeployable(path: string, entry: TreeEntry, source: RenderSource): Promise<boolean> {
  switch (entry.kind) {
    case "module":
      return true;
    case "link":
      return manifest.test(path) || leadsToFolder(path, entry.oid, source);
    case "file":
      return isDeployableFile(path, source.tree);
    case "dir":
      return false;
    default:
      return entry satisfies never;
  }
}

async function isDeployableFile(path: string, tree: Tree): Promise<boolean> {
  if (path.split("/").some((name) => name === "node_modules" || name.includes("{{"))) return false;
  const name = lastName(path);
  if (entryFile.test(name) || program.test(name) || isToolSetting(path)) return true;
  if (!/\.(?:ya?ml|json|tpl|tgz)$/i.test(name)) return false;
  return (await isInChart(path, tree)) || (manifest.test(name) && (await mayHoldManifest(path, tree)));
}

/** What is too large to look into, or is no text that can be looked into, may hold anything. */
async function mayHoldManifest(path: string, tree: Tree): Promise<boolean> {
  try {
    const text = new TextDecoder().decode((await tree.read(path, maxSmallBytes)) ?? new Uint8Array());
    return text.includes("\0") || holdsManifest(text);
  } catch (error) {
    if (error instanceof UserError && error.kind === "limit") return true;
    throw error;
  }
}

/** Whether a file is one of those that a chart above it is made of. */
export async function isInChart(path: string, tree: Tree): Promise<boolean> {
  for (let at = parentPath(path); at !== ""; at = parentPath(at)) {
    const [first = ""] = path.slice(at.length + 1).split("/");
    if (/^(?:templates|crds|charts|values)$/.test(first) && (await tree.at(joinPath(at, "Chart.yaml"))) !== undefined)
      return true;
  }
  return false;
}

/** Whether a link leads to a folder of the repository, or to where that cannot be told. */
async function leadsToFolder(path: string, oid: string, { tree, objects }: RenderSource): Promise<boolean> {
  const target = await objects.read(oid);
  const at = target && resolvePath(parentPath(path), new TextDecoder().decode(target.bytes));
  return at !== undefined && (await tree.at(at))?.kind !== "file";
}
