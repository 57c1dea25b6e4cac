import { renderTarget } from "../change/compute.ts";
import type { RenderedTarget } from "../change/rendered-target.ts";
import { messageOf, UserError } from "../model/errors.ts";
import type { ImageFacts, Registry } from "../model/registry.ts";
import { canonicalImage } from "../model/registry.ts";
import type { Renderer, RenderSource } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import { usesOf } from "./bump.ts";
import { markedImages } from "./flux-markers.ts";
import { type CurrentVersion, choose, type Decision, type Version } from "./policy/index.ts";
import type { ImageEntry } from "./units.ts";

/** A target that has the image, with every version of it. */
export interface TargetNow {
  readonly target: Target;
  readonly versions: readonly Version[];
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
  return { entry, targets: [], left: [], decision, resumeAt: undefined, failed: true };
}

/** What the current versions are read with. */
export interface CurrentInput {
  readonly at: RenderSource;
  readonly renderer: Renderer;
  readonly signal: AbortSignal;
}

/** What the targets have of the entry's image, by their renders. */
export async function currentVersions(
  entry: ImageEntry,
  targets: readonly Target[],
  { at, renderer, signal }: CurrentInput,
): Promise<EntryNow> {
  const images = new Set([canonicalImage(entry.image)]);
  const found = await Promise.all(
    targets.map(async (target): Promise<TargetNow | LeftTarget> => {
      try {
        return {
          target,
          versions: await versionsOf(await renderTarget(target, at, { renderer, signal }), images, entry),
        };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { target, why: messageOf(error) };
      }
    }),
  );
  return {
    entry,
    targets: found.flatMap((one) => ("versions" in one && one.versions.length > 0 ? [one] : [])),
    left: found.flatMap((one) => ("why" in one ? [one] : [])),
  };
}

async function versionsOf(
  rendered: RenderedTarget,
  images: ReadonlySet<string>,
  { marker }: ImageEntry,
): Promise<readonly Version[]> {
  const marked = marker === undefined ? [] : await markedImages(rendered, marker);
  const shown = [...usesOf(rendered, images).map(({ image }) => image), ...marked];
  const versions = shown.map(({ tag, digest }) => ({ tag, digest }));
  return [...new Map(versions.map((version) => [versionKey(version), version])).values()];
}

/** A version as one text. */
export function versionKey({ tag, digest }: Version): string {
  return `${tag}@${digest}`;
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
  const current = free.flatMap(({ target, versions }) =>
    versions.map((version): CurrentVersion => {
      const held = takenBack.get(target.id);
      return { ...version, target: target.id, ...(held === undefined ? {} : { held }) };
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
  return { entry, targets: free, left, decision: { ...decision, verdicts }, resumeAt: input.resumeAt };
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
