import type { YamlEdit } from "../edit/splice/index.ts";
import type { VersionChange } from "../model/promotion.ts";
import type { Render, RenderSource, Resource } from "../model/render.ts";
import type { Target } from "../model/target.ts";
import type { TreeChange } from "../model/tree.ts";
import type { Expectation } from "./proof/prove.ts";

/** A target as it is at one commit. */
export interface RenderedTarget {
  readonly target: Target;
  readonly at: RenderSource;
  readonly render: Extract<Render, { readonly ok: true }>;
}

/**
 * What is to be done to one target. No changes mean that everything is there already. What cannot be done is a
 * UserError: its message is the reason that people read.
 */
export interface ChangePlan {
  readonly versions: readonly VersionChange[];
  readonly changes: readonly PlannedChange[];
  /** Sentences for people. */
  readonly notes: readonly string[];
  /** What the render must be afterwards; `undefined` when it only has to render. */
  readonly expected: Expectation | undefined;
  /** What people are told to do where the render becomes something else; else it is about promotions. */
  readonly fix?: string;
  /** Sentences about what the render is afterwards. */
  remarks?(after: readonly Resource[]): readonly string[];
  /** Asked of the renders before and after; throws a `refused` UserError where the change must not be made. */
  guard?(before: readonly Resource[], after: readonly Resource[]): void;
}

/**
 * A change that a plan makes. What it writes by editing a file has the edits, in steps: they are made again where
 * another plan edits that file too.
 */
export type PlannedChange = TreeChange & { readonly edits?: readonly (readonly YamlEdit[])[] };

/** Whether a render is another one with these changes. A render that fails with them is another one. */
export type Probe = (changes: readonly TreeChange[]) => Promise<boolean>;
