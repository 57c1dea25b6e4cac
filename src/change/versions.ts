import { toItems } from "../diff/item.ts";
import { findSettings } from "../edit/find/index.ts";
import type { VersionChange } from "../model/promotion.ts";
import type { Render, Renderer, RenderFailure, RenderSource, Resource } from "../model/render.ts";
import { ownPaths, type Target } from "../model/target.ts";
import type { CommitFacts, Repository } from "../model/tree.ts";
import { type Order, orderOf } from "../model/versions.ts";
import { imageUses } from "./images/image-uses.ts";
import { matchNames } from "./images/match.ts";
import { ownResources } from "./own-resources.ts";
import { settingVersions } from "./setting-versions.ts";

/** An image with every version of it that a render has; or what has a version besides, such as a chart. */
export interface ImageVersions {
  /** Without tag and digest. What is no image is named as in `settingVersions`: `chart web`. */
  readonly image: string;
  /** Distinct, sorted. */
  readonly versions: readonly string[];
}

/** The images of a render by name, sorted. */
export function imageVersions(resources: readonly Resource[]): readonly ImageVersions[] {
  const byName = Map.groupBy(imageUses(toItems(resources)), ({ name }) => name);
  return [...byName]
    .map(([image, uses]) => ({ image, versions: [...new Set(uses.map(({ version }) => version))].sort() }))
    .sort((a, b) => (a.image < b.image ? -1 : 1));
}

const known = new WeakMap<Render, Promise<readonly ImageVersions[]>>();

/**
 * The versions that a promotion carries: of the images of a render, and of charts and values that the files which it
 * read say besides.
 */
export async function carriedVersions(
  target: Target,
  render: Extract<Render, { readonly ok: true }>,
  { tree }: RenderSource,
): Promise<readonly ImageVersions[]> {
  const read = async (): Promise<readonly ImageVersions[]> => {
    const { declaration, environment } = target;
    const found = settingVersions(await findSettings(target.render, render.trace, tree, { declaration }), environment);
    const besides = [...Map.groupBy(found, ({ name }) => name)].map(([image, some]) => {
      return { image, versions: [...new Set(some.map(({ version }) => version))].sort() };
    });
    return [...imageVersions(ownResources(target, render.resources())), ...besides];
  };
  return known.getOrInsertComputed(render, read);
}

