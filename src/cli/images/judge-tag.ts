import { versionKey } from "../../images/entry-decision.ts";
import { choose, type PolicyInput, type Version } from "../../images/policy/index.ts";
import type { ImageEntry } from "../../images/units.ts";
import type { KnownVersion } from "./facts.ts";

/** One tag that an entry's policy is asked about. */
export interface JudgeInput {
  readonly entry: ImageEntry;
  readonly tag: string;
  readonly known: KnownVersion;
  /** What one target has, by its id. */
  readonly target: string;
  readonly versions: readonly Version[];
  /** No registry was asked, so age and platforms are unknown. */
  readonly offline: boolean;
  /** Milliseconds since the epoch. */
  readonly clock: number;
}

/**
 * Why a target must not get a tag, in sentences, by what it has now (`versionKey`); versions that may be replaced are
 * left out. Other tags of the registry do not matter, better ones included.
 */
export async function judge(input: JudgeInput): Promise<ReadonlyMap<string, string>> {
  const { entry, tag, known, target, versions, offline, clock } = input;
  const { policy, minimumAge, platforms } = entry;
  const asked: Omit<PolicyInput, "current"> = {
    policy,
    // Only another digest of the same tag makes a difference, and naming a version asks for that.
    pin: entry.pin === "tag" ? "both" : entry.pin,
    tags: [tag],
    pushed: [tag],
    now: clock,
    ...(offline || minimumAge === undefined ? {} : { minimumAge }),
    ...(offline || platforms === undefined ? {} : { platforms }),
  };
  const general = await choose({ ...asked, current: [] }, known.factsOf);
  if (general.chosen?.tag !== tag) {
    const reason = general.verdicts.find((verdict) => verdict.tag === tag)?.reason ?? general.summary;
    return new Map(versions.map((version) => [versionKey(version), reason]));
  }
  const current = versions.map((version) => ({ ...version, target }));
  const { targets } = await choose({ ...asked, current }, known.factsOf);
  return new Map(targets.flatMap(({ from, moves, reason }) => (moves ? [] : [[versionKey(from), reason]])));
}
