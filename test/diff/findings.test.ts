import { describe, expect, it } from "vitest";
import { rules } from "../../src/diff/findings/index.ts";
import { renderFailureFinding, targetRemovedFinding, unpinnedFinding } from "../../src/diff/index.ts";
import { compare } from "./support.ts";

const ids = (base: string | undefined, head: string | undefined) => compare(base, head).findings.map(({ id }) => id);

const object = (apiVersion: string, kind: string, body = "spec: {}", metadata = "name: x") =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { ${metadata} }\n${body}\n`;

const workload = (pod: string, kind = "Deployment", spec = "replicas: 1") =>
  object("apps/v1", kind, `spec: { ${spec}, template: { spec: { ${pod} } } }`);

describe("the table of findings", () => {
  it("has rules of distinct kebab-case ids", () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { id } of rules) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it.each([
    ["v1", "PersistentVolumeClaim", "deleted-persistent-volume-claim"],
    ["v1", "PersistentVolume", "deleted-persistent-volume"],
    ["v1", "Namespace", "deleted-namespace"],
    ["apiextensions.k8s.io/v1", "CustomResourceDefinition", "deleted-custom-resource-definition"],
    ["apps/v1", "StatefulSet", "deleted-stateful-set"],
  ])("finds a deleted %s %s", (apiVersion, kind, id) => {
    const gone = object(apiVersion, kind);
    expect(ids(gone, undefined)).toEqual([id]);
    expect(ids(gone, gone)).toEqual([]);
    expect(compare(gone, undefined).findings[0]).toMatchObject({ severity: "danger", resource: `${kind}/x` });
  });

  it("finds that a renamed claim is a deleted claim, and one in another namespace too", () => {
    const claim = (metadata: string) =>
      object("v1", "PersistentVolumeClaim", "spec: { accessModes: [a], volumeMode: Block }", metadata);
    expect(ids(claim("name: data"), claim("name: data-new"))).toEqual(["deleted-persistent-volume-claim"]);
    expect(ids(claim("name: data, namespace: a"), claim("name: data, namespace: b"))).toEqual([
      "deleted-persistent-volume-claim",
    ]);
  });

  it("says nothing of what no delivery may delete, and of other groups' kinds", () => {
    const kept = object(
      "v1",
      "PersistentVolumeClaim",
      "spec: {}",
      "name: x, annotations: { helm.sh/resource-policy: keep }",
    );
    expect(ids(kept, undefined)).toEqual([]);
    expect(ids(object("example.org/v1", "Namespace"), undefined)).toEqual([]);
  });
});

describe("immutable fields", () => {
  const changed = (apiVersion: string, kind: string, before: string, after: string) =>
    compare(object(apiVersion, kind, before), object(apiVersion, kind, after)).findings.filter(
      ({ id }) => id === "immutable-field-changed",
    );

  it.each([
    ["apps/v1", "Deployment", "spec: { selector: { a: b } }", "spec: { selector: { a: c } }", "/spec/selector"],
    ["apps/v1", "StatefulSet", "spec: { serviceName: a }", "spec: { serviceName: b }", "/spec/serviceName"],
    ["apps/v1", "StatefulSet", "spec: {}", "spec: { podManagementPolicy: Parallel }", "/spec/podManagementPolicy"],
    ["apps/v1", "StatefulSet", "spec: { volumeClaimTemplates: [{ metadata: { name: a } }] }", "spec: {}", "/spec"],
    ["batch/v1", "Job", "spec: { template: { a: 1 } }", "spec: { template: { a: 2 } }", "/spec/template"],
    ["v1", "Service", "spec: { clusterIP: None }", "spec: { clusterIP: 10.0.0.1 }", "/spec/clusterIP"],
    [
      "v1",
      "PersistentVolumeClaim",
      "spec: { storageClassName: a }",
      "spec: { storageClassName: b }",
      "/spec/storageClassName",
    ],
    [
      "v1",
      "PersistentVolumeClaim",
      "spec: { resources: { requests: { storage: 1Ti } } }",
      "spec: { resources: { requests: { storage: 900Gi } } }",
      "/spec/resources/requests/storage",
    ],
    ["v1", "ConfigMap", "immutable: true\ndata: { a: b }", "immutable: true\ndata: { a: c }", "/data"],
    ["v1", "ConfigMap", "immutable: true\ndata: { a: b }", "data: { a: b }", ""],
    ["storage.k8s.io/v1", "StorageClass", "provisioner: a", "provisioner: b", "/provisioner"],
    ["rbac.authorization.k8s.io/v1", "RoleBinding", "roleRef: { name: a }", "roleRef: { name: b }", "/roleRef"],
  ])("finds the change in %s %s from %s to %s", (apiVersion, kind, before, after, pointer) => {
    const findings = changed(apiVersion, kind, before, after);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ severity: "danger", pointer, file: "head.yaml" });
  });

  it("knows what an absent field means, and that volumes may grow", () => {
    expect(
      changed("apps/v1", "StatefulSet", "spec: {}", "spec: { podManagementPolicy: OrderedReady, replicas: 1 }"),
    ).toEqual([]);
    expect(
      changed(
        "v1",
        "PersistentVolumeClaim",
        "spec: { resources: { requests: { storage: 900Mi } } }",
        "spec: { resources: { requests: { storage: 1Gi } } }",
      ),
    ).toEqual([]);
    expect(
      changed("v1", "Service", "spec: { type: ClusterIP }", "spec: { type: ClusterIP, clusterIP: 10.0.0.1 }"),
    ).toEqual([]);
  });

  it("does not bind hooks, which are made anew each time", () => {
    const hook = (value: number) =>
      object(
        "batch/v1",
        "Job",
        `spec: { template: { a: ${value} } }`,
        "name: x, annotations: { helm.sh/hook: pre-upgrade }",
      );
    expect(ids(hook(1), hook(2))).toEqual([]);
  });
});

describe("secrets in clear text", () => {
  const secret = (body: string) => object("v1", "Secret", body);

  it("are a danger when they come or change, by the names of their keys only", () => {
    const finding = compare(undefined, secret("data: { password: aHVudGVyMg== }")).findings[0];
    expect(finding).toMatchObject({ id: "clear-text-secret", severity: "danger", resource: "Secret/x" });
    expect(finding?.message).toContain("`password`");
    expect(ids(secret("data: { a: YQ==, b: Yg== }"), secret("data: { a: YQ==, b: eA== }"))).toEqual([
      "clear-text-secret",
    ]);
  });

  it("are found too where the kind or the field is written in the wrong case", () => {
    expect(ids(undefined, secret("stringdata: { password: hunter2 }"))).toEqual(["clear-text-secret"]);
    expect(ids(undefined, object("v1", "secret", "Data: { password: aHVudGVyMg== }"))).toEqual(["clear-text-secret"]);
  });

  it("are none when the pull request does not bring them, or when something else fills the value in", () => {
    expect(ids(secret("data: { a: YQ== }"), secret("data: { a: YQ== }\nimmutable: false"))).toEqual([]);
    const filled = `stringData: { a: "<path:kv/data/login#password>", b: "\${DB_PASSWORD}", c: "ref+vault://kv/x#y", d: "" }`;
    expect(ids(undefined, secret(filled))).toEqual([]);
  });
});

describe("what pods may do", () => {
  const container = (more: string) => `containers: [{ name: web, image: "web:1"${more} }]`;

  it("finds a container that newly runs privileged, also an init container", () => {
    const privileged = ", securityContext: { privileged: true }";
    expect(ids(workload(container("")), workload(container(privileged)))).toEqual(["privileged-container"]);
    expect(ids(workload(container(privileged)), workload(container(`${privileged}, tty: true`)))).toEqual([]);
    const init = `${container("")}, initContainers: [{ name: setup, image: "s:1"${privileged} }]`;
    expect(compare(workload(container("")), workload(init)).findings[0]?.pointer).toBe(
      "/spec/template/spec/initContainers/0/securityContext/privileged",
    );
  });

  it("finds new host paths and host namespaces", () => {
    const pod = `${container("")}, volumes: [{ name: run, hostPath: { path: /var/run } }], hostNetwork: true, hostPID: true`;
    expect(ids(workload(container("")), workload(pod))).toEqual([
      "host-path-volume",
      "host-namespace",
      "host-namespace",
    ]);
    expect(ids(workload(pod), workload(`${pod}, hostIPC: false`))).toEqual([]);
  });

  it("finds a workload scaled to nothing", () => {
    const scaled = (replicas: number) => workload(container(""), "Deployment", `replicas: ${replicas}`);
    expect(ids(scaled(2), scaled(0))).toEqual(["replicas-zero"]);
    expect(ids(scaled(0), scaled(2))).toEqual([]);
  });

  it.each([
    ["nginx", true],
    ["nginx:latest", true],
    ["registry.local:5000/team/app", true],
    ["nginx:1.27", false],
    ["registry.local:5000/team/app:1", false],
    ["nginx@sha256:0123", false],
    ["nginx:latest@sha256:0123", false],
  ])("takes %s as loose: %s", (image, loose) => {
    const head = workload(`containers: [{ name: web, image: "${image}" }]`);
    expect(ids(workload(container("")), head)).toEqual(loose ? ["image-without-tag"] : []);
  });

  it("says nothing of a loose image that was there before", () => {
    const loose = (more: string) => workload(`containers: [{ name: web, image: nginx${more} }]`);
    expect(ids(loose(""), loose(", tty: true"))).toEqual([]);
  });
});

describe("findings about whole targets", () => {
  const name = { app: "webapp", environment: "prod" };

  it("name the file and the line of a failed render, and what the tool said", () => {
    const failure = { kind: "input", message: "no such file: x.yaml", file: "apps/k.yaml", line: 3 } as const;
    const finding = renderFailureFinding({ ...name, failure });
    expect(finding).toMatchObject({
      id: "render-failed",
      severity: "danger",
      resource: "",
      file: "apps/k.yaml",
      line: 3,
    });
    expect(finding.message).toContain("no such file: x.yaml");
    expect(renderFailureFinding({ ...name, failure, side: "base" }).severity).toBe("warning");
  });

  it("name an unpinned reference and a target that is gone", () => {
    const reference = { reference: "github.com/acme/base?ref=main", reason: "a branch moves" };
    expect(unpinnedFinding({ ...name, reference })).toMatchObject({ id: "unpinned-reference", severity: "warning" });
    expect(targetRemovedFinding({ ...name, resources: 3 }).message).toContain("its 3 resources are deleted");
  });
});
