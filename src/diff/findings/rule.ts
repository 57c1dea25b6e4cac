import type { FindingWords, Severity } from "../../model/preview.ts";
import type { DeployHandling } from "../controllers/deploy-handling.ts";
import { groupOf, type Item } from "../item.ts";
import type { Pair } from "../match.ts";
import { textAt, type ValueObject } from "../value.ts";

/** What a rule sees: one resource before and after (`undefined` where it is absent), never masked. */
export interface FindingContext {
  readonly how: Pair["how"];
  readonly base: Item | undefined;
  readonly head: Item | undefined;
  readonly handling: DeployHandling;
}

/**
 * What a rule found, as phrases with blanks; see `FindingWords`. Names in them are in backticks; they never hold a
 * Secret's value.
 */
export interface Found extends FindingWords {
  /** JSON pointer into the head's resource. */
  readonly pointer?: string;
  /** The resource is gone: the finding is about the base's. */
  readonly about?: "base";
  /** Where it is less, or more, than the rule's. */
  readonly severity?: Severity;
}

/** One rule of the table of findings. Pure; called for every resource that differs. */
export interface FindingRule {
  readonly id: string;
  readonly severity: Severity;
  check(context: FindingContext): readonly Found[];
}

/** `group/Kind` of an object, `Kind` for the core group. */
export function groupKind(object: ValueObject | undefined): string {
  const group = groupOf(textAt(object, "apiVersion"));
  const kind = textAt(object, "kind");
  return group === "" ? kind : `${group}/${kind}`;
}

/** The base's item when it is gone at head: removed, or living on under another identity only. */
export function goneItem({ how, base }: FindingContext): Item | undefined {
  return how === "removed" || how === "renamed" ? base : undefined;
}
