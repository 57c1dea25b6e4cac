import { deletedRule } from "./deleted.ts";

/** A stateful workload that is no longer rendered. */
export const deletedStatefulSet = deletedRule(
  "deleted-stateful-set",
  "apps/StatefulSet",
  "Its pods stop, and its volumes stay behind unclaimed or are deleted with it, as its retention policy says.",
  "Check that its data is no longer needed or has been moved.",
);
