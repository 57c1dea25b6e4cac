import { inTicks } from "../../model/text/markdown.ts";
import { podSpecs } from "../pods.ts";
import type { FindingContext, FindingRule, Found } from "./rule.ts";

/** A pod newly shares a namespace (network, processes, IPC) with its node. */
export const hostNamespace: FindingRule = { id: "host-namespace", severity: "warning", check };

const consequences = {
  hostNetwork: "see the node's network, past network policies",
  hostPID: "see and can signal every process of the node",
  hostIPC: "can read shared memory of the node's processes",
} as const;

function check({ base, head }: FindingContext): readonly Found[] {
  const before = new Set(shared(base).map(({ field }) => field));
  return shared(head)
    .filter(({ field }) => !before.has(field))
    .map(({ field, pointer }) => ({
      short: `{app} sets ${field}`,
      message: `{app}{where} {sets|set} ${inTicks(`${field}: true`)}. Its pods ${consequences[field]}.`,
      fix: "leave it out unless the pod is part of the node's own machinery",
      pointer: `${pointer}/${field}`,
    }));
}

function shared(item: FindingContext["head"]) {
  const fields = ["hostNetwork", "hostPID", "hostIPC"] as const;
  return podSpecs(item?.object).flatMap(({ spec, pointer }) =>
    fields.filter((field) => spec[field] === true).map((field) => ({ field, pointer })),
  );
}
