import { type ComputedChange, computeChange, type Intent } from "../change/compute.ts";
import type { Dependents } from "../change/dependents.ts";
import { textsOf, versionChanges } from "../change/images/expected-changes.ts";
import type { ImageRequest } from "../change/images/image-request.ts";
import { type ImageUse, imageUses, useKey } from "../change/images/image-uses.ts";
import { type SetImages, setImages } from "../change/images/set-images.ts";
import type { ChangePlan, RenderedTarget } from "../change/rendered-target.ts";
import { StagedFiles } from "../change/staged-files.ts";
import { toItems } from "../diff/item.ts";
import { findSettings, type ImageReference, printImage } from "../edit/find/index.ts";
import { UserError } from "../model/errors.ts";
import { canonicalImage } from "../model/registry.ts";
import type { Renderer } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import type { Repository } from "../model/tree.ts";
import { setMarked, type WrittenMarkers } from "./flux-markers.ts";

/** What one target is to have of one image. */
export interface WantedBump {
  /** As `canonicalImage` writes it. */
  readonly image: string;
  readonly tag: string;
  readonly digest: string;
  /** Values behind the markers of this policy (`namespace:name`) get it too. */
  readonly marker?: string;
  /** What is written; see `pinned`. */
  readonly pin: Pin;
  /** Whether a place that has this now is to be changed. */
  moves(now: ImageReference): boolean;
}

/** What is written of a version: the tag, the digest, or both. */
export type Pin = "tag" | "digest" | "both";

/** A target with what it is to have. */
export interface TargetBump {
  readonly target: Target;
  readonly wanted: readonly WantedBump[];
}

/** What bumps are computed from. */
export interface BumpInput {
  readonly repository: Repository;
  /** The commit whose files are edited. */
  readonly base: string;
  readonly bumps: readonly TargetBump[];
  readonly allTargets: readonly Target[];
  readonly renderer: Renderer;
  readonly signal: AbortSignal;
}

/**
 * Edits the files that set the images and proves that nothing but the images changes in the renders. Targets that
 * cannot be edited are refused with the reason.
 */
export function computeBump(input: BumpInput): Promise<ComputedChange> {
  const intents = input.bumps.map(({ target, wanted }): Intent => {
    return { target, plan: async (rendered, dependents) => planTarget(await rendered, wanted, dependents) };
  });
  return computeChange({ ...input, intents });
}

/** The places of a render that show one of these images, by `canonicalImage`. */
export function usesOf({ render }: Pick<RenderedTarget, "render">, images: ReadonlySet<string>): readonly ImageUse[] {
  return imageUses(toItems(render.resources())).filter(({ name }) => images.has(canonicalImage(name)));
}

async function planTarget(
  target: RenderedTarget,
  wanted: readonly WantedBump[],
  dependents: Dependents,
): Promise<ChangePlan> {
  const byImage = new Map(wanted.map((one) => [one.image, one]));
  const requests = usesOf(target, new Set(byImage.keys())).flatMap((use): ImageRequest[] => {
    const bump = byImage.get(canonicalImage(use.name));
    if (bump === undefined || !bump.moves(use.image)) return [];
    return [{ use, wanted: pinned(use.image, bump), renames: false }];
  });
  const differing = requests.filter(({ use, wanted: image }) => printImage(image) !== printImage(use.image));
  const staged = new StagedFiles(target.at.tree);
  const marked = await writeMarked(target, wanted, dependents, staged);
  const { written, notes } = await writeImages(target, differing, dependents, staged, marked.versions.length > 0);
  const versions = [...versionChanges(written), ...marked.versions];
  return {
    versions: [...new Map(versions.map((change) => [JSON.stringify(change), change])).values()],
    changes: staged.changes(),
    notes,
    expected: {
      images: new Map(written.map((request) => [useKey(request.use), printImage(request.wanted)])),
      names: new Map(),
      texts: [...written.flatMap(textsOf), ...marked.texts],
      beyond: "nothing",
    },
  };
}

/** Where markers brought a version, they may set what no other found setting sets: the proof decides. */
async function writeImages(
  target: RenderedTarget,
  differing: readonly ImageRequest[],
  dependents: Dependents,
  staged: StagedFiles,
  marked: boolean,
): Promise<SetImages> {
  const found = await findSettings(target.target.render, target.render.trace, target.at.tree);
  const besides = { charts: false, values: false };
  try {
    return await setImages(differing, { target, dependents, found, source: found, staged, besides });
  } catch (error) {
    if (marked && error instanceof UserError) return { written: differing, notes: [] };
    throw error;
  }
}

async function writeMarked(
  target: RenderedTarget,
  wanted: readonly WantedBump[],
  dependents: Dependents,
  staged: StagedFiles,
): Promise<WrittenMarkers> {
  const all: WrittenMarkers[] = [];
  for (const bump of wanted) {
    if (bump.marker === undefined) continue;
    const fresh = (now: ImageReference) => (bump.moves(now) ? pinned(now, bump) : undefined);
    all.push(await setMarked(target, bump.marker, bump.image, fresh, { dependents, staged }));
  }
  return { versions: all.flatMap(({ versions }) => versions), texts: all.flatMap(({ texts }) => texts) };
}

/** A digest that stands beside a tag is never left behind: it wins over the tag wherever both are. */
export function pinned(
  now: ImageReference,
  { tag, digest, pin }: Pick<WantedBump, "tag" | "digest" | "pin">,
): ImageReference {
  switch (pin) {
    case "tag":
      return { name: now.name, tag, digest: now.digest === "" ? "" : digest };
    case "digest":
      return { name: now.name, tag: "", digest };
    case "both":
      return { name: now.name, tag, digest };
    default:
      return pin satisfies never;
  }
}
