import { z } from "zod";
import { UserError } from "../model/errors.ts";
import { mapLimit } from "../model/map-limit.ts";
import { byText, joinPath, parentPath, resolvePath } from "../model/paths.ts";
import type { Tree } from "../model/tree.ts";
import { yamlValues } from "../model/yaml-values.ts";
import { smallText } from "./small-text.ts";

/** A `Kustomization` of Flux that deploys a folder of the repository. */
export interface FluxKustomization {
  readonly name: string;
  readonly namespace: string;
  /** The folder, from the root. */
  readonly path: string;
  readonly suspended: boolean;
  /** Where it stands. */
  readonly file: string;
}

/** Files that are looked into; what more there is, is not looked for. */
const maxFiles = 500;
const atOnce = 32;
const group = "kustomize.toolkit.fluxcd.io/";
/** Folders, at the root or one below it, that usually hold what Flux begins with. */
const usual: readonly string[] = ["cluster", "clusters", "flux", "flux-system", "gitops", "fleet"];

const object = z.object({
  apiVersion: z.string().startsWith(group),
  kind: z.literal("Kustomization"),
  metadata: z.object({ name: z.string(), namespace: z.string().default("") }),
  spec: z.object({
    path: z.string().default("."),
    suspend: z.boolean().default(false),
    sourceRef: z.object({ kind: z.literal("GitRepository") }),
  }),
});

/**
 * The Kustomizations of Flux that deploy one of these folders, as far as they stand beside the folders, above them or
 * where they usually do. Those that take files from elsewhere than Git are none.
 */
export async function fluxKustomizations(
  folders: readonly string[],
  tree: Tree,
): Promise<readonly FluxKustomization[]> {
  const wanted = new Set(folders);
  const files = await candidates(folders, tree);
  const found = await mapLimit(files, atOnce, async (file) => objectsIn((await smallText(tree, file)) ?? "", file));
  return found.flat().filter(({ path }) => wanted.has(path));
}

async function candidates(folders: readonly string[], tree: Tree): Promise<readonly string[]> {
  const above = new Set(folders.flatMap(ancestors));
  const near = await mapLimit([...above].sort(byText), atOnce, (folder) => manifestsIn(folder, tree));
  const roots = await usualFolders(tree);
  const usually = await mapLimit(roots, atOnce, (folder) => filesBelow(folder, tree));
  const all = new Set([...near.flat(), ...usually.flat().filter(isManifest)]);
  return [...all].slice(0, maxFiles);
}

/** Of a folder with more files than a tree lists, none. */
async function filesBelow(folder: string, tree: Tree): Promise<readonly string[]> {
  try {
    return await tree.files(folder);
  } catch (error) {
    if (error instanceof UserError && error.kind === "limit") return [];
    throw error;
  }
}

/** The folders above one, the nearest first, without itself. */
function ancestors(folder: string): readonly string[] {
  if (folder === "") return [""];
  const parent = parentPath(folder);
  return parent === "" ? [""] : [parent, ...ancestors(parent)];
}

async function manifestsIn(folder: string, tree: Tree): Promise<readonly string[]> {
  const entries = await tree.leaves(folder);
  return entries.flatMap(({ kind, name }) => (kind === "file" && isManifest(name) ? [joinPath(folder, name)] : []));
}

/** They are asked for by name: a folder may have thousands of others. */
async function usualFolders(tree: Tree): Promise<readonly string[]> {
  const top = (await tree.list("")).flatMap(({ kind, name }) => (kind === "dir" ? [name] : []));
  const below = top
    .filter((folder) => !isUsual(folder))
    .flatMap((folder) => usual.map((name) => joinPath(folder, name)));
  const found = await mapLimit(below, atOnce, async (path) => (await tree.at(path))?.kind === "dir");
  return [...top.filter(isUsual), ...below.filter((_, index) => found[index])];
}

function isUsual(name: string): boolean {
  return usual.includes(name.toLowerCase());
}

function isManifest(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/** The objects in a text; a text that is no YAML has none. */
function objectsIn(text: string, file: string): readonly FluxKustomization[] {
  if (!text.includes(group)) return [];
  return yamlValues(text).flatMap((value) => {
    const { data } = object.safeParse(value);
    const path = data === undefined ? undefined : resolvePath("", data.spec.path.replace(/^\/+/, ""));
    if (data === undefined || path === undefined) return [];
    return [{ ...data.metadata, path, suspended: data.spec.suspend, file }];
  });
}
