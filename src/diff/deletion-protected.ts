import { textAt, type ValueObject } from "./value.ts";

/**
 * Whether an object says that no deploy may delete it (Helm's `keep`, Argo CD's `Prune=false`, Flux's
 * `prune: disabled`).
 */
export function isReleased(object: ValueObject): boolean {
  const annotation = (name: string) => textAt(object, "metadata", "annotations", name);
  return (
    annotation("helm.sh/resource-policy") === "keep" ||
    /(^|,)\s*(Prune|Delete)=false\b/.test(annotation("argocd.argoproj.io/sync-options")) ||
    annotation("kustomize.toolkit.fluxcd.io/prune") === "disabled"
  );
}

/**
 * Whether an object is created again for each deploy (a hook, or forced replacement), so that immutable fields do not
 * bind it.
 */
export function isRecreated(object: ValueObject): boolean {
  const annotation = (name: string) => textAt(object, "metadata", "annotations", name);
  return (
    annotation("helm.sh/hook") !== "" ||
    annotation("argocd.argoproj.io/hook") !== "" ||
    /(^|,)\s*Force=true\b/.test(annotation("argocd.argoproj.io/sync-options")) ||
    annotation("kustomize.toolkit.fluxcd.io/force").toLowerCase() === "enabled"
  );
}
