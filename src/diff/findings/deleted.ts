import { inTicks } from "../../model/text/markdown.ts";
import { isReleased } from "../deletion-protected.ts";
import { type FindingContext, type FindingRule, type Found, goneItem, groupKind } from "./rule.ts";

/**
 * A danger rule for a kind whose deletion loses more than the object. `loss` says what goes with it, `advice` what to
 * do.
 */
export function deletedRule(id: string, kind: string, loss: string, advice: string): FindingRule {
  return { id, severity: "danger", check: (context) => check(context, kind, loss, advice) };
}

function check(context: FindingContext, kind: string, loss: string, advice: string): readonly Found[] {
  const gone = goneItem(context);
  if (gone === undefined || groupKind(gone.object) !== kind || isReleased(gone.object)) return [];
  const head = context.head;
  const what =
    head === undefined
      ? `${gone.id.kind} ${inTicks(gone.id.name)} is no longer rendered and is deleted where pruning is on`
      : `${gone.id.kind} ${inTicks(gone.id.name)} becomes ${head.id.kind} ${inTicks(head.id.name)}${moved(gone.id.namespace, head.id.namespace)}: a new object is made and the old one is deleted where pruning is on`;
  return [{ message: `${what}. ${loss} ${advice}`, about: "base" }];
}

function moved(from: string, to: string): string {
  return from === to ? "" : ` in namespace ${inTicks(to)}`;
}
