import { type TargetNow, versionKey } from "../../images/entry-decision.ts";
import { choose, type PolicyInput, type TargetDecision, variantDecisions } from "../../images/policy/index.ts";
import type { ImageEntry } from "../../images/units.ts";
import type { KnownVersion } from "./facts.ts";

/** One tag that an entry's policy is asked about. */
export interface JudgeInput {
  readonly entry: ImageEntry;
  readonly tag: string;
  readonly known: KnownVersion;
  /** What one target has. */
  readonly now: TargetNow;
  /** No registry was asked, so age and platforms are unknown. */
  readonly offline: boolean;
  /** Milliseconds since the epoch. */
  readonly clock: number;
}

/** What a target's versions become, by `versionKey`. */
export type Judgement = ReadonlyMap<string, Pick<TargetDecision, "moves" | "reason" | "kept">>;

/**
 * Whether each version of a target gives way to a tag, by an entry's policy. Better tags of the registry do not matter;
 * where a digest is written they tell which version it is.
 */
export async function judge(input: JudgeInput): Promise<Judgement> {
  const { entry, tag, known, now, offline, clock } = input;
  const { policy, minimumAge, platforms } = entry;
  const isPinned = now.versions.some(({ digest }) => digest !== "");
  const asked: Omit<PolicyInput, "current"> = {
    policy,
    // Only another digest of the same tag makes a difference, and naming a version asks for that.
    pin: entry.pin === "tag" ? "both" : entry.pin,
    tags: isPinned && policy.digest === undefined ? await known.tags() : [tag],
    pushed: [tag],
    only: tag,
    now: clock,
    ...(offline || minimumAge === undefined ? {} : { minimumAge }),
    ...(offline || platforms === undefined ? {} : { platforms }),
  };
  const general = await choose({ ...asked, current: [] }, known.factsOf);
  if (general.chosen?.tag !== tag) {
    const reason = general.verdicts.find((verdict) => verdict.tag === tag)?.reason ?? general.summary;
    return new Map(now.versions.map((version) => [versionKey(version), { moves: false, reason }]));
  }
  const current = now.versions.map((version) => ({ ...version, target: now.target.id, others: now.others }));
  const { targets } = await choose({ ...asked, current }, known.factsOf);
  return new Map(targets.map((one) => [versionKey(one.from), one]));
}

/** The same where no policy is asked: all of the tag's variant, or all where there is only one. */
export function judgeByName(tag: string, { versions }: TargetNow): Judgement {
  return new Map(variantDecisions(tag, versions).map((one) => [versionKey(one.from), one]));
}
