import { renderTarget } from "../change/compute.ts";
import { mentionsOf } from "../change/images/left-behind.ts";
import type { RenderedTarget } from "../change/rendered-target.ts";
import { shortVersion } from "../change/text/version.ts";
import type { ImagePolicy } from "../config/index.ts";
import { toItems } from "../diff/item.ts";
import { versionOf } from "../edit/find/index.ts";
import { messageOf, UserError } from "../model/errors.ts";
import type { ImageFacts, Registry } from "../model/registry.ts";
import { canonicalImage } from "../model/registry.ts";
import type { Renderer, RenderSource } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import { commaList } from "../model/text/lists.ts";
import { usesOf } from "./bump.ts";
import { markedImages } from "./flux-markers.ts";
import { type CurrentVersion, choose, type Decision, type TargetDecision, type Version } from "./policy/index.ts";
import { type ImageEntry, othersFor } from "./units.ts";

/** A version of an image in one target. */
export interface VersionNow extends Version {
  /** Where it is used, for people: "container `app`". */
  readonly places: readonly string[];
}

/** A target that has the image, with every version of it. */
export interface TargetNow {
  readonly target: Target;
  readonly versions: readonly VersionNow[];
  /** The policies of other entries that speak of the image here. */
  readonly others: readonly ImagePolicy[];
}

/** A target that is left alone, and why. */
export interface LeftTarget {
  readonly target: Target;
  readonly why: string;
}

/** What the targets of one entry have now. */
export interface EntryNow {
  readonly entry: ImageEntry;
  readonly targets: readonly TargetNow[];
  /** Targets that do not render. Those without the image are in neither list. */
  readonly left: readonly LeftTarget[];
  /** Places of targets without the image that name it in a text, where no version of it can be read. */
  readonly mentions: readonly string[];
}

/** What was decided of one entry. */
export interface EntryDecision extends EntryNow {
  readonly decision: Decision;
  /** When the first hold ends by itself, in milliseconds since the epoch. */
  readonly resumeAt: number | undefined;
  /** It could not be evaluated, as the decision's summary says. */
  readonly failed?: true;
}

/** The decision about an entry that could not be evaluated, with the reason. */
export function undecided(entry: ImageEntry, why: string): EntryDecision {
  const decision = { targets: [], skipped: [], verdicts: [], summary: why };
  return { entry, targets: [], left: [], mentions: [], decision, resumeAt: undefined, failed: true };
}

/** What the current versions are read with. */
export interface CurrentInput {
  readonly at: RenderSource;
  readonly renderer: Renderer;
  readonly signal: AbortSignal;
  /** The entries of the configuration. */
  readonly all: readonly ImageEntry[];
}

/** What the targets have of the entry's image, by their renders. `all` are the entries of the configuration. */
export async function currentVersions(
  entry: ImageEntry,
  targets: readonly Target[],
  { at, renderer, signal, all }: CurrentInput,
): Promise<EntryNow> {
  const images = new Set([canonicalImage(entry.image)]);
  const found = await Promise.all(
    targets.map(async (target): Promise<(TargetNow & { mentions: readonly string[] }) | LeftTarget> => {
      try {
        const rendered = await renderTarget(target, at, { renderer, signal });
        const others = othersFor(entry, target, all).map(({ policy }) => policy);
        const versions = await versionsOf(rendered, images, entry);
        const mentions = versions.length > 0 ? [] : mentionsOf(toItems(rendered.render.resources()), entry.image);
        return { target, versions, others, mentions };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { target, why: messageOf(error) };
      }
    }),
  );
  return {
    entry,
    targets: found.flatMap((one) =>
      "versions" in one && one.versions.length > 0
        ? [{ target: one.target, versions: one.versions, others: one.others }]
        : [],
    ),
    left: found.flatMap((one) => ("why" in one ? [one] : [])),
    mentions: found.flatMap((one) => ("mentions" in one ? one.mentions : [])).slice(0, 3),
  };
}

async function versionsOf(
  rendered: RenderedTarget,
  images: ReadonlySet<string>,
  { marker }: ImageEntry,
): Promise<readonly VersionNow[]> {
  const marked = marker === undefined ? [] : await markedImages(rendered, marker);
  const uses = usesOf(rendered, images);
  const versions = [...uses.map(({ image }) => image), ...marked];
  return [...Map.groupBy(versions, versionKey)].map(([key, [first]]): VersionNow => {
    const places = uses.filter(({ image }) => versionKey(image) === key).map(({ place }) => place);
    return { tag: first?.tag ?? "", digest: first?.digest ?? "", places: [...new Set(places)] };
  });
}