/** The images of which two renders of one target have different versions. */
export function changedImages(before: readonly Resource[], after: readonly Resource[]): readonly VersionChange[] {
  const [old, fresh] = [versionsByName(before), versionsByName(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  return names.flatMap((image) => {
    const [from, to] = [old.get(image) ?? "", fresh.get(image) ?? ""];
    return from === to ? [] : [{ image, from, to }];
  });
}

function versionsByName(resources: readonly Resource[]): ReadonlyMap<string, string> {
  return new Map(imageVersions(resources).map(({ image, versions }) => [image, versions.join(", ")]));
}

/** What version a target is at, or why it is not known. `digest` is the render's; images as in `carriedVersions`. */
export type TargetVersion =
  | { readonly ok: true; readonly digest: string; readonly images: readonly ImageVersions[] }
  | { readonly ok: false; readonly digest: string; readonly failure: RenderFailure };

/** What version a target is at in one tree. */
export async function versionsIn(
  target: Target,
  source: RenderSource,
  renderer: Renderer,
  signal: AbortSignal,
): Promise<TargetVersion> {
  return versionOf(target, await renderer.render(target.render, source, signal), source);
}

/** What version a target is at in one commit. */
export async function versionsAt(
  {
    repository,
    renderer,
    signal,
  }: { readonly repository: Repository; readonly renderer: Renderer; readonly signal: AbortSignal },
  target: Target,
  commit: string,
): Promise<TargetVersion> {
  return versionsIn(target, { tree: await repository.tree(commit), objects: repository.objects }, renderer, signal);
}

async function versionOf(target: Target, render: Render, source: RenderSource): Promise<TargetVersion> {
  const { digest } = render;
  if (!render.ok) return { ok: false, digest, failure: render.failure };
  return { ok: true, digest, images: await carriedVersions(target, render, source) };
}

/**
 * Whether two targets, or one at two commits, have the same images and charts in the same versions; without any:
 * whether they render the same. Targets that do not render are at no version.
 */
export function sameVersions(a: TargetVersion, b: TargetVersion): boolean {
  if (!a.ok || !b.ok) return false;
  if (a.digest === b.digest) return true;
  if (a.images.length === 0 && b.images.length === 0) return false;
  const text = (version: typeof a): string =>
    JSON.stringify(version.images.map(({ image, versions }) => [image, versions]));
  return text(a) === text(b);
}

/** How a target compares with its source. `differing`: the images of both of which the versions differ. */
export interface VersionComparison {
  readonly state: "same" | "behind" | "ahead" | "differs" | "unknown";
  readonly differing: readonly { readonly image: string; readonly here: string; readonly there: string }[];
  /** Images of the source that the target lacks. */
  readonly lacking: readonly string[];
}

/** Compares a target's version with that of the target that it promotes from. */
export function compareVersions(here: TargetVersion, there: TargetVersion): VersionComparison {
  if (!here.ok || !there.ok) return { state: "unknown", differing: [], lacking: [] };
  const names = (version: typeof here): readonly string[] => version.images.map(({ image }) => image);
  const pairs = matchNames(names(here), names(there));
  const versionsOf = (version: typeof here, name: string): readonly string[] =>
    version.images.find(({ image }) => image === name)?.versions ?? [];
  const differing = pairs.flatMap((pair) => {
    const [ours, theirs] = [versionsOf(here, pair.here), versionsOf(there, pair.there)];
    const [one, other] = [ours.join(", "), theirs.join(", ")];
    return one === other ? [] : [{ image: pair.here, here: one, there: other }];
  });
  const matched = new Set(pairs.map((pair) => pair.there));
  const lacking = names(there).filter((name) => !matched.has(name));
  return { state: stateOf(differing.map((one) => orderOf(one.here, one.there))), differing, lacking };
}

function stateOf(orders: readonly Order[]): VersionComparison["state"] {
  if (orders.length === 0) return "same";
  if (orders.every((order) => order === "older")) return "behind";
  return orders.every((order) => order === "newer") ? "ahead" : "differs";
}

/** A commit at which a target had an earlier version. */
export interface EarlierVersion {
  readonly commit: CommitFacts;
  readonly version: Extract<TargetVersion, { readonly ok: true }>;
}

/** Where and how far back earlier versions are searched. */
export interface HistoryRequest {
  readonly repository: Repository;
  readonly renderer: Renderer;
  readonly target: Target;
  /** Where the present version is. */
  readonly commit: string;
  readonly signal: AbortSignal;
  /** How many commits are read, at most; 200 by default. */
  readonly limit?: number;
  /** Whatever renders differently is another version, even with the same images. */
  readonly exact?: boolean;
}

/**
 * The versions that a target had before, newest first: for each the newest commit of the branch that had it. Only
 * commits that changed what the target reads now are looked at, and those at which it does not render are passed over.
 * A version that came back is given again.
 */
export async function* earlierVersions(request: HistoryRequest): AsyncGenerator<EarlierVersion, void, void> {
  const { repository, renderer, target, commit, signal, limit = 200, exact = false } = request;
  const source = { tree: await repository.tree(commit), objects: repository.objects };
  const present = await renderer.render(target.render, source, signal);
  let last = await versionOf(target, present, source);
  const log = await repository.log({ to: commit, paths: inputsOf(target, present), firstParent: true, limit });
  for (const facts of log.slice(1)) {
    const version = await versionsAt(request, target, facts.sha);
    const same = exact ? version.digest === last.digest : sameVersions(version, last);
    if (!version.ok || same) continue;
    last = version;
    yield { commit: facts, version };
  }
}

/**
 * The commit with which a target came to what it renders to at `commit`; `undefined` where it is older than what is
 * read.
 */
export async function arrivalOf(request: HistoryRequest): Promise<CommitFacts | undefined> {
  const { repository, renderer, target, commit, signal, limit = 50 } = request;
  const source = { tree: await repository.tree(commit), objects: repository.objects };
  const present = await renderer.render(target.render, source, signal);
  const log = await repository.log({ to: commit, paths: inputsOf(target, present), firstParent: true, limit });
  for (const [index, facts] of log.entries()) {
    const older = log[index + 1];
    if (older === undefined) return log.length < limit ? facts : undefined;
    if ((await versionsAt(request, target, older.sha)).digest !== present.digest) return facts;
  }
  return undefined;
}

/** How many paths are asked for by name; a target that reads more is followed by its folder and those. */
const maxInputs = 500;

/** What the target reads, and where it is at home: the paths whose commits may have changed it. Empty: all of them. */
export function inputsOf(target: Target, { trace }: Pick<Render, "trace">): readonly string[] {
  const read = trace.flatMap(([path, kind]) => (kind === "file" || kind === "tree" ? [path] : []));
  const all = new Set([...ownPaths(target), ...read.slice(0, maxInputs)]);
  // The root stands for everything, and Git takes no empty path.
  return all.has("") ? [] : [...all];
}
