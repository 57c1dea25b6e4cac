import { type ImageRequest, identityOf } from "../../change/images/image-request.ts";
import type { ImageUse } from "../../change/images/image-uses.ts";
import { lastSegment, matchNames, type NamePair } from "../../change/images/match.ts";
import type { VersionSetting } from "../../edit/find/index.ts";
import { UserError } from "../../model/errors.ts";
import { codeList } from "../../model/text/markdown.ts";

/** The images of a target and what sets them. */
export interface TargetImages {
  readonly id: string;
  readonly uses: readonly ImageUse[];
  readonly settings: readonly VersionSetting[];
}

/** What is to be carried: every place of an image that both sides have, those included that need no change. */
export interface ImageRequests {
  readonly requests: readonly ImageRequest[];
  /** Images that only the source has. */
  readonly lacking: readonly string[];
}

/**
 * Which image of the source each place of the target is to show. Names that are equal mean the same image, then names
 * that one setting gives, then names that end alike. A name that only moves to another registry stays. A `refused`
 * UserError when the two have no image in common, and when it cannot be told which of several versions is meant.
 */
export function requestsFor(target: TargetImages, source: TargetImages): ImageRequests {
  const [here, there] = [namesOf(target), namesOf(source)];
  if (here.length === 0 && there.length === 0) return { requests: [], lacking: [] };
  const pairs = matchImages(target, source, here, there);
  if (pairs.length === 0) throw nothingInCommon(target, source, here, there);
  const requests = pairs.flatMap((pair) => requestsOfPair(pair, target, source));
  const matched = new Set(pairs.map((pair) => pair.there));
  return { requests, lacking: there.filter((name) => !matched.has(name)) };
}

function namesOf({ uses }: TargetImages): readonly string[] {
  return [...new Set(uses.map(({ name }) => name))].sort();
}

function matchImages(
  target: TargetImages,
  source: TargetImages,
  here: readonly string[],
  there: readonly string[],
): readonly NamePair[] {
  const known = new Set(there);
  const same = here.filter((name) => known.has(name)).map((name): NamePair => ({ here: name, there: name }));
  const taken = new Set(same.map(({ here: name }) => name));
  const [left, right] = [here.filter((name) => !taken.has(name)), there.filter((name) => !taken.has(name))];
  const bySetting = matchBySetting(target, source, left, right);
  const [ours, theirs] = [new Set(bySetting.map((pair) => pair.here)), new Set(bySetting.map((pair) => pair.there))];
  const rest = matchNames(
    left.filter((name) => !ours.has(name)),
    right.filter((name) => !theirs.has(name)),
  );
  return [...same, ...bySetting, ...rest].sort((a, b) => (a.here < b.here ? -1 : 1));
}

/**
 * The same item of kustomize's `images`, or the same key of values, gives the one name here and the other one there.
 */
function matchBySetting(
  target: TargetImages,
  source: TargetImages,
  here: readonly string[],
  there: readonly string[],
): readonly NamePair[] {
  const theirs = new Set(there);
  const pairs = here.flatMap((name): NamePair[] => {
    const keys = new Set(target.settings.filter(({ subject }) => subject.name === name).map(identityOf));
    const names = source.settings
      .filter((setting) => identityOf(setting) !== undefined && keys.has(identityOf(setting)))
      .flatMap(({ subject }) => (subject.name !== undefined && theirs.has(subject.name) ? [subject.name] : []));
    const [only, ...more] = new Set(names);
    return only === undefined || more.length > 0 ? [] : [{ here: name, there: only }];
  });
  return pairs.filter((pair) => pairs.filter((other) => other.there === pair.there).length === 1);
}

function requestsOfPair(pair: NamePair, target: TargetImages, source: TargetImages): readonly ImageRequest[] {
  const theirs = source.uses.filter(({ name }) => name === pair.there);
  const ours = target.uses.filter(({ name }) => name === pair.here);
  const renames = lastSegment(pair.here) !== lastSegment(pair.there);
  return ours.map((use) => {
    const counterpart = counterpartOf(use, theirs);
    if (counterpart === undefined) throw severalVersions(pair, target, source, theirs);
    if (counterpart.version === "" && use.version !== "") throw noVersion(pair, source, counterpart);
    const { tag, digest } = counterpart.image;
    return { use, wanted: { name: renames ? pair.there : pair.here, tag, digest }, renames };
  });
}

/**
 * The place of the source that says which version: any, when all have the same; else that of the same container of the
 * same resource, or of the same container.
 */
function counterpartOf(use: ImageUse, theirs: readonly ImageUse[]): ImageUse | undefined {
  const sameRole = theirs.filter(({ role }) => role === use.role);
  const choices = [theirs, sameRole.filter(({ owner }) => owner === use.owner), sameRole];
  return choices.find((some) => new Set(some.map(({ version }) => version)).size === 1)?.[0];
}

function nothingInCommon(
  target: TargetImages,
  source: TargetImages,
  here: readonly string[],
  there: readonly string[],
): UserError {
  const say = (id: string, names: readonly string[]): string =>
    names.length === 0 ? `${id} has no image` : `${id} has ${codeList(names)}`;
  return new UserError("refused", `no image is in both targets: ${say(source.id, there)}, ${say(target.id, here)}`, {
    fix: "Carry what changes by the strategy `paths` or `directory`.",
  });
}

function noVersion({ there }: NamePair, source: TargetImages, { resource }: ImageUse): UserError {
  return new UserError(
    "refused",
    `${source.id} has \`${there}\` without a tag and a digest (${resource}): there is no version to carry`,
    { fix: "Give it a tag or a digest in the source." },
  );
}

function severalVersions(
  { there }: NamePair,
  target: TargetImages,
  source: TargetImages,
  theirs: readonly ImageUse[],
): UserError {
  const places = theirs.map(({ resource, version }) => `${version === "" ? "no tag" : version} in ${resource}`);
  return new UserError(
    "refused",
    `${source.id} has \`${there}\` in several versions, and it cannot be told which one ${target.id} is to have: ${[...new Set(places)].join(", ")}`,
    { fix: "Give it one version in the source, or carry the values by the strategy `paths`." },
  );
}
