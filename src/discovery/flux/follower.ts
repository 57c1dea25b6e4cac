import type { Follower } from "../follower.ts";
import { followHelmRelease } from "./helm-release.ts";
import { followInstance, kustomizationGroup } from "./instance.ts";
import { followKustomization } from "./kustomization.ts";
import { followResourceSet, operatorGroup } from "./resource-set.ts";

const rules: Readonly<Record<string, Follower["follow"]>> = {
  [`${kustomizationGroup}/Kustomization`]: followKustomization,
  "helm.toolkit.fluxcd.io/HelmRelease": followHelmRelease,
  [`${operatorGroup}/FluxInstance`]: followInstance,
  [`${operatorGroup}/ResourceSet`]: followResourceSet,
};

/** What Flux's controllers and the Flux operator deploy. */
export const fluxFollower: Follower = {
  follows: (group, kind) => Object.hasOwn(rules, `${group}/${kind}`),
  follow: (object, world) => rules[`${object.group}/${object.kind}`]?.(object, world) ?? {},
};
