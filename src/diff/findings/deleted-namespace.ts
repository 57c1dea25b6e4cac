import { deletedRule } from "./deleted.ts";

/** A namespace that is no longer rendered: all that is in it goes. */
export const deletedNamespace = deletedRule({
  id: "deleted-namespace",
  kind: "Namespace",
  noun: "namespace",
  loss: "Everything in it goes too, even what is not in Git.",
  fix: "empty the namespace first, or keep it",
});
