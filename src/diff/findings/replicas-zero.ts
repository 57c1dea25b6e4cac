import { inTicks } from "../../model/text/markdown.ts";
import { podSpecs } from "../pods.ts";
import { at } from "../value.ts";
import type { FindingContext, FindingRule, Found } from "./rule.ts";

/** A workload is scaled to nothing. */
export const replicasZero: FindingRule = { id: "replicas-zero", severity: "warning", check };

function check({ base, head }: FindingContext): readonly Found[] {
  const replicas = at(head?.object, "spec", "replicas");
  if (head === undefined || replicas !== 0 || at(base?.object, "spec", "replicas") === 0) return [];
  if (podSpecs(head.object).length === 0) return [];
  return [
    {
      message: `${head.id.kind} ${inTicks(head.id.name)} is scaled to 0: no pod is left to serve. Make sure that this is meant, and that nothing (an autoscaler, say) sets it back.`,
      pointer: "/spec/replicas",
    },
  ];
}
