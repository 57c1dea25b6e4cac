import type { ImageReference } from "../../edit/find/index.ts";
import {
  type FoundSettings,
  overrideFor,
  printImage,
  type VersionSetting,
  versionEdits,
} from "../../edit/find/index.ts";
import type { YamlEdit } from "../../edit/splice/index.ts";
import { UserError } from "../../model/errors.ts";
import { parentPath } from "../../model/paths.ts";
import type { Target } from "../../model/target.ts";
import { codeList } from "../../model/text/markdown.ts";
import type { Dependents } from "../dependents.ts";
import { changedByEdit, editAlone } from "../edit-reach.ts";
import { innerOwner, otherReaders } from "../ownership.ts";
import type { Probe, RenderedTarget } from "../rendered-target.ts";
import { StagedFiles } from "../staged-files.ts";
import { decidingSettings } from "./deciding-edits.ts";
import { type ImageRequest, identityOf, settingKey } from "./image-request.ts";

/** What wanted versions are set with. */
export interface SetContext {
  readonly target: RenderedTarget;
  /** Which targets read which file at the base. */
  readonly dependents: Dependents;
  /** What sets versions in the target, and in the source. */
  readonly found: FoundSettings;
  readonly source: FoundSettings;
  readonly staged: StagedFiles;
  /** What is carried besides and may bring the versions of images that nothing sets. */
  readonly besides: { readonly charts: boolean; readonly values: boolean };
  /** What people are told to do where nothing sets an image; else it is about promotions. */
  readonly fix?: string;
  /** Tells apart what a template reads from its twin that none reads; without it, all of them are set. */
  readonly probe?: Probe;
}

/** What became of the wanted versions. */
export interface SetImages {
  /** Those that are written. */
  readonly written: readonly ImageRequest[];
  /**
   * Where a version is set again because others share the file that sets it, and what is left to targets that this one
   * takes in.
   */
  readonly notes: readonly string[];
}

/** Writes the wanted versions where that changes the target alone. Throws a `refused` UserError. */
export async function setImages(requests: readonly ImageRequest[], context: SetContext): Promise<SetImages> {
  const { found, source } = context;
  const done = new Map<string, string>();
  const notes = new Set<string>();
  const written: ImageRequest[] = [];
  const isRead = reader(context);
  for (const request of requests) {
    const all = decidingSettings(request, found.settings, source.settings);
    const deciding = await thoseThatCount(request, all, isRead);
    const inner = await ownerWithin(deciding, context);
    if (inner === undefined) written.push(request);
    const added =
      inner === undefined ? await setRequested(request, deciding, context, done) : [leftNote(request, inner)];
    for (const note of added) notes.add(note);
  }
  return { written, notes: [...notes] };
}

type IsRead = (setting: VersionSetting, request: ImageRequest) => Promise<boolean>;

/** Of several values that say the same, those that a template reads; all, where that cannot be told. */
async function thoseThatCount(
  request: ImageRequest,
  deciding: readonly VersionSetting[],
  isRead: IsRead,
): Promise<readonly VersionSetting[]> {
  const areValues = deciding.every(({ form }) => form === "values" || form === "values-text");
  if (!areValues || deciding.length < 2 || deciding.length > maxProbed) return deciding;
  const read: VersionSetting[] = [];
  for (const setting of deciding) if (await isRead(setting, request)) read.push(setting);
  return read.length > 0 ? read : deciding;
}

/** More than that say the same by intention. */
const maxProbed = 12;

/** Renders with one setting changed; each once. */
function reader({ target, source, probe }: SetContext): IsRead {
  const known = new Map<string, Promise<boolean>>();
  return (setting, request) =>
    known.getOrInsertComputed(settingKey(setting), async () => {
      const edits = versionEdits(setting, wantedOf(setting, request, source));
      if (probe === undefined || "refused" in edits) return true;
      const alone = new StagedFiles(target.at.tree);
      await alone.edit(setting.file, edits);
      return probe(alone.changes());
    });
}

async function setRequested(
  request: ImageRequest,
  deciding: readonly VersionSetting[],
  context: SetContext,
  done: Map<string, string>,
): Promise<readonly string[]> {
  const notes = deciding.length === 0 ? [await addOverride(request, context, done)] : [];
  for (const setting of deciding) {
    if (!alreadyDone(done, settingKey(setting), request, setting.file))
      notes.push(await setOne(setting, request, context));
  }
  return notes.filter((note) => note !== undefined);
}

