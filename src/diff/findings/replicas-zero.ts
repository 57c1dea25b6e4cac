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
      short: "{owner} scaled to 0",
      message: "{owner} {#has|have} no pods left{where}. Nothing serves its traffic after the deploy.",
      fix: "set `replicas` above 0, or remove the app if nobody needs it",
      noun: head.id.kind,
      name: head.id.name,
      pointer: "/spec/replicas",
    },
  ];
}
