import type { CommitCheck, Review } from "./github-repository.ts";
import type { CommitFacts } from "./tree.ts";

/** A part of the week or of the calendar, in the local time of a window's time zone. */
export type WindowSpan =
  | {
      readonly kind: "weekly";
      /** 1 is Monday, 7 is Sunday, sorted. */
      readonly days: readonly number[];
      /** Minutes after midnight. `to` is not included; a `to` at or before `from` is on the next day. */
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly kind: "dates";
      /** First and last day, `YYYY-MM-DD`, both included. */
      readonly from: string;
      readonly to: string;
    };

/** When merging is allowed or not. Exactly one of `allow` and `deny` is there. */
export interface Window {
  readonly allow?: WindowSpan;
  readonly deny?: WindowSpan;
  readonly timezone: string;
}

/** These people and teams (none named: everybody) with this permission. */
export interface Allow {
  readonly users?: readonly string[];
  readonly teams?: readonly string[];
  readonly permission: "read" | "triage" | "write" | "maintain" | "admin";
}

/** What a promotion of one app must meet, as configured. */
export interface GateSettings {
  readonly approvals: number;
  /** Whether the approval of whoever asked for the promotion counts. */
  readonly selfApproval: boolean;
  readonly healthy: boolean;
  /** Whether the source must still have what is carried, or have gone forward from it. */
  readonly current: boolean;
  /** Milliseconds. */
  readonly soak?: number;
  readonly checks: readonly string[];
  readonly windows: readonly Window[];
  /** From which severity on a finding must be acknowledged. */
  readonly findings: "danger" | "warning" | "none";
  /** Apps that must carry no older version here than they do in the source environment. */
  readonly dependsOn: readonly string[];
  /** Who may pass a gate. */
  readonly override: Allow;
}

/** Every gate, in the order in which people read them. */
export const GATES = [
  "hold",
  "current",
  "healthy",
  "soak",
  "approvals",
  "checks",
  "findings",
  "windows",
  "dependsOn",
] as const;

/** The name of a gate. */
export type GateName = (typeof GATES)[number];

/** `waiting` passes by itself or when something else ends; `blocked` needs a person. */
export type GateState = "passed" | "waiting" | "blocked" | "overridden";

/** One gate, explained. `children` are the parts that it consists of: apps, checks, windows. */
export interface GateResult {
  readonly gate: GateName;
  readonly label: string;
  readonly state: GateState;
  /**
   * One sentence in plain words, without a full stop: what stands after the label, and begins with `by`, `since` or
   * `from` where it goes on with it. Names and what can be typed are in backticks. `""` where the label says it all.
   */
  readonly reason: string;
  /** What is waited for, in a few words: `1 approval`, `the soak (ends 23:15 UTC)`. */
  readonly brief?: string;
  /** Something changed against the promotion, so that waiting alone does not help: what, as a short clause. */
  readonly stopped?: string;
  /** Of what stopped it: what happened, as a sentence, and whom to ask. */
  readonly cause?: { readonly what: string; readonly who: string };
  /** When the answer may change with time only, in milliseconds since the epoch. */
  readonly nextAt?: number;
  /** Who may act, as a sentence without a full stop, where a person must. */
  readonly who?: string;
  /** The environment of which nothing ever told how it is doing, where that has to be set up first. */
  readonly setUp?: string;
  /** How many approvals count, where the gate counts them. */
  readonly counted?: number;
  readonly children?: readonly GateResult[];
}

/** All gates of a promotion. `nextAt` is the earliest of theirs. */
export interface GateVerdict {
  readonly state: "passed" | "waiting" | "blocked";
  readonly results: readonly GateResult[];
  readonly nextAt?: number;
}

/**
 * Whether a version is live and healthy in an environment, or was until `next` took its place. Times in milliseconds
 * since the epoch.
 */
export type Health =
  | {
      readonly state: "healthy";
      readonly since: number;
      readonly source: string;
      readonly until?: number;
      readonly next?: string;
    }
  | {
      readonly state: "progressing" | "failed" | "unknown";
      readonly reason: string;
      /** What a person must set up before this can be known, as a sentence. */
      readonly setUp?: string;
    };

