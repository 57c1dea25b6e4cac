import type { ImagePolicy } from "../../config/index.ts";
import type { TagVerdict } from "../../model/images.ts";
import type { ImageFacts } from "../../model/registry.ts";

/** What follows an image's name; what is not written is empty. */
export interface Version {
  readonly tag: string;
  readonly digest: string;
}

/** What one target has now. */
export interface CurrentVersion extends Version {
  /** Names the target in the result and in sentences, e.g. "webapp in staging". */
  readonly target: string;
  /** A version that was rolled back here: only newer ones are taken. */
  readonly held?: Version;
  /** The policies of other entries that speak of the same image in the same target: what they name is theirs. */
  readonly others?: readonly ImagePolicy[];
}

/** What a policy decides about. The order of `tags` and of `current` does not matter. */
export interface PolicyInput {
  readonly policy: ImagePolicy;
  /** What is written; see `pin` of the configuration. */
  readonly pin: "tag" | "digest" | "both";
  /** Every tag that the registry lists. A policy of a digest needs none. */
  readonly tags: readonly string[];
  /** One for each target; without any the policy says what it would take for a new one. */
  readonly current: readonly CurrentVersion[];
  /** Milliseconds. */
  readonly minimumAge?: number;
  readonly platforms?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Tags that events named: their verdicts are always among the verdicts, and `newest` asks for them first. */
  readonly pushed?: readonly string[];
  /**
   * When Sluice first learned of a tag, in milliseconds since the epoch: its age where the image does not say when it
   * was built.
   */
  readonly firstSeen?: ReadonlyMap<string, number>;
  /** The only tag that may be chosen; the others just say where it stands among them. */
  readonly only?: string;
}

/** Asks the registry about a tag or a digest; `undefined` when it has no such thing. Its errors are passed on. */
export type FactsOf = (reference: string) => Promise<ImageFacts | undefined>;

/** Bounds of one decision. */
export interface PolicyLimits {
  /** How many of the best tags are asked for before the decision stops; 60 by default. */
  readonly facts: number;
  /** How many tags the policy `newest` asks for, since it needs the facts of each; 200 by default. */
  readonly builds: number;
  /** How many verdicts are given; 60 by default. The chosen, the current, the asked and the pushed ones come first. */
  readonly verdicts: number;
}

/**
 * Why one use of an image stays while others of its target move. `tag`, `ignored`, `regex`, `order`, `variant`: the
 * policy does not speak of its tag, or not as of the same image; `entry`: another entry does; `newer`: nothing goes
 * backwards.
 */
export interface Kept {
  readonly kind: "tag" | "ignored" | "regex" | "order" | "variant" | "entry" | "newer";
  /** Part of a sentence. */
  readonly why: string;
  /** A sentence. */
  readonly fix?: string;
}

/** The decision about one target. */
export interface TargetDecision {
  readonly target: string;
  /** What it has now. */
  readonly from: Version;
  /** Whether it gets what was chosen. */
  readonly moves: boolean;
  /** One sentence without a full stop. */
  readonly reason: string;
  /** Given where it stays and people should know, since the policy decides about others of the target only. */
  readonly kept?: Kept;
}

/** What a policy decided. */
export interface Decision {
  /** Given exactly when a target moves, or when there is none. */
  readonly chosen?: { readonly tag: string; readonly facts: ImageFacts };
  /** In the order of `current`. */
  readonly targets: readonly TargetDecision[];
  /** Tags that are behind the chosen one and ahead of what a moving target has, the best first: at most 100. */
  readonly skipped: readonly string[];
  /** When the first better tag is old enough, in milliseconds since the epoch: decide again then. */
  readonly waitUntil?: number;
  /** The most interesting first. */
  readonly verdicts: readonly TagVerdict[];
  /** The result in one sentence without a full stop. */
  readonly summary: string;
}
