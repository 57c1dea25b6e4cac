import type { Permission } from "./github.ts";
import type { RepositoryName } from "./tree.ts";

/** How a version is carried; see DESIGN §7. */
export type Strategy = "images" | "paths" | "directory";

/**
 * One version that changes. `image` names it: an image without tag and digest, `chart NAME`, `FILE: KEY` for the
 * strategy `paths`, `directory`. `from` and `to` are what follows the name: a tag, `tag@digest`, a version, a value;
 * `from` is empty when the target did not set one.
 */
export interface VersionChange {
  readonly image: string;
  readonly from: string;
  readonly to: string;
}

/**
 * One changed line of a file. `line` counts from 1 in the file after the change; an added line has an empty `before`, a
 * removed one an empty `after`.
 */
export interface LineEdit {
  readonly file: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

interface PlannedTarget {
  readonly app: string;
  readonly environment: string;
  /** The target's folder. */
  readonly path: string;
}

/** What a promotion does to one target. `notes` are sentences for people. */
export type TargetPromotion = PlannedTarget & {
  readonly images: readonly VersionChange[];
  readonly edits: readonly LineEdit[];
} & (
    | { readonly outcome: "planned"; readonly notes: readonly string[] }
    | { readonly outcome: "already"; readonly notes: readonly string[] }
    | { readonly outcome: "refused"; readonly reason: string; readonly fix?: string; readonly notes: readonly string[] }
  );

/** A whole plan. `commit` is where the versions were read. */
export interface PromotionPlan {
  readonly from: string;
  readonly to: string;
  readonly commit: string;
  readonly targets: readonly TargetPromotion[];
}

/** A slash command about promotions, with who gave it. */
export interface PromotionCall {
  readonly installationId: number;
  readonly repository: RepositoryName;
  /** Where it was commented. */
  readonly pullRequest: number;
  readonly actor: string;
  readonly permission: Permission;
  /** Known once, the same in every run of the command. */
  readonly id: string;
  /** When it was written, in milliseconds since the epoch. */
  readonly at: number;
  readonly signal: AbortSignal;
}

/**
 * What the commands about promotions do. Each says in markdown what was done; what the person may not or cannot do is a
 * UserError with the fix. Each may be repeated with the same `id`: what is done already is not done again.
 */
export interface Promotions {
  /** `apps` empty: those that the pull request touched. */
  promote(
    call: PromotionCall,
    wish: { readonly environment: string; readonly apps: readonly string[]; readonly dryRun: boolean },
  ): Promise<string>;
  /** `to`: a version or a commit; without it the last healthy one before the present. */
  rollback(
    call: PromotionCall,
    wish: { readonly environment: string; readonly apps: readonly string[]; readonly to?: string },
  ): Promise<string>;
  /** `until` in milliseconds since the epoch. */
  hold(
    call: PromotionCall,
    wish: { readonly environment: string; readonly app?: string; readonly reason: string; readonly until?: number },
  ): Promise<string>;
  release(call: PromotionCall, wish: { readonly environment: string; readonly app?: string }): Promise<string>;
  override(call: PromotionCall, wish: { readonly gate: string; readonly reason: string }): Promise<string>;
  acknowledge(call: PromotionCall, wish: { readonly finding: string }): Promise<string>;
  status(call: PromotionCall): Promise<string>;
  retry(call: PromotionCall): Promise<string>;
}
