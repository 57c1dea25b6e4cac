import type { Resource } from "../model/render.ts";
import type { Target } from "../model/target.ts";

/** The kinds of objects that a controller takes for more to deploy. */
const followed: readonly string[] = [
  "argoproj.io Application",
  "argoproj.io ApplicationSet",
  "helm.toolkit.fluxcd.io HelmRelease",
  "kustomize.toolkit.fluxcd.io Kustomization",
  "fluxcd.controlplane.io ResourceSet",
];

/**
 * The resources of a target whose versions are its own. Where controllers are followed, the objects in its render that
 * deploy something else are targets themselves.
 */
export function ownResources({ declaration }: Target, resources: readonly Resource[]): readonly Resource[] {
  if (declaration === undefined) return resources;
  return resources.filter(({ object: { apiVersion, kind } }) => {
    const group = typeof apiVersion === "string" ? apiVersion.replace(/\/.*/s, "") : "";
    return !followed.includes(`${group} ${String(kind)}`);
  });
}
