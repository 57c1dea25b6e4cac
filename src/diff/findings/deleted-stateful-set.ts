import { deletedRule } from "./deleted.ts";

/** A stateful workload that is no longer rendered. */
export const deletedStatefulSet = deletedRule({
  id: "deleted-stateful-set",
  kind: "apps/StatefulSet",
  noun: "StatefulSet",
  loss: "Its pods stop; its volumes stay unclaimed or are deleted, as its retention policy says.",
  fix: "check that its data is no longer needed or was moved",
});
