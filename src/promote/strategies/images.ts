import { textsOf, versionChanges } from "../../change/images/expected-changes.ts";
import type { ImageRequest } from "../../change/images/image-request.ts";
import { type ImageUse, imageUses, useKey } from "../../change/images/image-uses.ts";
import { setImages } from "../../change/images/set-images.ts";
import { ownResources } from "../../change/own-resources.ts";
import type { ChangePlan, RenderedTarget } from "../../change/rendered-target.ts";
import { settingVersions } from "../../change/setting-versions.ts";
import { StagedFiles } from "../../change/staged-files.ts";
import { toItems } from "../../diff/item.ts";
import { type FoundSettings, findSettings, printImage } from "../../edit/find/index.ts";
import type { VersionChange } from "../../model/promotion.ts";
import type { Resource } from "../../model/render.ts";
import { codeList } from "../../model/text/markdown.ts";
import { orderOf } from "../../model/versions.ts";
import { carryCharts } from "./charts.ts";
import { leftInReleases } from "./left-in-releases.ts";
import { carryPaths } from "./paths.ts";
import { requestsFor, type TargetImages } from "./requests.ts";
import type { StrategyInput } from "./strategy.ts";

/**
 * Carries the versions of images and charts that the source has, and the values that `paths` names. Each is set where
 * the target's own files set it; where only a file that others share does, it is set again in a file of the target's
 * own.
 */
export async function planImages(input: StrategyInput): Promise<ChangePlan> {
  const found = await settingsOf(input.target);
  const source = sourceMatters(input, found) ? await settingsOf(input.source) : nothing;
  const staged = new StagedFiles(input.target.at.tree);
  const charts = await carryCharts(input, found, source, staged);
  const { requests, lacking } = requestsFor(imagesOf(input.target, found), imagesOf(input.source, source));
  const differing = requests.filter(({ use, wanted }) => printImage(wanted) !== printImage(use.image));
  const values = await carryPaths(input, staged);
  const besides = { charts: charts.charts, values: values.versions.length > 0 };
  const { written, notes } = await setImages(differing, {
    target: input.target,
    dependents: input.dependents,
    found,
    source,
    staged,
    besides,
  });
  const images = versionChanges(written);
  const kept = requests.filter((request) => written.includes(request) || !differing.includes(request));
  return {
    versions: [...images, ...charts.versions, ...values.versions],
    changes: [...staged.changes(), ...charts.changes],
    notes: [
      ...(staged.changes().length + charts.changes.length === 0 ? leftIn(input.target.render.resources(), input) : []),
      ...notes,
      ...charts.notes,
      ...backwards(images, input),
      ...lackingNote(lacking, requests, input, found),
    ],
    remarks: (after) => leftIn(after, input),
    expected: {
      images: new Map(written.map(({ use, wanted }) => [useKey(use), printImage(wanted)])),
      names: new Map(kept.map(({ use, wanted }) => [use.name, printImage(wanted)])),
      texts: [...written.flatMap(textsOf), ...charts.texts, ...values.texts],
      beyond: besides.charts ? "everything" : besides.values ? "values" : "nothing",
      edited: new Set(charts.edited),
    },
  };
}

const nothing: FoundSettings = { settings: [], problems: [], kustomizations: [], valueFiles: [] };

/**
 * Whether the source's files have to be read besides its render: for charts, for values, and for images that go by
 * another name there.
 */
function sourceMatters({ source, target }: StrategyInput, { settings }: FoundSettings): boolean {
  if (settings.some(({ form, called }) => (form !== "kustomize-image" && form !== "manifest") || called !== undefined))
    return true;
  const there = new Set(usesOf(source).map(({ name }) => name));
  return usesOf(target).some(({ name }) => !there.has(name));
}

function usesOf({ target, render }: RenderedTarget): readonly ImageUse[] {
  return imageUses(toItems(ownResources(target, render.resources())));
}

function settingsOf({ target, at, render }: RenderedTarget): Promise<FoundSettings> {
  return findSettings(target.render, render.trace, at.tree, { declaration: target.declaration });
}

function imagesOf(rendered: RenderedTarget, { settings }: FoundSettings): TargetImages {
  return { id: rendered.target.id, uses: usesOf(rendered), settings };
}

function backwards(images: readonly VersionChange[], { pair }: StrategyInput): readonly string[] {
  if (pair.source.id === pair.target.id) return [];
  return images
    .filter(({ from, to }) => orderOf(to, from) === "older")
    .map(({ image, from, to }) => `\`${image}\` goes back: ${to} is older than ${from}.`);
}

function leftIn(after: readonly Resource[], { pair, source }: StrategyInput): readonly string[] {
  if (pair.source.id === pair.target.id) return [];
  const { environment } = pair.target;
  const there = { environment: pair.source.environment, resources: source.render.resources() };
  return leftInReleases({ environment, resources: after }, there);
}

function lackingNote(
  lacking: readonly string[],
  requests: readonly ImageRequest[],
  { pair }: StrategyInput,
  found: FoundSettings,
): readonly string[] {
  const hasOther = settingVersions(found, pair.target.environment).length > 0;
  if (requests.length === 0) return hasOther ? [] : [`Neither ${pair.source.id} nor ${pair.target.id} has an image.`];
  return lacking.length === 0 ? [] : [`Only ${pair.source.id} has ${codeList(lacking)}: that is not promoted.`];
}
