import { deletedRule } from "./deleted.ts";

/** A namespace that is no longer rendered: all that is in it goes. */
export const deletedNamespace = deletedRule(
  "deleted-namespace",
  "Namespace",
  "Everything in the namespace is deleted with it, also what is not in Git.",
  "Empty the namespace on purpose first, or keep it.",
);
