/** How a version is carried; see docs/ARCHITECTURE.md. */
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
