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
      short: "{app} runs privileged",
      message: "The {resource} of {app} now {#runs|run} privileged{where}. Whoever breaks into it owns the node.",
      fix: "ask for the single capabilities that it needs",
      noun: "container",
      name,
      pointer: `${pointer}/securityContext/privileged`,
    }));
}

function privileged(item: FindingContext["head"]) {
  return containersOf(item?.object).filter(({ container }) => at(container, "securityContext", "privileged") === true);
}
