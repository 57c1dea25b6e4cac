import { isAtOrBelow, joinPath, parentPath, resolvePath } from "../model/paths.ts";
import type { RenderSource } from "../model/render.ts";
import type { RenderSpec } from "../model/target.ts";
import type { NamedEntry, Tree } from "../model/tree.ts";
import { smallText } from "./small-text.ts";

/** Folders that are looked into for one target. */
const maxFolders = 1_000;

/** The files in which a folder names others. */
const namingFile = /^(?:kustomization\.ya?ml|Kustomization|Chart\.yaml|requirements\.yaml)$/;

/**
 * The paths that may decide a render that stopped early, because what it would have read after that is not known: its
 * folder and everything that is named from there, through other kustomizations, charts and symbolic links. Too much
 * rather than too little: any word of a kustomization that is a path counts.
 */
export async function reachOf(spec: RenderSpec, source: RenderSource): Promise<ReadonlySet<string>> {
  const reached = new Set<string>();
  const queue = [spec.path, ...(spec.kind === "helm" ? (spec.options.valueFiles ?? []) : [])];
  // A chart and a folder of manifests are read with all that is below.
  const whole = spec.kind === "kustomize" ? undefined : spec.path;
  for (let next = queue.shift(); next !== undefined && reached.size < maxFolders; next = queue.shift()) {
    if (reached.has(next)) continue;
    reached.add(next);
    queue.push(...(await namedAt(next, source, whole)));
  }
  return reached;
}

/** Whether a path is one of those that were reached, or lies below one. */
export function isReached(path: string, reached: ReadonlySet<string>): boolean {
  if (reached.has(path) || reached.has("")) return true;
  for (let at = parentPath(path); at !== ""; at = parentPath(at)) if (reached.has(at)) return true;
  return false;
}

async function namedAt(path: string, source: RenderSource, whole: string | undefined): Promise<readonly string[]> {
  const entry = await source.tree.at(path);
  if (entry?.kind === "link") return linkTarget(path, entry.oid, source);
  if (entry?.kind !== "dir" && path !== "") return [];
  const children = await source.tree.list(path);
  const named = await Promise.all(children.map((child) => namedBy(path, child, source)));
  const within = whole !== undefined && isAtOrBelow(path, whole);
  const folders = within ? children.filter(({ kind }) => kind === "dir") : [];
  return [...named.flat(), ...folders.map(({ name }) => joinPath(path, name))];
}

async function namedBy(folder: string, child: NamedEntry, { tree }: RenderSource): Promise<readonly string[]> {
  const path = joinPath(folder, child.name);
  if (child.kind === "link") return [path];
  if (child.kind !== "file" || !namingFile.test(child.name)) return [];
  const text = (await smallText(tree, path)) ?? "";
  const words = new Set(text.split(/[\s"',[\]{}=]+/).map((word) => word.replace(/^file:\/\//, "")));
  const paths = [...words].flatMap((word) => (word === "" ? [] : (resolvePath(folder, word) ?? [])));
  const found = await Promise.all(paths.map((at) => present(at, tree)));
  return found.filter((at) => at !== undefined);
}

/** The path if something stands there, or the symbolic link that it leads through. */
async function present(path: string, tree: Tree): Promise<string | undefined> {
  if (path === "" || (await tree.at(path)) !== undefined) return path;
  for (let at = parentPath(path); at !== ""; at = parentPath(at)) {
    const entry = await tree.at(at);
    if (entry !== undefined) return entry.kind === "link" ? at : undefined;
  }
  return undefined;
}

async function linkTarget(path: string, oid: string, { objects }: RenderSource): Promise<readonly string[]> {
  const target = await objects.read(oid);
  const text = target === undefined ? "" : new TextDecoder().decode(target.bytes);
  return text === "" ? [] : [resolvePath(parentPath(path), text)].filter((at) => at !== undefined);
}
