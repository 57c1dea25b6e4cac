import type { Desired } from "../engine.ts";
import type { OperationDocument } from "./document.ts";

/** What a step does with the operation that is recorded. */
export type Decision =
  /** It has the result that is wanted: nothing is done. */
  | { readonly kind: "recorded"; readonly document: OperationDocument }
  | { readonly kind: "continue"; readonly document: OperationDocument }
  /** It is for another render than the one that Git has now. */
  | { readonly kind: "supersede"; readonly document: OperationDocument }
  | { readonly kind: "begin"; readonly withHooks: boolean };

/**
 * What comes next for a target. Which head is newer is not asked: whoever takes the step holds the environment's lease,
 * and looked at Git after it got that.
 */
export function decide(document: OperationDocument | undefined, desired: Desired): Decision {
  if (document === undefined) return { kind: "begin", withHooks: true };
  const same = document.operation.digest === desired.digest;
  const asked = desired.request !== undefined && desired.request.id !== document.request;
  const { result } = document;
  if (result === undefined) return { kind: same ? "continue" : "supersede", document };
  if (!same || result.state === "superseded") return { kind: "begin", withHooks: true };
  // What failed since Sluice found drift in it is not tried again by itself.
  if (!asked || (result.state === "failed" && desired.request?.undone !== undefined))
    return { kind: "recorded", document };
  // What was live and is compared again was deployed already: its migrations have run.
  return { kind: "begin", withHooks: result.state === "failed" };
}
