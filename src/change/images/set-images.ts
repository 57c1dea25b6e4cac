import type { ImageReference } from "../../edit/find/index.ts";
import {
  type FoundSettings,
  overrideFor,
  printImage,
  type VersionSetting,
  versionEdits,
} from "../../edit/find/index.ts";
import { UserError } from "../../model/errors.ts";
import { parentPath } from "../../model/paths.ts";
import type { Target } from "../../model/target.ts";
import { codeList } from "../../model/text/markdown.ts";
import type { Dependents } from "../dependents.ts";
import { innerOwner, otherReaders } from "../ownership.ts";
import type { RenderedTarget } from "../rendered-target.ts";
import { wouldTouch } from "../results.ts";
import type { StagedFiles } from "../staged-files.ts";
import { decidingSettings } from "./deciding-edits.ts";
import { identityOf, type Wish } from "./image-request.ts";

/** What the wished versions are put in with. */
export interface SetRequest {
  readonly target: RenderedTarget;
  /** Who reads which file at the base. */
  readonly dependents: Dependents;
  /** What sets versions in the target, and in the source. */
  readonly found: FoundSettings;
  readonly source: FoundSettings;
  readonly staged: StagedFiles;
  /** What is carried besides and may bring the versions of images that nothing sets. */
  readonly besides: { readonly charts: boolean; readonly values: boolean };
}

/** What became of the wished versions. */
export interface SetImages {
  /** Those that are written. */
  readonly written: readonly Wish[];
  /** Where a version is set anew because others share the file that sets it, and what is left to targets that this one takes in. */
  readonly notes: readonly string[];
}

/** Writes the wished versions into the target's own files. Throws a `refused` UserError. */
export async function setImages(wishes: readonly Wish[], request: SetRequest): Promise<SetImages> {
  const { found, source } = request;
  const done = new Map<string, string>();
  const notes = new Set<string>();
  const written: Wish[] = [];
  for (const wish of wishes) {
    const deciding = decidingSettings(wish, found.settings, source.settings);
    const inner = await ownerWithin(deciding, request);
    if (inner === undefined) written.push(wish);
    const told = inner === undefined ? await setWish(wish, deciding, request, done) : [leftNote(wish, inner)];
    for (const note of told) notes.add(note);
  }
  return { written, notes: [...notes] };
}

async function setWish(
  wish: Wish,
  deciding: readonly VersionSetting[],
  request: SetRequest,
  done: Map<string, string>,
): Promise<readonly string[]> {
  const notes = deciding.length === 0 ? [await setAnew(wish, request, done)] : [];
  for (const setting of deciding) {
    const key = JSON.stringify([setting.file, setting.document, setting.at, setting.form]);
    if (!alreadyDone(done, key, wish, setting.file)) notes.push(await setOne(setting, wish, request));
  }
  return notes.filter((note) => note !== undefined);
}

