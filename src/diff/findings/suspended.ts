import { at } from "../value.ts";
import { type FindingContext, type FindingRule, type Found, groupKind } from "./rule.ts";

/** An object of Flux changes that is suspended: nothing happens until it is resumed. */
export const suspended: FindingRule = { id: "suspended", severity: "notice", check };

function check({ how, base, head }: FindingContext): readonly Found[] {
  if (head === undefined || at(head.object, "spec", "suspend") !== true) return [];
  // That it is suspended by this very change is a finding of its own.
  if (how === "same" && at(base?.object, "spec", "suspend") !== true) return [];
  if (!/\.toolkit\.fluxcd\.io\//.test(groupKind(head.object))) return [];
  return [
    {
      short: "Flux is suspended there",
      message:
        "Merging does not deploy the change of {resource}{where}. {#It has|They have} `suspend: true`. When {#it is|they are} resumed, this and every other waiting change go live together.",
      noun: head.id.kind,
      name: head.id.name,
      pointer: "/spec/suspend",
    },
  ];
}
