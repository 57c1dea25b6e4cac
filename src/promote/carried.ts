import { matchNames } from "../change/images/match.ts";
import { carriedVersions, imageVersions } from "../change/versions.ts";
import type { EnvironmentSettings } from "../config/index.ts";
import type { VersionChange } from "../model/promotion.ts";
import type { Render, Renderer, RenderSource } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import type { Repository } from "../model/tree.ts";
import { isVersionKey, type Order, orderOf } from "../model/versions.ts";
import { pathValues } from "./strategies/paths.ts";

/**
 * What a target has of that which promotions take: versions by what has them, named as in `VersionChange.image`. Of
 * `directory`, and of a target without any version, that is the whole render.
 */
export type Carried = ReadonlyMap<string, string>;

/** Whose versions are read, and with what. `to` is the environment that the promotion goes to. */
export interface CarriedRequest {
  readonly repository: Repository;
  readonly renderer: Renderer;
  readonly target: Target;
  readonly to: string;
  readonly settings: EnvironmentSettings["promote"];
  readonly signal: AbortSignal;
}

/** What a target has at a commit; `undefined` where it cannot be rendered or the commit is not known. */
export async function carriedAt(request: CarriedRequest, commit: string): Promise<Carried | undefined> {
  const { repository, renderer, target, signal } = request;
  if ((await repository.objects.read(commit))?.kind !== "commit") return undefined;
  const at = { tree: await repository.tree(commit), objects: repository.objects };
  return carriedIn(request, await renderer.render(target.render, at, signal), at);
}

async function carriedIn(
  { target, to, settings }: CarriedRequest,
  render: Render,
  at: RenderSource,
): Promise<Carried | undefined> {
  if (!render.ok) return undefined;
  const found = new Map(await versionsOf(target, render, at, settings.strategy));
  if (settings.strategy !== "directory") {
    const values = await pathValues({ target, at, render }, settings.paths ?? [], to);
    for (const [name, value] of values) found.set(name, value);
  }
  if (settings.strategy === "directory" || found.size === 0) found.set(wholeRender, render.digest);
  return found;
}

/** The versions that a render and the files that it read say. */
async function versionsOf(
  target: Target,
  render: Extract<Render, { ok: true }>,
  at: RenderSource,
  strategy: EnvironmentSettings["promote"]["strategy"],
): Promise<Carried> {
  const all = strategy === "images" ? await carriedVersions(target, render, at) : imageVersions(render.resources());
  return new Map(all.map(({ image, versions }) => [image, versions.join(", ")]));
}

/** What `directory` carries, and what is compared where there is no version. */
export const wholeRender = "directory";

/** The versions that these changes are about; all where none of them is known by its name. */
export function carriedOf(carried: Carried, changes: readonly Pick<VersionChange, "image">[]): Carried {
  const pairs = matchNames(
    changes.map(({ image }) => image),
    [...carried.keys()],
  );
  const names = new Set(pairs.map(({ there }) => there));
  return names.size === 0 ? carried : new Map([...carried].filter(([name]) => names.has(name)));
}

/** How a set of versions stands to another one. `unknown`: they differ and cannot be ordered. */
export function compareCarried(now: Carried, then: Carried): Order {
  const changes = [...new Set([...now.keys(), ...then.keys()])].map((image) => {
    return { image, from: then.get(image) ?? "", to: now.get(image) ?? "" };
  });
  const different = changes.filter(({ from, to }) => from !== to);
  if (different.length === 0) return "same";
  // What goes with a version, such as a value or the rest of a folder, has no order of its own.
  const orders = different.filter(isVersion).map(orderOfChange);
  if (orders.includes("older")) return "older";
  return orders.length > 0 && orders.every((order) => order === "newer") ? "newer" : "unknown";
}

function isVersion({ image }: Pick<VersionChange, "image">): boolean {
  return image !== wholeRender && (!image.includes(": ") || isVersionKey(image));
}

/** What `to` is, seen from `from`. Values of `paths` have an order only where their key says that they are versions. */
export function orderOfChange(change: VersionChange): Order {
  if (change.from === change.to) return "same";
  return isVersion(change) ? orderOf(change.to, change.from) : "unknown";
}

/** Whether a change of versions takes any of them back. */
export function goesBack(changes: readonly VersionChange[]): boolean {
  return changes.some((change) => orderOfChange(change) === "older");
}
