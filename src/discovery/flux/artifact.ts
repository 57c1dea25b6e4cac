import { byText, isAtOrBelow, joinPath, lastName, parentPath } from "../../model/paths.ts";
import type { World } from "../follower.ts";
import { type Origin, originOf } from "./origin.ts";
import { type ArtifactCopy, type ArtifactGenerator, artifactGeneratorSchema, type SourceReference } from "./schema.ts";

/** The API group of Flux's source-watcher. */
export const artifactGroup = "source.extensions.fluxcd.io";

/** Where the files of a Kustomization are: a source, or a folder of one that an artifact has at its root. */
export type FileOrigin = Origin & { readonly folder?: string; readonly moved?: Moved };

/** A folder of an artifact, and the folder of the source whose children are there. */
interface Moved {
  readonly from: string;
  readonly to: string;
}

/** Where a folder of the artifact is in the source; `undefined` for one that is not copied there. */
export function placeInSource(path: string, { moved }: FileOrigin): string | undefined {
  if (moved === undefined) return path;
  return isAtOrBelow(path, moved.from) ? joinPath(moved.to, path.slice(moved.from.length + 1)) : undefined;
}

/** As `originOf`; an `ExternalArtifact` is traced back to the source that an `ArtifactGenerator` copies it from. */
export function filesOf(reference: SourceReference, namespace: string, world: World): FileOrigin {
  if (reference.kind !== "ExternalArtifact") return originOf(reference, namespace, world);
  const place = reference.namespace === "" ? namespace : reference.namespace;
  for (const generator of world.objects(artifactGroup, "ArtifactGenerator")) {
    const { data } = artifactGeneratorSchema.safeParse(generator.object);
    const artifact = data?.spec.artifacts.find(({ name }) => name === reference.name);
    if (data !== undefined && artifact !== undefined && generator.namespace === place) {
      return copiedFrom(artifact, data.spec.sources, place, world);
    }
  }
  return unusable(`no \`ArtifactGenerator\` here makes the \`ExternalArtifact\` \`${place}/${reference.name}\``);
}

type Artifact = ArtifactGenerator["spec"]["artifacts"][number];

function copiedFrom(
  { name, copy }: Artifact,
  sources: ArtifactGenerator["spec"]["sources"],
  namespace: string,
  world: World,
): FileOrigin {
  const nested = nestedCopy(copy);
  const layout = nested ?? layoutOf(copy);
  if (layout === undefined) {
    return unusable(`the artifact \`${name}\` is not one folder of one source with \`**\`, as it stands there`);
  }
  const source = sources.find(({ alias }) => alias === layout.alias);
  if (source === undefined)
    return unusable(`the artifact \`${name}\` copies from \`@${layout.alias}\`, which is no source`);
  const origin = originOf(source, namespace, world);
  if (origin.kind === "unusable" || (layout.folder === "" && layout.kept.includes(""))) return origin;
  if (origin.ignore !== undefined) {
    return unusable(
      `the artifact \`${name}\` is made of a source with \`ignore\`, whose rules are those of another root`,
    );
  }
  const ignore = layout.kept.includes("") ? {} : { ignore: allBut(layout.kept) };
  const above = "folder" in origin ? (origin.folder ?? "") : "";
  const moved = nested === undefined ? {} : { moved: nested.moved };
  return { ...origin, ...ignore, ...moved, folder: joinPath(above, layout.folder) };
}

interface Layout {
  readonly alias: string;
  /** The folder of the source that is the artifact's root. */
  readonly folder: string;
  /** The folders of it that are copied; `""` is all of it. */
  readonly kept: readonly string[];
}

/**
 * One folder that is copied to a place of its own name: a folder becomes a child of the place, so that
 * `@alias/apps/web/` to `@artifact/apps/web/` is `apps/web/web`.
 */
function nestedCopy(copies: readonly ArtifactCopy[]): (Layout & { readonly moved: Moved }) | undefined {
  const [only, ...others] = copies;
  if (only === undefined || others.length > 0 || only.exclude.length > 0 || !isPlain(only)) return undefined;
  const [, alias, whole] = /^@([\w-]+)\/([\w./-]+)\/$/.exec(only.from) ?? [];
  const [, place] = /^@artifact\/([\w./-]+?)\/?$/.exec(only.to) ?? [];
  if (alias === undefined || whole === undefined || place === undefined) return undefined;
  if (!isInside(whole) || !isInside(place) || whole.startsWith(`${place}/`)) return undefined;
  if (lastName(whole) !== lastName(place)) return undefined;
  return { alias, folder: "", kept: [whole], moved: { from: place, to: parentPath(whole) } };
}

function isPlain({ strategy }: ArtifactCopy): boolean {
  return strategy === "" || strategy === "Overwrite";
}

/** Whether a path names folders only, none of them `.` or `..`. */
function isInside(path: string): boolean {
  return /^(?:(?!\.{1,2}(?:\/|$))[^/]+(?:\/|$))+$/.test(path);
}

/** What the copies are together, where each folder keeps its place below one folder of one source. */
function layoutOf(copies: readonly ArtifactCopy[]): Layout | undefined {
  const [first, ...others] = copies.map(folderCopy);
  if (first === undefined) return undefined;
  const kept = [first.to];
  for (const other of others) {
    if (other === undefined || other.alias !== first.alias || other.folder !== first.folder) return undefined;
    kept.push(other.to);
  }
  return { alias: first.alias, folder: first.folder, kept };
}

/** `@alias/apps/base/**` to `@artifact/base/` is the folder `base` of `apps`. */
function folderCopy(copy: ArtifactCopy) {
  const { from, to, exclude } = copy;
  const source = /^@([\w-]+)\/(?:([\w./-]+)\/)?\*\*$/.exec(from);
  const target = /^@artifact\/?([\w./-]*)$/.exec(to);
  const alias = source?.[1];
  if (alias === undefined || target === null || exclude.length > 0 || !isPlain(copy)) return undefined;
  const [whole, place] = [source?.[2] ?? "", (target[1] ?? "").replace(/\/+$/, "")];
  if ([whole, place].some((path) => path !== "" && !isInside(path))) return undefined;
  if (place === "") return { alias, folder: whole, to: place };
  if (whole === place) return { alias, folder: "", to: place };
  return whole.endsWith(`/${place}`) ? { alias, folder: whole.slice(0, -place.length - 1), to: place } : undefined;
}

/** Rules that leave out everything but some folders: a rule cannot bring back what is in a folder that is left out. */
function allBut(folders: readonly string[]): string {
  const kept = folders.filter((one) => !folders.some((other) => one.startsWith(`${other}/`)));
  const shown = [...new Set(kept.flatMap(withParents))].sort(byDepth);
  const parents = [...new Set(shown.map(parentPath))].sort(byDepth);
  return parents
    .flatMap((parent) => [
      `/${joinPath(parent, "*")}`,
      ...shown.filter((one) => parentPath(one) === parent).map((one) => `!/${one}/`),
    ])
    .join("\n");
}

function withParents(path: string): readonly string[] {
  return path === "" ? [] : [...withParents(parentPath(path)), path];
}

function byDepth(a: string, b: string): number {
  return a.split("/").length - b.split("/").length || byText(a, b);
}

function unusable(reason: string): FileOrigin {
  return { kind: "unusable", reason };
}
