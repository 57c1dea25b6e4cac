import { deletedRule } from "./deleted.ts";

/** A definition that is no longer rendered: all its objects go. */
export const deletedCustomResourceDefinition = deletedRule(
  "deleted-custom-resource-definition",
  "apiextensions.k8s.io/CustomResourceDefinition",
  "Every object of this kind in the whole cluster is deleted with it.",
  "Delete the objects on purpose first, or keep the definition.",
);