/**
 * Whether the source still has the carried version: it has, it went forward by a commit and has `version` now, or a
 * change took the carried one back: `by` is a login, or a name where no pull request is known; `at` in milliseconds
 * since the epoch, as the commit says.
 */
export type Currency =
  | { readonly state: "has"; readonly version: string }
  | { readonly state: "forward"; readonly version: string; readonly by?: CommitFacts }
  | {
      readonly state: "back";
      /** What the source has now, and what it got by the change that took the carried version back. */
      readonly version: string;
      readonly went: string;
      /** What was carried, and is gone. */
      readonly had: string;
      readonly by: string;
      readonly pullRequest?: number;
      readonly at: number;
    }
  | { readonly state: "unknown"; readonly reason: string };

/**
 * Why Sluice leaves a merge to people although its gates passed: a version would go back, or a person changed the
 * target since anybody asked for exactly this.
 */
export interface MergeStop {
  readonly kind: "older" | "changed";
  readonly app: string;
  /** What the target has. */
  readonly has: string;
  readonly gets: string;
  /** The change by which the target got it, where a person made it; as in `Currency`. */
  readonly change?: { readonly by: string; readonly pullRequest?: number; readonly at: number };
}

/** A stop put on an environment or a target. Times are ISO 8601. */
export interface Hold {
  readonly by: string;
  readonly reason: string;
  readonly since: string;
  readonly until?: string;
  readonly cause: "person" | "rollback" | "revert";
  /** The pull request of the rollback that Sluice proposes, where that is the cause: it ends with it. */
  readonly proposal?: number;
  /** The whole environment is held, not only the target. */
  readonly environmentWide: boolean;
}

/** A person passed a gate of this head. */
export interface Override {
  readonly gate: GateName;
  readonly by: string;
  readonly reason: string;
  /** In milliseconds since the epoch. */
  readonly at?: number;
}

/** What a gate needs to know of a finding. `key` is what `/ack` names. */
export interface GateFinding {
  readonly key: string;
  readonly severity: "danger" | "warning" | "notice";
  readonly message: string;
  readonly acknowledgedBy?: string;
}

/** The facts about one target that a promotion carries to. */
export interface TargetFacts {
  readonly app: string;
  readonly environment: string;
  readonly from: string;
  readonly settings: GateSettings;
  readonly hold?: Hold;
  /** Absent where nothing asks for it. */
  readonly current?: Currency;
  /**
   * Who may act on the target (`/release`, `/ack`), to be named where a person must; the gates decide nothing by it.
   */
  readonly allow?: Allow;
  /** Of the carried version in `from`. */
  readonly health: Health;
  /** Of the carried commit. */
  readonly checks: readonly CommitCheck[];
  readonly findings: readonly GateFinding[];
  /** Each app of `settings.dependsOn`: whether it carries here what it carries in `from`. */
  readonly dependsOn: readonly { readonly app: string; readonly behind: boolean; readonly detail: string }[];
}

/** The facts about a promotion pull request at one head. */
export interface PromotionFacts {
  readonly head: string;
  /** Who asked for it; `undefined` when it opened by itself. */
  readonly actor: string | undefined;
  readonly reviews: readonly Review[];
  /** Approvals of another change than the one that the head makes now: they are not among `reviews`. */
  readonly outdated?: readonly Pick<Review, "user" | "commit">[];
  /**
   * Logins in lower case whose reviews count: those with write permission (on a public repository everybody can
   * review). Left out: everybody's count.
   */
  readonly mayReview?: ReadonlySet<string>;
  /** Logins in lower case that are not among `mayReview` because nobody asked: their approvals were not needed. */
  readonly unasked?: ReadonlySet<string>;
  /** Absent where nothing but Sluice's commits is on its branch. */
  readonly pushed?: {
    /** Logins in lower case of those who pushed to it. */
    readonly by: ReadonlySet<string>;
    /** The targets get something else than what the metadata says, which was verified nowhere. */
    readonly changed: boolean;
  };
  readonly targets: readonly TargetFacts[];
  /** Of this head. */
  readonly overrides: readonly Override[];
}
