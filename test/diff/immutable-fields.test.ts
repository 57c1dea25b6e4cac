import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../src/model/json.ts";
import { compare } from "./support.ts";

const refused =
  "and webapp in prod changes it. The API server refuses this update, so the deploy fails until the object is deleted and created again.";

/** `spec.a.b` set to `value` in an object; the object without it where `value` is absent. */
function holding(path: string, value: Json | undefined): JsonObject {
  if (value === undefined) return {};
  const [first = "", ...rest] = path.split(".");
  return { [first]: rest.length === 0 ? value : holding(rest.join("."), value) };
}

function findings(type: string, before: JsonObject, after: JsonObject) {
  const [kind = "", ...group] = type.split("/").toReversed();
  const whole = (more: JsonObject, generation: number): JsonObject => ({
    apiVersion: [...group, "v1"].join("/"),
    kind,
    metadata: { name: "x", generation },
    ...more,
  });
  const head = { object: whole(after, 2), file: "head.yaml" };
  return compare(undefined, undefined, { base: [{ object: whole(before, 1) }], head: [head] }).findings;
}

const texts = (type: string, before: JsonObject, after: JsonObject) =>
  findings(type, before, after).map(({ message, pointer }) => `${message.split(" cannot change, ")[0]} ${pointer}`);

/** What Kubernetes lets nobody change. `means`: what an absent field means; `once`: it may still be set when absent. */
const table: readonly (readonly [type: string, path: string, absent?: { means?: string; once?: true }])[] = [
  ["apps/Deployment", "spec.selector"],
  ["apps/ReplicaSet", "spec.selector"],
  ["apps/DaemonSet", "spec.selector"],
  ["apps/StatefulSet", "spec.selector"],
  ["apps/StatefulSet", "spec.serviceName"],
  ["apps/StatefulSet", "spec.podManagementPolicy", { means: "OrderedReady" }],
  ["apps/StatefulSet", "spec.volumeClaimTemplates"],
  ["batch/Job", "spec.selector"],
  ["batch/Job", "spec.template"],
  ["batch/Job", "spec.completionMode", { means: "NonIndexed" }],
  ["batch/Job", "spec.podFailurePolicy"],
  ["batch/Job", "spec.backoffLimitPerIndex"],
  ["Service", "spec.clusterIP", { once: true }],
  ["Service", "spec.clusterIPs", { once: true }],
  ["PersistentVolumeClaim", "spec.accessModes"],
  ["PersistentVolumeClaim", "spec.storageClassName", { once: true }],
  ["PersistentVolumeClaim", "spec.volumeName", { once: true }],
  ["PersistentVolumeClaim", "spec.selector"],
  ["PersistentVolumeClaim", "spec.volumeMode", { means: "Filesystem" }],
  ["PersistentVolumeClaim", "spec.dataSource"],
  ["PersistentVolumeClaim", "spec.dataSourceRef"],
  ["PersistentVolume", "spec.volumeMode", { means: "Filesystem" }],
  ["PersistentVolume", "spec.csi"],
  ["PersistentVolume", "spec.nfs"],
  ["PersistentVolume", "spec.hostPath"],
  ["PersistentVolume", "spec.local"],
  ["PersistentVolume", "spec.iscsi"],
  ["PersistentVolume", "spec.fc"],
  ["PersistentVolume", "spec.cephfs"],
  ["PersistentVolume", "spec.rbd"],
  ["PersistentVolume", "spec.awsElasticBlockStore"],
  ["PersistentVolume", "spec.gcePersistentDisk"],
  ["Secret", "type", { means: "Opaque" }],
  ["storage.k8s.io/StorageClass", "provisioner"],
  ["storage.k8s.io/StorageClass", "parameters"],
  ["storage.k8s.io/StorageClass", "reclaimPolicy", { means: "Delete" }],
  ["storage.k8s.io/StorageClass", "volumeBindingMode", { means: "Immediate" }],
  ["rbac.authorization.k8s.io/RoleBinding", "roleRef"],
  ["rbac.authorization.k8s.io/ClusterRoleBinding", "roleRef"],
  ["scheduling.k8s.io/PriorityClass", "value"],
  ["scheduling.k8s.io/PriorityClass", "preemptionPolicy", { means: "PreemptLowerPriority" }],
  ["node.k8s.io/RuntimeClass", "handler"],
  ["networking.k8s.io/IngressClass", "spec.controller"],
  ["apiextensions.k8s.io/CustomResourceDefinition", "spec.scope"],
  ["apiextensions.k8s.io/CustomResourceDefinition", "spec.group"],
];

