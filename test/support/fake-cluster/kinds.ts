import { isJsonObject, type Json, type JsonObject } from "../../../src/model/json.ts";
import type { ObjectType, ResourceMapping } from "../../../src/model/kube.ts";

/** A kind as a fake cluster serves it. */
export interface ServedKind extends ObjectType, ResourceMapping {
  readonly builtIn: boolean;
  /** The fields beside `metadata` that it has; absent: any. */
  readonly fields?: readonly string[];
  /** Whether its status is written apart from the rest, and the rest has a generation. */
  readonly status: boolean;
  /** What cannot be changed later, as paths of names. */
  readonly immutable?: readonly (readonly string[])[];
  /** What the server fills in. */
  readonly defaults?: (object: JsonObject) => JsonObject;
  /** Of a kind that a definition made. */
  readonly schema?: JsonObject;
}

const verbs = ["create", "delete", "get", "list", "patch", "update", "watch"];

interface BuiltIn extends Partial<Pick<ServedKind, "namespaced" | "status" | "immutable" | "defaults">> {
  readonly plural: string;
  readonly fields?: readonly string[];
}

const workload = { fields: ["spec", "status"], status: true };
const immutableFlag = { fields: ["data", "binaryData", "stringData", "type", "immutable"] };

const builtIns: Readonly<Record<string, Readonly<Record<string, BuiltIn>>>> = {
  v1: {
    Namespace: { plural: "namespaces", namespaced: false, ...workload, defaults: namespaceDefaults },
    ConfigMap: { plural: "configmaps", fields: ["data", "binaryData", "immutable"] },
    Secret: { plural: "secrets", ...immutableFlag, defaults: secretDefaults },
    Service: {
      plural: "services",
      ...workload,
      immutable: [["spec", "clusterIP"]],
      defaults: inSpec({ type: "ClusterIP", sessionAffinity: "None" }),
    },
    ServiceAccount: {
      plural: "serviceaccounts",
      fields: ["secrets", "imagePullSecrets", "automountServiceAccountToken"],
    },
    Pod: { plural: "pods", ...workload },
    PersistentVolumeClaim: {
      plural: "persistentvolumeclaims",
      ...workload,
      immutable: [
        ["spec", "accessModes"],
        ["spec", "storageClassName"],
      ],
    },
    PersistentVolume: { plural: "persistentvolumes", namespaced: false, ...workload },
    ResourceQuota: { plural: "resourcequotas", ...workload },
    LimitRange: { plural: "limitranges", fields: ["spec"] },
    Event: { plural: "events" },
  },
  "apps/v1": {
    Deployment: {
      plural: "deployments",
      ...workload,
      immutable: [["spec", "selector"]],
      defaults: inSpec({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
    },
    StatefulSet: {
      plural: "statefulsets",
      ...workload,
      immutable: [
        ["spec", "selector"],
        ["spec", "serviceName"],
      ],
      defaults: inSpec({ replicas: 1 }),
    },
    DaemonSet: { plural: "daemonsets", ...workload, immutable: [["spec", "selector"]] },
    ReplicaSet: { plural: "replicasets", ...workload },
  },
  "batch/v1": {
    Job: {
      plural: "jobs",
      ...workload,
      immutable: [
        ["spec", "template"],
        ["spec", "completions"],
      ],
      defaults: inSpec({ backoffLimit: 6, suspend: false }),
    },
    CronJob: { plural: "cronjobs", ...workload, defaults: inSpec({ suspend: false }) },
  },
  "autoscaling/v2": { HorizontalPodAutoscaler: { plural: "horizontalpodautoscalers", ...workload } },
  "autoscaling/v1": { HorizontalPodAutoscaler: { plural: "horizontalpodautoscalers", ...workload } },
  "policy/v1": { PodDisruptionBudget: { plural: "poddisruptionbudgets", ...workload } },
  "networking.k8s.io/v1": {
    Ingress: { plural: "ingresses", ...workload },
    NetworkPolicy: { plural: "networkpolicies", fields: ["spec"] },
  },
  "rbac.authorization.k8s.io/v1": {
    Role: { plural: "roles", fields: ["rules"] },
    RoleBinding: { plural: "rolebindings", fields: ["subjects", "roleRef"], immutable: [["roleRef"]] },
    ClusterRole: { plural: "clusterroles", namespaced: false, fields: ["rules", "aggregationRule"] },
    ClusterRoleBinding: {
      plural: "clusterrolebindings",
      namespaced: false,
      fields: ["subjects", "roleRef"],
      immutable: [["roleRef"]],
    },
  },
  "apiextensions.k8s.io/v1": {
    CustomResourceDefinition: { plural: "customresourcedefinitions", namespaced: false, ...workload },
  },
  "coordination.k8s.io/v1": { Lease: { plural: "leases", fields: ["spec"] } },
  "storage.k8s.io/v1": { StorageClass: { plural: "storageclasses", namespaced: false } },
};

/** The kinds that every cluster has, as far as tests use them. The first version of a group is the preferred one. */
export function builtInKinds(): ServedKind[] {
  return Object.entries(builtIns).flatMap(([apiVersion, kinds]) =>
    Object.entries(kinds).map(([kind, one]) => ({
      namespaced: true,
      status: false,
      ...one,
      apiVersion,
      kind,
      verbs,
      builtIn: true,
    })),
  );
}

/** The kinds that a definition adds once it is established. */
export function definedKinds(definition: JsonObject): readonly ServedKind[] {
  const spec = objectAt(definition, "spec");
  const names = objectAt(spec, "names");
  const versions = Array.isArray(spec.versions) ? spec.versions.filter((one: Json) => isJsonObject(one)) : [];
  return versions
    .filter(({ served }) => served !== false)
    .map((version) => ({
      apiVersion: `${String(spec.group)}/${String(version.name)}`,
      kind: String(names.kind),
      plural: String(names.plural),
      namespaced: spec.scope !== "Cluster",
      verbs,
      builtIn: false,
      status: isJsonObject(objectAt(version, "subresources").status),
      schema: objectAt(objectAt(version, "schema"), "openAPIV3Schema"),
    }));
}

/** The object at a key; an empty one where there is none. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

function inSpec(defaults: JsonObject): (object: JsonObject) => JsonObject {
  return (object) => ({ ...object, spec: { ...defaults, ...objectAt(object, "spec") } });
}

function namespaceDefaults(object: JsonObject): JsonObject {
  const metadata = objectAt(object, "metadata");
  const labels = { ...objectAt(metadata, "labels"), "kubernetes.io/metadata.name": metadata.name ?? "" };
  return { ...object, metadata: { ...metadata, labels }, status: { phase: "Active", ...objectAt(object, "status") } };
}

function secretDefaults({ stringData, ...object }: JsonObject): JsonObject {
  const encoded = Object.entries(isJsonObject(stringData) ? stringData : {}).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString("base64"),
  ]);
  const data = { ...objectAt(object, "data"), ...Object.fromEntries(encoded) };
  return { type: "Opaque", ...object, ...(Object.keys(data).length > 0 && { data }) };
}