/** A version as one text. */
export function versionKey({ tag, digest }: Version): string {
  return `${tag}@${digest}`;
}

/** A version of one target with what was decided of it. */
type Decided = Pick<TargetDecision, "moves" | "kept"> & { readonly version: VersionNow };

/** A sentence for each version that stays while others move, with its place. */
export function keptNotes(decided: readonly Decided[]): readonly string[] {
  return decided.flatMap(({ version, kept }) => {
    if (kept === undefined || kept.kind === "entry") return [];
    const place = version.places.length === 0 ? "a marked value" : commaList(version.places);
    const fix = kept.fix === undefined ? "" : ` ${kept.fix}`;
    return [
      `${place} ${version.places.length > 1 ? "stay" : "stays"} at ${shortVersion(versionOf(version))}: ${kept.why}.${fix}`,
    ];
  });
}

/** What a decision is made with besides the registry. */
export interface DecideInput {
  readonly now: EntryNow;
  readonly registry: Registry;
  /** Milliseconds since the epoch. */
  readonly clock: number;
  /** Targets that nothing may be changed in, by id, with why. */
  readonly stopped: ReadonlyMap<string, string>;
  /** The version that was rolled back in a target, by id. */
  readonly takenBack: ReadonlyMap<string, Version>;
  /** When the first hold ends by itself, in milliseconds since the epoch. */
  readonly resumeAt: number | undefined;
  /** Tags that events named. */
  readonly pushed: readonly string[];
  readonly firstSeen?: ReadonlyMap<string, number>;
  readonly signal: AbortSignal;
}

/** Asks the registry and the policy. Targets that are stopped are left out, with the reason. */
export async function decideEntry(input: DecideInput): Promise<EntryDecision> {
  const { now, registry, clock, stopped, takenBack, signal } = input;
  const { entry } = now;
  const free = now.targets.filter(({ target }) => !stopped.has(target.id));
  const left = [
    ...now.left,
    ...now.targets.flatMap(({ target }) => {
      const why = stopped.get(target.id);
      return why === undefined ? [] : [{ target, why }];
    }),
  ];
  const current = free.flatMap(({ target, versions, others }) =>
    versions.map(({ tag, digest }): CurrentVersion => {
      const held = takenBack.get(target.id);
      return { tag, digest, target: target.id, others, ...(held === undefined ? {} : { held }) };
    }),
  );
  const { factsOf, unusable } = asker(registry, entry.image, signal);
  const decision = await choose(
    {
      policy: entry.policy,
      pin: entry.pin,
      tags: entry.policy.digest === undefined ? await registry.tags(entry.image, signal) : [],
      current,
      now: clock,
      pushed: input.pushed,
      ...(entry.minimumAge === undefined ? {} : { minimumAge: entry.minimumAge }),
      ...(entry.platforms === undefined ? {} : { platforms: entry.platforms }),
      ...(input.firstSeen === undefined ? {} : { firstSeen: input.firstSeen }),
    },
    factsOf,
  );
  const verdicts = decision.verdicts.map((verdict) => {
    const why = unusable.get(verdict.tag);
    return why === undefined ? verdict : { ...verdict, reason: `${verdict.tag} is passed over: ${why}` };
  });
  return {
    entry,
    targets: free,
    left,
    mentions: now.mentions,
    decision: { ...decision, verdicts },
    resumeAt: input.resumeAt,
  };
}

/** Kinds of errors that are about one tag, and say nothing of the others. */
const aboutOneTag = new Set(["input", "not-found", "limit"]);

/**
 * Asks the registry about each tag once. What is no image that can run (a chart, a build cache, an index without its
 * images) counts as not there, and is listed in `unusable`.
 */
function asker(registry: Registry, image: string, signal: AbortSignal) {
  const facts = new Map<string, Promise<ImageFacts | undefined>>();
  const unusable = new Map<string, string>();
  const ask = async (reference: string): Promise<ImageFacts | undefined> => {
    try {
      return await registry.facts(image, reference, signal);
    } catch (error) {
      if (!(error instanceof UserError && aboutOneTag.has(error.kind))) throw error;
      unusable.set(reference, error.message);
      return undefined;
    }
  };
  return { factsOf: (reference: string) => facts.getOrInsertComputed(reference, ask), unusable };
}
