import { alignLists } from "../align.ts";
import { isWorkload } from "../pods.ts";
import { at, equal } from "../value.ts";
import type { FindingContext, FindingRule, Found } from "./rule.ts";

/** Only the order of lists in a pod template changes, and pods are replaced for that. */
export const podsReordered: FindingRule = { id: "pods-reordered", severity: "notice", check };

function check({ how, base, head }: FindingContext): readonly Found[] {
  if (how !== "same" || base === undefined || head === undefined || !isWorkload(head)) return [];
  const path = ["spec", "template"] as const;
  const [before, after] = [at(base.object, ...path), at(head.object, ...path)];
  if (equal(before, after) || !equal(at(alignLists(base.object, head.object).base, ...path), after)) return [];
  return [
    {
      short: "{owner} restarts for a new order",
      message: "Only the order changes in the pods of {owner}{where}. They are replaced all the same.",
      fix: "keep the order, if no restart is meant",
      noun: head.id.kind,
      name: head.id.name,
      pointer: "/spec/template",
    },
  ];
}