describe("a field that the API server lets nobody change", () => {
  const rows = table.map(([type, path, absent = {}]) => ({ type, path, ...absent }));

  it.each(rows)("$type $path is found when it changes, comes or goes", ({ type, path, means, once }) => {
    const kind = type.split("/").at(-1);
    const [absent, one, other] = [holding(path, undefined), holding(path, "one"), holding(path, "other")];
    const field = `\`${path}\` of a ${kind} /${path.replaceAll(".", "/")}`;
    expect(texts(type, one, other)).toEqual([field]);
    expect(texts(type, absent, one)).toEqual(once ? [] : [field]);
    expect(texts(type, one, absent)).toEqual([`\`${path}\` of a ${kind} `]);
    const initial = holding(path, means);
    expect(texts(type, absent, initial)).toEqual([]);
    expect(texts(type, initial, absent)).toEqual([]);
    expect(texts(type, one, one)).toEqual([]);
  });

  it("is told with what follows and what to do, at the line of the head", () => {
    expect(findings("apps/StatefulSet", { spec: { serviceName: "a" } }, { spec: { serviceName: "b" } })).toMatchObject([
      {
        id: "immutable-field-changed",
        severity: "danger",
        app: "webapp",
        environment: "prod",
        resource: "StatefulSet/x",
        message: `\`spec.serviceName\` of a StatefulSet cannot change, ${refused}`,
        fix: "keep the old value, or plan the replacement",
        file: "head.yaml",
        target: { apiVersion: "apps/v1", kind: "StatefulSet", namespace: "", name: "x" },
        pointer: "/spec/serviceName",
      },
    ]);
  });

  it("binds only its own group's kind", () => {
    expect(findings("example.org/Deployment", holding("spec.selector", "a"), holding("spec.selector", "b"))).toEqual(
      [],
    );
    expect(findings("constructor", holding("spec.selector", "a"), holding("spec.selector", "b"))).toEqual([]);
  });

  it("is no address of a Service that is or becomes a mere name, or that gets its first address", () => {
    const service = (type: string, clusterIP?: string) => ({ spec: { type, ...(clusterIP ? { clusterIP } : {}) } });
    expect(texts("Service", service("ClusterIP", "10.0.0.1"), service("ExternalName"))).toEqual([]);
    expect(texts("Service", service("ExternalName", "10.0.0.1"), service("ClusterIP", "10.0.0.2"))).toEqual([]);
    expect(texts("Service", service("ClusterIP"), service("ClusterIP", "10.0.0.1"))).toEqual([]);
    expect(texts("Service", service("ClusterIP", "10.0.0.1"), service("NodePort", "None"))).toEqual([
      "`spec.clusterIP` of a Service /spec/clusterIP",
    ]);
  });

  it("is pointed at by what the head still has of its path", () => {
    const spec = { resources: { requests: { storage: "2Gi" } }, selector: { a: "b" } };
    expect(texts("PersistentVolumeClaim", { spec }, { spec: { resources: spec.resources } })).toEqual([
      "`spec.selector` of a PersistentVolumeClaim /spec",
    ]);
  });

  it.each([
    ["helm.sh/hook", "pre-upgrade", true],
    ["argocd.argoproj.io/hook", "PreSync", true],
    ["argocd.argoproj.io/sync-options", "Force=true", true],
    ["argocd.argoproj.io/sync-options", "Prune=false, Force=true,Replace=true", true],
    ["argocd.argoproj.io/sync-options", "Force=trueish", false],
    ["argocd.argoproj.io/sync-options", "NoForce=true", false],
    ["kustomize.toolkit.fluxcd.io/force", "Enabled", true],
    ["kustomize.toolkit.fluxcd.io/force", "disabled", false],
    ["example.org/hook", "pre-upgrade", false],
  ])("binds no object that %s=%s has made anew each time: %s", (name, value, free) => {
    const job = (image: string) =>
      `{ apiVersion: batch/v1, kind: Job, metadata: { name: x, annotations: { ${name}: "${value}" } }, spec: { template: ${image} } }`;
    expect(compare(job("a"), job("b")).findings).toHaveLength(free ? 0 : 1);
  });
});

