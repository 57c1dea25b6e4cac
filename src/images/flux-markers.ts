import type { Dependents } from "../change/dependents.ts";
import { editAlone } from "../change/edit-reach.ts";
import { type Replacement, versionForms } from "../change/proof/text.ts";
import type { RenderedTarget } from "../change/rendered-target.ts";
import type { StagedFiles } from "../change/staged-files.ts";
import {
  findMarkers,
  findSettings,
  type ImageReference,
  type MarkerSetting,
  parseImage,
  printImage,
  printPolicy,
  versionEdits,
  versionOf,
} from "../edit/find/index.ts";
import { UserError } from "../model/errors.ts";
import type { VersionChange } from "../model/promotion.ts";

/** Values with markers of one policy that stand together, with the image that they make. */
interface MarkedImage {
  readonly now: ImageReference;
  readonly settings: readonly MarkerSetting[];
}

/** What a target's values behind the markers of a policy (`namespace:name`) say, each image once for each place. */
export async function markedImages(rendered: RenderedTarget, policy: string): Promise<readonly ImageReference[]> {
  return (await markedIn(rendered, policy)).map(({ now }) => now);
}

async function markedIn({ target, at, render }: RenderedTarget, policy: string): Promise<readonly MarkedImage[]> {
  const { settings: known } = await findSettings(target.render, render.trace, at.tree, {
    declaration: target.declaration,
  });
  const { markers, problems } = await findMarkers(target.render, render.trace, at.tree, {
    known,
    wanted: (one) => printPolicy(one) === policy,
  });
  const [problem] = problems;
  if (markers.length === 0 && problem !== undefined) {
    const place = { file: problem.file, ...(problem.line === undefined ? {} : { line: problem.line }) };
    throw new UserError("refused", problem.message, { place });
  }
  const together = Map.groupBy(markers, ({ file, document, at: path }) => JSON.stringify([file, document, path]));
  return [...together.values()].flatMap((settings) => {
    const now = imageOf(settings);
    return now === undefined ? [] : [{ now, settings }];
  });
}

function imageOf(settings: readonly MarkerSetting[]): ImageReference | undefined {
  const [whole] = settings.flatMap((one) => one.whole ?? []);
  if (whole !== undefined) return parseImage(whole.value);
  const name = settings.flatMap(({ subject }) => (subject.kind === "image" ? (subject.name ?? []) : []))[0] ?? "";
  const [tag = "", inTag = ""] = (settings.flatMap((one) => one.tag ?? [])[0]?.value ?? "").split("@");
  const digest = settings.flatMap((one) => one.digest ?? [])[0]?.value ?? inTag;
  return tag === "" && digest === "" ? undefined : { name, tag, digest };
}

/** What was written behind markers. */
export interface WrittenMarkers {
  readonly versions: readonly VersionChange[];
  /** What may follow in the render. */
  readonly texts: readonly Replacement[];
}

/**
 * Writes a version behind the markers of a policy: `wanted` gives it for what stands there, `undefined` leaves that
 * alone. Throws a `refused` UserError for a value that cannot be changed, or not without other targets.
 */
export async function setMarked(
  rendered: RenderedTarget,
  policy: string,
  image: string,
  wanted: (now: ImageReference) => ImageReference | undefined,
  { dependents, staged }: { readonly dependents: Dependents; readonly staged: StagedFiles },
): Promise<WrittenMarkers> {
  const versions: VersionChange[] = [];
  const texts: Replacement[] = [];
  for (const { now, settings } of await markedIn(rendered, policy)) {
    const fresh = wanted(now);
    if (fresh === undefined || versionOf(fresh) === versionOf(now)) continue;
    for (const setting of settings) await write(setting, fresh, rendered, dependents, staged);
    versions.push({ image, from: versionOf(now), to: versionOf(fresh) });
    texts.push([printImage(now), printImage({ ...fresh, name: now.name })]);
    texts.push(...versionForms(versionOf(now), versionOf(fresh)), ...versionForms(now.tag, fresh.tag));
    texts.push(...versionForms(now.digest, fresh.digest));
  }
  return { versions, texts };
}

async function write(
  setting: MarkerSetting,
  { tag, digest }: ImageReference,
  target: RenderedTarget,
  dependents: Dependents,
  staged: StagedFiles,
): Promise<void> {
  const edits = versionEdits(setting, { tag, digest });
  if ("refused" in edits) throw new UserError("refused", edits.refused, { fix: "Make that change by hand." });
  if (edits.length === 0) return;
  await editAlone(setting.file, edits, { target, dependents, staged });
}