/** An override here would hide what is promoted there from now on. */
async function ownerWithin(
  deciding: readonly VersionSetting[],
  { target, dependents }: SetContext,
): Promise<Target | undefined> {
  for (const { file } of deciding) {
    const owner = await innerOwner(file, target.target, dependents);
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function leftNote({ use }: ImageRequest, owner: Target): string {
  return `\`${use.name}\` is set by ${owner.id}, which this target takes in: it is promoted there.`;
}

/** One setting may serve several places, as long as they want the same. */
function alreadyDone(done: Map<string, string>, key: string, { use, wanted }: ImageRequest, where: string): boolean {
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

async function setOne(
  setting: VersionSetting,
  request: ImageRequest,
  context: SetContext,
): Promise<string | undefined> {
  const { staged, besides } = context;
  const ofChart = isOfChart(setting, context);
  if (ofChart && besides.charts) return undefined;
  const wanted = wantedOf(setting, request, context.source);
  const edits = versionEdits(setting, wanted);
  const canEdit = !ofChart && !("refused" in edits);
  const readers = await otherReaders(setting.file, context.target.target, context.dependents);
  if (canEdit && areOfEnvironment(readers, context) && (await isAlone(setting.file, edits, context))) {
    await staged.edit(setting.file, edits);
    return undefined;
  }
  const file = (await override(setting, wanted, context)) ?? (await overrideOutput(request, context));
  if (file === undefined && canEdit) {
    await editAlone(setting.file, edits, context);
    return undefined;
  }
  if (file === undefined) {
    const why = "refused" in edits ? edits.refused : `${setting.file} is a part of a chart that is taken in as it is`;
    throw new UserError("refused", why, { fix: "Make that change by hand." });
  }
  const because = ofChart ? "is a part of a chart" : canEdit ? belongsTo(readers) : "cannot be edited there";
  return `\`${setting.file}\` sets \`${request.use.name}\` and ${because}: the version is set in \`${file}\` instead.`;
}

function belongsTo(readers: readonly Target[]): string {
  const ids = readers.map(({ id }) => id);
  return `belongs to ${codeList(ids, 3)} too`;
}

/** A file that other environments read is edited only where nothing else can be: their values may come to decide. */
function areOfEnvironment(readers: readonly Target[], { target }: SetContext): boolean {
  return readers.every(({ environment }) => environment === target.target.environment);
}

async function isAlone(file: string, edits: readonly YamlEdit[], context: SetContext): Promise<boolean> {
  return (await changedByEdit(file, (files) => files.edit(file, edits), context)).length === 0;
}

/** Defaults of a chart that the target takes in: they come with the chart's version and are not edited. */
function isOfChart(setting: VersionSetting, { target }: SetContext): boolean {
  const { kind, path } = target.target.render;
  const included = partsOf(setting).some((part) => part?.blocked === "included chart");
  return included || (setting.values?.isDefault === true && !(kind === "helm" && parentPath(setting.file) === path));
}

function partsOf({ name, tag, digest, whole }: VersionSetting) {
  return [name, tag, digest, whole];
}

/**
 * What the setting is to say. The render may show less than the source's own setting says (a chart that leaves the tag
 * out where there is a digest): the same key there tells all. The image's name is left alone unless it is another
 * image.
 */
function wantedOf(
  setting: VersionSetting,
  { wanted, renames }: ImageRequest,
  source: FoundSettings,
): Omit<ImageReference, "name"> & { readonly name?: string } {
  const twin = source.settings.find((other) => other.form === "values" && identityOf(other) === identityOf(setting));
  const tag = wanted.tag === "" && twin?.digest?.value === wanted.digest ? (twin.tag?.value ?? "") : wanted.tag;
  return { tag, digest: wanted.digest, ...(renames && { name: wanted.name }) };
}

/** Sets the version in the first file that can and that changes no other target; gives that file. */
async function override(
  setting: VersionSetting,
  wanted: Omit<ImageReference, "name"> & { readonly name?: string },
  context: SetContext,
): Promise<string | undefined> {
  const { target, dependents, found, staged } = context;
  for (const file of [...found.valueFiles, ...found.kustomizations.slice(0, 1)]) {
    if ((await target.at.tree.at(file))?.kind !== "file") continue;
    if (!areOfEnvironment(await otherReaders(file, target.target, dependents), context)) continue;
    const edits = overrideFor(setting, wanted, found, { file, bytes: await staged.bytes(file) });
    if (edits === undefined) continue;
    const edit = async (files: StagedFiles): Promise<void> => {
      for (const one of edits) await files.edit(one.file, [one.edit]);
    };
    if ((await changedByEdit(file, edit, context)).length > 0) continue;
    await edit(staged);
    return file;
  }
  return undefined;
}

/** Sets an image of kustomize's output, whatever it comes from, in the target's own kustomization; gives that file. */
async function overrideOutput(request: ImageRequest, context: SetContext): Promise<string | undefined> {
  const { name, container } = request.use;
  const [file] = context.found.kustomizations;
  if (file === undefined || container === undefined) return undefined;
  const subject = { kind: "image", name } as const;
  const output: VersionSetting = { subject, matches: name, form: "manifest", file, document: 0, at: [], container };
  return override(output, wantedOf(output, request, context.source), context);
}

/**
 * Nothing that can be edited sets it. Where a chart's version or a named value is carried besides, the image may come
 * with that, which the proof tells. Else kustomize can set every image of its output, in the target's own
 * kustomization.
 */
async function addOverride(
  request: ImageRequest,
  context: SetContext,
  done: Map<string, string>,
): Promise<string | undefined> {
  const { found, target, besides } = context;
  const { use } = request;
  if (besides.charts || alreadyDone(done, `override ${use.name}`, request, target.target.render.path)) return undefined;
  const file = await overrideOutput(request, context);
  if (file !== undefined)
    return `Nothing in the files sets \`${use.name}\` by itself: the version is set in \`${file}\`.`;
  if (besides.values) return undefined;
  const problems = found.problems.map(({ file, message }) => `${file}: ${message}`).slice(0, 3);
  const all = [...(problems.length === 0 ? [] : [`not read: ${problems.join("; ")}`]), ...templates(found)];
  const why = all.length === 0 ? "" : ` (${all.slice(0, 3).join("; ")})`;
  throw new UserError(
    "refused",
    `nothing in the files of ${target.target.id} sets \`${printImage(use.image)}\`${why}`,
    { fix: context.fix ?? "Name the value that does with `promote.paths`." },
  );
}

/** Values that are templates themselves: what they come to cannot be read. */
function templates({ settings }: FoundSettings): readonly string[] {
  const found = settings.flatMap((setting) => partsOf(setting).map((part) => ({ file: setting.file, part })));
  const places = found.flatMap(({ file, part }) =>
    part?.blocked === "template" ? [`${file}:${part.line} is a template`] : [],
  );
  return [...new Set(places)];
}
