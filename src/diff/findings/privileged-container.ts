import { inTicks } from "../../model/text/markdown.ts";
import { containersOf } from "../pods.ts";
import { at } from "../value.ts";
import type { FindingContext, FindingRule, Found } from "./rule.ts";

/** A container newly runs privileged. */
export const privilegedContainer: FindingRule = { id: "privileged-container", severity: "danger", check };

function check({ base, head }: FindingContext): readonly Found[] {
  const before = new Set(privileged(base).map(({ name }) => name));
  return privileged(head)
    .filter(({ name }) => !before.has(name))
    .map(({ name, pointer }) => ({
      message: `Container ${inTicks(name)} now runs privileged: whoever breaks into it owns the node. Ask for the single capabilities it needs instead.`,
      pointer: `${pointer}/securityContext/privileged`,
    }));
}

function privileged(item: FindingContext["head"]) {
  return containersOf(item?.object).filter(({ container }) => at(container, "securityContext", "privileged") === true);
}
