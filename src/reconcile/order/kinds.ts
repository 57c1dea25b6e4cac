import type { ObjectReference, ObjectType } from "../../model/kube.ts";
import { kindName } from "../access/refusals.ts";

/** The order in which kinds are applied: what others need comes first. Flux's, which agrees with Helm's. */
const first: readonly string[] = [
  "CustomResourceDefinition.apiextensions.k8s.io",
  "Namespace",
  "ClusterRole.rbac.authorization.k8s.io",
  "*Class",
  "ClusterRoleBinding.rbac.authorization.k8s.io",
  "ResourceQuota",
  "ServiceAccount",
  "Role.rbac.authorization.k8s.io",
  "RoleBinding.rbac.authorization.k8s.io",
  "ConfigMap",
  "Secret",
  "Service",
  "LimitRange",
  "Deployment.apps",
  "StatefulSet.apps",
  "CronJob.batch",
  "PodDisruptionBudget.policy",
];

/** A webhook that is not served yet refuses everything that it is asked about, its own server's Pods included. */
const last: readonly string[] = [
  "MutatingWebhookConfiguration.admissionregistration.k8s.io",
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
];

const ranks: ReadonlyMap<string, number> = new Map([
  ...first.map((kind, index) => [kind, index] as const),
  ...last.map((kind, index) => [kind, first.length + 1 + index] as const),
]);

/** Where a kind comes in the order; equal ranks may be applied at once. */
export function rankOf(type: ObjectType): number {
  return ranks.get(kindName(type)) ?? ranks.get(type.kind.endsWith("Class") ? "*Class" : "") ?? first.length;
}

/** Orders references by rank, then by namespace and name. */
export function byKind(a: ObjectReference, b: ObjectReference): number {
  return (
    rankOf(a) - rankOf(b) ||
    compareText(a.kind, b.kind) ||
    compareText(a.namespace ?? "", b.namespace ?? "") ||
    compareText(a.name, b.name)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Within a wave: what others cannot exist without, then the classes that they name, then they. */
export type Part = "definitions" | "classes" | "objects";

/** The parts of a wave in their order. */
export const parts: readonly Part[] = ["definitions", "classes", "objects"];

/** The part of a wave that a kind is applied in. */
export function partOf(type: ObjectType): Part {
  const rank = rankOf(type);
  if (rank <= 2) return "definitions";
  return rank === 3 ? "classes" : "objects";
}

/** Kinds without a state of their own: once they are applied there is nothing to wait for. */
const stateless: ReadonlySet<string> = new Set([
  "ConfigMap",
  "Secret",
  "ServiceAccount",
  "LimitRange",
  "ResourceQuota",
  "Role.rbac.authorization.k8s.io",
  "RoleBinding.rbac.authorization.k8s.io",
  "ClusterRole.rbac.authorization.k8s.io",
  "ClusterRoleBinding.rbac.authorization.k8s.io",
  "NetworkPolicy.networking.k8s.io",
  "IngressClass.networking.k8s.io",
  "PriorityClass.scheduling.k8s.io",
  "StorageClass.storage.k8s.io",
  "RuntimeClass.node.k8s.io",
  "MutatingWebhookConfiguration.admissionregistration.k8s.io",
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io",
]);

/** Whether an object of a kind is healthy as soon as it exists. */
export function isStateless(type: ObjectType): boolean {
  return stateless.has(kindName(type));
}