/** An override here would hide what is promoted there from now on. */
async function ownerWithin(
  deciding: readonly VersionSetting[],
  { target, dependents }: SetRequest,
): Promise<Target | undefined> {
  for (const { file } of deciding) {
    const owner = await innerOwner(file, target.target, dependents);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function leftNote({ use }: Wish, owner: Target): string {
  return `\`${use.name}\` is set by ${owner.id}, which this target takes in: it is promoted there.`;
}

/** One setting may serve several places, as long as they want the same. */
function alreadyDone(done: Map<string, string>, key: string, { use, wanted }: Wish, where: string): boolean {
  const text = JSON.stringify([wanted.tag, wanted.digest]);
  const before = done.get(key);
  if (before !== undefined && before !== text) {
    throw new UserError(
      "refused",
      `\`${where}\` sets \`${use.name}\` in one place for containers that are to have several versions`,
      { fix: "Give it one version in the source, or set the versions apart." },
    );
  }
  done.set(key, text);
  return before !== undefined;
}

async function setOne(setting: VersionSetting, wish: Wish, request: SetRequest): Promise<string | undefined> {
  const { staged, besides } = request;
  const ofChart = isOfChart(setting, request);
  if (ofChart && besides.charts) return undefined;
  const wanted = wantedOf(setting, wish, request.source);
  const { target, dependents } = request;
  const strangers = await otherReaders(setting.file, target.target, dependents);
  const edits = versionEdits(setting, wanted);
  if (!ofChart && strangers.length === 0 && !("refused" in edits)) {
    await staged.edit(setting.file, edits);
    return undefined;
  }
  const file = (await override(setting, wanted, request)) ?? (await overrideOutput(wish, request));
  if (file === undefined && strangers.length > 0) throw wouldTouch([setting.file], strangers);
  if (file === undefined) {
    const why = "refused" in edits ? edits.refused : `${setting.file} is a part of a chart that is taken in as it is`;
    throw new UserError("refused", why, { fix: "Make that change by hand." });
  }
  const because = ofChart
    ? "is a part of a chart"
    : strangers.length > 0
      ? `belongs to ${codeList(
          strangers.map(({ id }) => id),
          3,
        )} too`
      : "cannot be edited there";
  return `\`${setting.file}\` sets \`${wish.use.name}\` and ${because}: the version is set in \`${file}\` instead.`;
}

/** Defaults of a chart that the target takes in: they come with the chart's version and are not edited. */
function isOfChart(setting: VersionSetting, { target }: SetRequest): boolean {
  const { kind, path } = target.target.render;
  const included = partsOf(setting).some((part) => part?.blocked === "included chart");
  return included || (setting.values?.isDefault === true && !(kind === "helm" && parentPath(setting.file) === path));
}

function partsOf({ name, tag, digest, whole }: VersionSetting) {
  return [name, tag, digest, whole];
}

/**
 * What the setting is to say. The render may show less than the source's own setting says (a chart that leaves the tag out where there is a digest): the same key there tells all. The
 * image's name is left alone unless it is another image.
 */
function wantedOf(
  setting: VersionSetting,
  { wanted, renames }: Wish,
  source: FoundSettings,
): Omit<ImageReference, "name"> & { readonly name?: string } {
  const twin = source.settings.find((other) => other.form === "values" && identityOf(other) === identityOf(setting));
  const tag = wanted.tag === "" && twin?.digest?.value === wanted.digest ? (twin.tag?.value ?? "") : wanted.tag;
  return { tag, digest: wanted.digest, ...(renames && { name: wanted.name }) };
}

/** Sets the version in the first file of the target's own that can; gives that file. */
async function override(
  setting: VersionSetting,
  wanted: Omit<ImageReference, "name"> & { readonly name?: string },
  { target, dependents, found, staged }: SetRequest,
): Promise<string | undefined> {
  for (const file of [...found.valueFiles, ...found.kustomizations.slice(0, 1)]) {
    if ((await target.at.tree.at(file))?.kind !== "file") continue;
    if ((await otherReaders(file, target.target, dependents)).length > 0) continue;
    const edits = overrideFor(setting, wanted, found, { file, bytes: await staged.bytes(file) });
    if (edits === undefined) continue;
    for (const one of edits) await staged.edit(one.file, [one.edit]);
    return file;
  }
  return undefined;
}

/** Sets an image of kustomize's output, whatever it comes from, in the target's own kustomization; gives that file. */
async function overrideOutput(wish: Wish, request: SetRequest): Promise<string | undefined> {
  const { name, container } = wish.use;
  const [file] = request.found.kustomizations;
  if (file === undefined || container === undefined) return undefined;
  const subject = { kind: "image", name } as const;
  const output: VersionSetting = { subject, matches: name, form: "manifest", file, document: 0, at: [], container };
  return override(output, wantedOf(output, wish, request.source), request);
}

/**
 * Nothing that can be edited sets it. Where a chart's version or a named value is carried besides, the image may come with that, which the proof tells. Else kustomize can set every image of
 * its output, in the target's own kustomization.
 */
async function setAnew(wish: Wish, request: SetRequest, done: Map<string, string>): Promise<string | undefined> {
  const { found, target, besides } = request;
  const { use } = wish;
  if (besides.charts || alreadyDone(done, `anew ${use.name}`, wish, target.target.render.path)) return undefined;
  const file = await overrideOutput(wish, request);
  if (file !== undefined)
    return `Nothing in the files sets \`${use.name}\` by itself: the version is set in \`${file}\`.`;
  if (besides.values) return undefined;
  const problems = found.problems.map(({ file, message }) => `${file}: ${message}`);
  const why = problems.length === 0 ? "" : ` (not read: ${problems.slice(0, 3).join("; ")})`;
  throw new UserError(
    "refused",
    `nothing in the files of ${target.target.id} sets \`${printImage(use.image)}\`${why}`,
    { fix: "Name the value that does with `promote.paths`." },
  );
}