describe("a ConfigMap or Secret marked immutable", () => {
  const marked = (more: JsonObject, immutable: Json = true) => ({ immutable, ...more });

  it.each(["ConfigMap", "Secret"])("holds every field of the %s's contents, and the mark itself", (kind) => {
    for (const field of ["data", "binaryData", "stringData"]) {
      // What something else fills in is no secret in clear text, which would be another finding.
      const [before, after] = [{ [field]: { a: "<one>" } }, { [field]: { a: "<two>" } }];
      expect(findings(kind, marked(before), marked(after)).map(({ message, pointer }) => [message, pointer])).toEqual([
        [`\`${field}\` of a ${kind} with \`immutable: true\` cannot change, ${refused}`, `/${field}`],
      ]);
      expect(findings(kind, before, after)).toEqual([]);
      expect(findings(kind, marked(before, false), marked(after))).toEqual([]);
    }
    expect(texts(kind, marked({}), {})).toEqual([`\`immutable\` of a ${kind} with \`immutable: true\` `]);
    expect(texts(kind, marked({}), marked({}, false))).toEqual([
      `\`immutable\` of a ${kind} with \`immutable: true\` /immutable`,
    ]);
    expect(texts(kind, marked({}), marked({}))).toEqual([]);
  });

  it("is no other kind that has a field of that name", () => {
    expect(findings("example.org/Note", marked({ data: "a" }), marked({ data: "b" }))).toEqual([]);
  });
});

describe("the size of a claim", () => {
  const claim = (storage: Json | undefined) =>
    storage === undefined ? {} : { spec: { resources: { requests: { storage } } } };
  const shrinks = (from: Json | undefined, to: Json | undefined) =>
    findings("PersistentVolumeClaim", claim(from), claim(to)).length > 0;

  it("may not get smaller, which is told with both sizes", () => {
    expect(findings("PersistentVolumeClaim", claim("1Ti"), claim("900Gi"))).toMatchObject([
      {
        message:
          "A volume claim of webapp shrinks from `1Ti` to `900Gi` in prod. Claims can only grow: the API server refuses this update.",
        fix: "keep the size, or move the data to a new claim",
        pointer: "/spec/resources/requests/storage",
      },
    ]);
    expect(findings("example.org/Claim", claim("1Ti"), claim("900Gi"))).toEqual([]);
  });

  it("is compared across all units", () => {
    const sizes = ["1m", 1, "1k", "1Ki", "1M", "1Mi", "1G", "1Gi", "1T", "1Ti", "1P", "1Pi", "1E", "1Ei"];
    for (const [index, size] of sizes.entries()) {
      const next = sizes[index + 1];
      expect([size, shrinks(next, size)]).toEqual([size, next !== undefined]);
      expect([size, shrinks(size, next)]).toEqual([size, false]);
    }
  });

  it.each([
    ["1000m", 1],
    ["1k", "1e3"],
    ["1M", "1000k"],
    ["1G", "1000M"],
    ["1T", "1000G"],
    ["1P", "1000T"],
    ["1E", "1000P"],
    ["1Ki", 1024],
    ["1Mi", "1024Ki"],
    ["1Gi", "1024Mi"],
    ["1Ti", "1024Gi"],
    ["1Pi", "1024Ti"],
    ["1Ei", "1024Pi"],
    ["1.5Gi", " 1536Mi "],
  ])("is the same when %s becomes %s", (one, other) => {
    expect([shrinks(one, other), shrinks(other, one)]).toEqual([false, false]);
  });

  it.each(["", ".", "huge", "1Xi", "1constructor", true, { size: 1 }, undefined])(
    "is not judged where one of the two is no size: %s",
    (odd) => {
      expect([shrinks("1Ti", odd), shrinks(odd, "1m"), shrinks(odd, "1Ti")]).toEqual([false, false, false]);
    },
  );
});
