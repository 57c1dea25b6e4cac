import { type ComputedChange, computeChange, type Intent } from "../change/compute.ts";
import type { Dependents } from "../change/dependents.ts";
import { textsOf, versionChanges } from "../change/images/expected-changes.ts";
import type { ImageRequest } from "../change/images/image-request.ts";
import { type ImageUse, imageUses, useKey } from "../change/images/image-uses.ts";
import { leftBehind } from "../change/images/left-behind.ts";
import { type SetContext, type SetImages, setImages } from "../change/images/set-images.ts";
import { ownResources } from "../change/own-resources.ts";
import type { ChangePlan, Probe, RenderedTarget } from "../change/rendered-target.ts";
import { StagedFiles } from "../change/staged-files.ts";
import { shortVersion } from "../change/text/version.ts";
import { toItems } from "../diff/item.ts";
import { findSettings, type ImageReference, printImage, versionOf } from "../edit/find/index.ts";
import { UserError } from "../model/errors.ts";
import type { VersionChange } from "../model/promotion.ts";
import { canonicalImage } from "../model/registry.ts";
import type { Renderer, Resource } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import type { Repository } from "../model/tree.ts";
import { setMarked, type WrittenMarkers } from "./flux-markers.ts";
import type { ImageMetadata } from "./text/metadata.ts";

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
  /** Sentences for people about what stays. */
  readonly notes?: readonly string[];
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
  const intents = input.bumps.map(({ target, wanted, notes = [] }): Intent => {
    return {
      target,
      plan: async (rendered, dependents, probe) => {
        const plan = await planTarget(await rendered, wanted, dependents, probe);
        return { ...plan, notes: [...notes, ...plan.notes] };
      },
    };
  });
  return computeChange({ ...input, intents });
}

/** The places of a render that show one of these images, by `canonicalImage`. */
export function usesOf(
  { target, render }: Pick<RenderedTarget, "target" | "render">,
  images: ReadonlySet<string>,
): readonly ImageUse[] {
  return imageUses(toItems(ownResources(target, render.resources()))).filter(({ name }) =>
    images.has(canonicalImage(name)),
  );
}

async function planTarget(
  target: RenderedTarget,
  wanted: readonly WantedBump[],
  dependents: Dependents,
  probe: Probe,
): Promise<ChangePlan> {
  const requests = usesOf(target, new Set(wanted.map(({ image }) => image))).flatMap((use): ImageRequest[] => {
    const name = canonicalImage(use.name);
    const bump = wanted.find(({ image, moves }) => image === name && moves(use.image));
    return bump === undefined ? [] : [{ use, wanted: pinned(use.image, bump), renames: false }];
  });
  const differing = requests.filter(({ use, wanted: image }) => printImage(image) !== printImage(use.image));
  const staged = new StagedFiles(target.at.tree);
  const marked = await writeMarked(target, wanted, dependents, staged);
  const context = { dependents, staged, probe, fix: unsetFix(wanted) };
  const { written, notes } = await writeImages(target, differing, context, marked.versions.length > 0);
  const versions = [...versionChanges(written), ...marked.versions];
  return {
    versions: [...new Map(versions.map((change) => [JSON.stringify(change), change])).values()],
    changes: staged.changes(),
    notes,
    fix: "Make that change with a pull request of your own first.",
    remarks: (after) => leftNotes(after, written),
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
  context: Pick<SetContext, "dependents" | "staged" | "probe" | "fix">,
  marked: boolean,
): Promise<SetImages> {
  const { declaration, render } = target.target;
  const found = await findSettings(render, target.render.trace, target.at.tree, { declaration });
  const besides = { charts: false, values: false };
  try {
    return await setImages(differing, { ...context, target, found, source: found, besides });
  } catch (error) {
    if (marked && error instanceof UserError) return { written: differing, notes: [] };
    throw error;
  }
}

/** What works for a value whose name no rule knows. */
function unsetFix(wanted: readonly WantedBump[]): string {
  const name = wanted[0]?.image.split("/").at(-1) ?? "web";
  const policy = wanted.find(({ marker }) => marker !== undefined)?.marker ?? `flux-system:${name}`;
  return `Mark the value with the comment \`# {"$imagepolicy": "${policy}:tag"}\`, and name the policy in the entry: \`marker: ${policy}\`.`;
}

/** Where the render still has what was replaced: a half update is never silent. */
function leftNotes(after: readonly Resource[], written: readonly ImageRequest[]): readonly string[] {
  const replaced = written.filter(({ use, wanted }) => printImage(use.image) !== printImage(wanted));
  const left = leftBehind(
    toItems(after),
    replaced.map(({ use }) => use.image),
  );
  return left.map(({ place, image }) => `${place} still has ${shortVersion(versionOf(image))}: ${leftFix}`);
}

const leftFix = "Sluice does not know that it sets an image. Change it by hand, or mark it with `marker`.";

/** Whether a note is one of those about what was left behind. */
export function isLeftNote(note: string): boolean {
  return note.endsWith(leftFix);
}

/** The places of a render that still have what a planned change replaces, as uses that stay. */
export function leftUses(after: readonly Resource[], changes: readonly VersionChange[]): ImageMetadata["stays"] {
  const replaced = changes.flatMap(({ image, from }) => {
    const [tag = "", digest = ""] = from.split("@");
    return from === "" ? [] : [{ name: image, tag, digest }];
  });
  return leftBehind(toItems(after), replaced).map(({ place, image }) => ({
    place,
    at: shortVersion(versionOf(image)),
    why: "Sluice does not know that it sets an image",
    fix: "Change it by hand, or mark it with `marker`.",
    half: true,
  }));
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
