/**
 * A field that the API server lets nobody change. `initial`: what an absent field means. `set`: only a value that was
 * set is fixed.
 */
export interface ImmutableField {
  readonly path: readonly string[];
  readonly initial?: string;
  readonly set?: true;
}

const field = (path: string, options: Omit<ImmutableField, "path"> = {}): ImmutableField => ({
  path: path.split("."),
  ...options,
});

/** Immutable fields by `group/Kind`, from the validation of updates in the Kubernetes API server. */
export const immutableFields: Readonly<Record<string, readonly ImmutableField[]>> = {
  "apps/Deployment": [field("spec.selector")],
  "apps/ReplicaSet": [field("spec.selector")],
  "apps/DaemonSet": [field("spec.selector")],
  "apps/StatefulSet": [
    field("spec.selector"),
    field("spec.serviceName"),
    field("spec.podManagementPolicy", { initial: "OrderedReady" }),
    field("spec.volumeClaimTemplates"),
  ],
  "batch/Job": [
    field("spec.selector"),
    field("spec.template"),
    field("spec.completionMode", { initial: "NonIndexed" }),
    field("spec.podFailurePolicy"),
    field("spec.backoffLimitPerIndex"),
  ],
  Service: [field("spec.clusterIP"), field("spec.clusterIPs")],
  PersistentVolumeClaim: [
    field("spec.accessModes"),
    field("spec.storageClassName", { set: true }),
    field("spec.volumeName", { set: true }),
    field("spec.selector"),
    field("spec.volumeMode", { initial: "Filesystem" }),
    field("spec.dataSource"),
    field("spec.dataSourceRef"),
  ],
  PersistentVolume: [
    field("spec.volumeMode", { initial: "Filesystem" }),
    ...[
      "csi",
      "nfs",
      "hostPath",
      "local",
      "iscsi",
      "fc",
      "cephfs",
      "rbd",
      "awsElasticBlockStore",
      "gcePersistentDisk",
    ].map((source) => field(`spec.${source}`)),
  ],
  Secret: [field("type", { initial: "Opaque" })],
  "storage.k8s.io/StorageClass": [
    field("provisioner"),
    field("parameters"),
    field("reclaimPolicy", { initial: "Delete" }),
    field("volumeBindingMode", { initial: "Immediate" }),
  ],
  "rbac.authorization.k8s.io/RoleBinding": [field("roleRef")],
  "rbac.authorization.k8s.io/ClusterRoleBinding": [field("roleRef")],
  "scheduling.k8s.io/PriorityClass": [field("value"), field("preemptionPolicy", { initial: "PreemptLowerPriority" })],
  "node.k8s.io/RuntimeClass": [field("handler")],
  "networking.k8s.io/IngressClass": [field("spec.controller")],
  "apiextensions.k8s.io/CustomResourceDefinition": [field("spec.scope"), field("spec.group")],
};
