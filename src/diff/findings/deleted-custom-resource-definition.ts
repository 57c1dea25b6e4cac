import { deletedRule } from "./deleted.ts";

/** A definition that is no longer rendered: all its objects go. */
export const deletedCustomResourceDefinition = deletedRule({
  id: "deleted-custom-resource-definition",
  kind: "apiextensions.k8s.io/CustomResourceDefinition",
  noun: "custom resource definition",
  loss: "All objects of the kind go with it, in the whole cluster.",
  fix: "delete the objects first, or keep the definition",
});
