import type { FieldGap, VersionGap } from "../../model/preview.ts";
import type { Resource } from "../../model/render.ts";
import { type IgnoreRule, withoutNoise } from "../ignore.ts";
import { type Item, toItems } from "../item.ts";
import { type FingerprintKey, maskSecrets } from "../mask.ts";
import { fieldsApart } from "./fields.ts";
import { type Four, pairAcross } from "./identity.ts";
import { imageVersions, type VersionMoments, versionsApart } from "./versions.ts";

/** One app in one environment at three moments. */
export interface EnvironmentRenders {
  readonly environment: string;
  /**
   * `undefined` when it did not render there: then nobody can tell which fields the pull request changes. Empty when it
   * did not exist.
   */
  readonly mergeBase: readonly Resource[] | undefined;
  readonly head: readonly Resource[];
  /** At the tip of the base branch. */
  readonly tip: readonly Resource[];
}

/** An environment and the one that it is promoted from. */
export interface EnvironmentsInput {
  readonly here: EnvironmentRenders;
  readonly there: EnvironmentRenders;
  /** Promotions carry the whole folder. */
  readonly wholeFolder: boolean;
  readonly ignore: readonly IgnoreRule[];
  readonly fingerprintKey: FingerprintKey;
}

/** What is apart, in the order of the renders; all of it. It holds no value of a Secret. */
export interface EnvironmentsApart {
  readonly versions: readonly VersionGap[];
  readonly fields: readonly FieldGap[];
  /** Which of the environments get their versions by the pull request. */
  readonly byPullRequest: readonly string[];
}

/**
 * Compares two environments of one app: image versions that differ once the pull request is merged, and fields that the
 * pull request pulls apart. Namespaces, the environments' own names, generated names and noise do not count.
 */
export function compareEnvironments(input: EnvironmentsInput): EnvironmentsApart {
  const [here, there] = [prepare(input.here, input), prepare(input.there, input)];
  const versions = versionsApart(here.versions, there.versions);
  const names = { here: input.here.environment, there: input.there.environment };
  const byPullRequest = [
    ...(versions.thereByPullRequest ? [names.there] : []),
    ...(versions.hereByPullRequest ? [names.here] : []),
  ];
  const context = { ...names, wholeFolder: input.wholeFolder, versions: versions.gaps, images: versions.matched };
  const touched = isTouched(input.here) || isTouched(input.there);
  const fields = touched ? paired(here, there).flatMap((four) => fieldsApart(four, context)) : [];
  return { versions: versions.gaps, fields, byPullRequest };
}

function paired(here: Prepared, there: Prepared): readonly Four<Item>[] {
  return here.before === undefined || there.before === undefined
    ? []
    : pairAcross({ ...here, before: here.before }, { ...there, before: there.before });
}

/** The same list of resources at both moments: the pull request does not touch it. */
function isTouched({ mergeBase, head }: EnvironmentRenders): boolean {
  return mergeBase !== head;
}

interface Prepared {
  readonly environment: string;
  readonly before: readonly Item[] | undefined;
  readonly now: readonly Item[];
  readonly versions: VersionMoments;
}

/** Each of the renders once, however many moments it stands for. */
function prepare(renders: EnvironmentRenders, { ignore, fingerprintKey }: EnvironmentsInput): Prepared {
  const { environment, mergeBase, head, tip } = renders;
  const known = new Map<readonly Resource[], { items: readonly Item[]; versions: VersionMoments["head"] }>();
  const of = (resources: readonly Resource[]) => {
    const before = known.get(resources);
    if (before !== undefined) return before;
    const items = toItems(resources).map((item) => ({
      ...item,
      object: withoutNoise(maskSecrets(item.object, fingerprintKey), item.id, ignore),
    }));
    const made = { items, versions: imageVersions(items) };
    known.set(resources, made);
    return made;
  };
  return {
    environment,
    before: mergeBase && of(mergeBase).items,
    now: of(head).items,
    versions: { mergeBase: of(mergeBase ?? []).versions, head: of(head).versions, tip: of(tip).versions },
  };
}
