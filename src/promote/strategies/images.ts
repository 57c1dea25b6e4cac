import { toItems } from "../../diff/item.ts";
import { type FoundSettings, findSettings, printImage, versionOf } from "../../edit/find/index.ts";
import type { VersionChange } from "../../model/promotion.ts";
import { type Replacement, versionForms } from "../proof-text.ts";
import { carryCharts } from "./charts.ts";
import { Drafts } from "./drafts.ts";
import { type ImageUse, imageUses, useKey } from "./image-uses.ts";
import { orderOf } from "./order.ts";
import { carryPaths } from "./paths.ts";
import { setImages } from "./set-images.ts";
import type { Side, StrategyInput, StrategyPlan } from "./strategy.ts";
import { type ImageSide, type Wish, wishesFor } from "./wishes.ts";
import { listed } from "./words.ts";

/**
 * Carries the versions of images and charts that the source has, and the values that `paths` names. Each is set where the target's own files set it; where only a file that others share does, it is set anew in
 * a file of the target's own.
 */
export async function planImages(input: StrategyInput): Promise<StrategyPlan> {
  const found = await settingsOf(input.target);
  const source = sourceMatters(input, found) ? await settingsOf(input.source) : nothing;
  const drafts = new Drafts(input.target.at.tree);
  const charts = await carryCharts(input, found, source, drafts);
  const { wishes, lacking } = wishesFor(imageSide(input.target, found), imageSide(input.source, source));
  const differing = wishes.filter(({ use, wanted }) => printImage(wanted) !== printImage(use.image));
  const values = await carryPaths(input, drafts);
  const besides = { charts: charts.versions.length > 0, values: values.versions.length > 0 };
  const { written, notes } = await setImages(differing, { input, found, source, drafts, besides });
  const images = imageVersions(written);
  const kept = wishes.filter((wish) => written.includes(wish) || !differing.includes(wish));
  return {
    versions: [...images, ...charts.versions, ...values.versions],
    changes: [...drafts.changes(), ...charts.changes],
    notes: [...notes, ...charts.notes, ...backwards(images, input), ...lackingNote(lacking, wishes, input)],
    expected: {
      images: new Map(written.map(({ use, wanted }) => [useKey(use), printImage(wanted)])),
      names: new Map(kept.map(({ use, wanted }) => [use.name, printImage(wanted)])),
      texts: [...written.flatMap(textsOf), ...values.texts],
      beyond: besides.charts ? "everything" : besides.values ? "values" : "nothing",
    },
  };
}

const nothing: FoundSettings = { settings: [], problems: [], kustomizations: [], valueFiles: [] };

/** Whether the source's files have to be read besides its render: for charts, for values, and for images that go by another name there. */
function sourceMatters({ source, target }: StrategyInput, { settings }: FoundSettings): boolean {
  if (settings.some(({ form }) => form !== "kustomize-image" && form !== "manifest")) return true;
  const there = new Set(usesOf(source).map(({ name }) => name));
  return usesOf(target).some(({ name }) => !there.has(name));
}

function usesOf({ render }: Side): readonly ImageUse[] {
  return imageUses(toItems(render.resources()));
}

function settingsOf({ target, at, render }: Side): Promise<FoundSettings> {
  return findSettings(target.render, render.trace, at.tree);
}

function imageSide(side: Side, { settings }: FoundSettings): ImageSide {
  return { id: side.target.id, uses: usesOf(side), settings };
}

/** One line for each image and pair of versions. */
function imageVersions(changing: readonly Wish[]): readonly VersionChange[] {
  const changes = changing.map(({ use, wanted, renames }): VersionChange => {
    return { image: use.name, from: use.version, to: renames ? printImage(wanted) : versionOf(wanted) };
  });
  return [...new Map(changes.map((change) => [JSON.stringify(change), change])).values()];
}

/** What may follow an image's version in other fields. */
function textsOf({ use, wanted }: Wish): readonly Replacement[] {
  const { image } = use;
  return [
    [use.text, printImage(wanted)],
    ...versionForms(use.version, versionOf(wanted)),
    ...versionForms(image.tag, wanted.tag),
    ...versionForms(image.digest, wanted.digest),
    ...versionForms(image.digest.replace(/^sha256:/, ""), wanted.digest.replace(/^sha256:/, "")),
    ...(image.name === wanted.name ? [] : [[image.name, wanted.name] as const]),
  ];
}

function backwards(images: readonly VersionChange[], { pair }: StrategyInput): readonly string[] {
  if (pair.source.id === pair.target.id) return [];
  return images
    .filter(({ from, to }) => orderOf(to, from) === "older")
    .map(({ image, from, to }) => `\`${image}\` goes back: ${to} is older than ${from}.`);
}

function lackingNote(lacking: readonly string[], wishes: readonly Wish[], { pair }: StrategyInput): readonly string[] {
  if (wishes.length === 0) return [`Neither ${pair.source.id} nor ${pair.target.id} has an image.`];
  return lacking.length === 0 ? [] : [`Only ${pair.source.id} has ${listed(lacking)}: that is not carried.`];
}
