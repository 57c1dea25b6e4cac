import { describe, expect, it } from "vitest";
import type { ClusterGrant } from "../../../src/model/deploy.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import { applyEngine, removed } from "../../../src/reconcile/engines/apply/index.ts";
import type { Desired } from "../../../src/reconcile/engines/engine.ts";
import { configMap, desiredOf, hook, job, wave, widgets } from "../../support/apply-world.ts";
import { FakeCluster } from "../../support/fake-cluster.ts";

const signal = new AbortController().signal;
const given: ClusterGrant = { repositories: ["evil/*"], environments: ["*"], namespaces: ["shop", "shop-{app}"] };
const rbac = "rbac.authorization.k8s.io/v1";

/** A cluster of which the repository `evil/shop` has the namespace `shop`, beside others' objects. */
function world(grant: Partial<ClusterGrant> = {}) {
  const cluster = new FakeCluster({ namespaces: ["shop", "bank", "sluice", "kube-system"] });
  let open: ClusterGrant = { ...given, ...grant };
  let [now, ids] = [0, 0];
  const engine = (repositoryId: number, environment: string) =>
    applyEngine(
      {
        cluster,
        lease: { confirm: async () => true },
        health: { health: async (objects) => objects.map(() => ({ status: "healthy", message: "", rule: "core" })) },
        clock: () => now,
        newId: () => `operation-${ids++}`,
        writer: "test",
      },
      {
        repository: { owner: "evil", name: "shop" },
        repositoryId,
        environment,
        cluster: { name: "main", namespace: "sluice", grants: [open] },
        grant: open,
        namespace: "shop",
      },
    );
  const step = async (desired: Desired, repositoryId = 7) => {
    const { status, again = now } = await engine(repositoryId, desired.environment).step(desired, signal);
    now = Math.max(now + 1, again);
    return status;
  };
  const deploy = async (desired: Desired, repositoryId = 7) => {
    for (let steps = 0; steps < 200; steps += 1) {
      const status = await step(desired, repositoryId);
      if (!["progressing", "waiting"].includes(status.state)) return status;
    }
    throw new Error("there is no result");
  };
  /** What somebody else wrote. */
  const put = (object: JsonObject) => cluster.put(object);
  return {
    cluster,
    step,
    deploy,
    put,
    has: (kind: string, name: string, namespace: string | undefined, apiVersion = "v1") =>
      cluster.object({ apiVersion, kind, name, namespace }) !== undefined,
    /** From now on. */
    give: (next: Partial<ClusterGrant>) => {
      open = { ...open, ...next };
    },
  };
}

function app(name: string, ...objects: readonly JsonObject[]): Desired {
  return { ...desiredOf({ head: "a", objects }), app: name };
}

function at(object: JsonObject, metadata: JsonObject): JsonObject {
  return { ...object, metadata: { ...Object(object.metadata), ...metadata } };
}

function object(kind: string, name: string, apiVersion = "v1", more: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { name }, ...more };
}

/** Says that a kind lives elsewhere than it does; `Skip`: the API server never sees it. */
function lie(group: string, kind: string, plural: string, scope: string): JsonObject {
  const names = { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` };
  const versions = [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }];
  const definition = object("CustomResourceDefinition", `${plural}.${group}`, "apiextensions.k8s.io/v1", {
    spec: { group, scope, names, versions },
  });
  return at(definition, { annotations: hook("Skip") });
}

const binding = object("ClusterRoleBinding", "root", rbac, {
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ kind: "ServiceAccount", name: "deployer", namespace: "shop" }],
});
const definitions = "CustomResourceDefinition.apiextensions.k8s.io";
const account = "shop/deployer";
const list = (kind: string, ...items: JsonObject[]): JsonObject => ({ apiVersion: "v1", kind, items });
const inBank = at(configMap("x"), { namespace: "bank" });
const nest = (depth: number): JsonObject => (depth === 0 ? inBank : list("List", nest(depth - 1)));

describe("a repository that is given one namespace writes nothing at all when it tries", () => {
  it.each<[string, readonly JsonObject[], Partial<ClusterGrant>?]>([
    ["another namespace", [inBank]],
    ["Kubernetes' own namespace", [at(configMap("x"), { namespace: "kube-system" })], { namespaces: ["*"] }],
    ["Sluice's own namespace", [at(configMap("x"), { namespace: "sluice" })], { namespaces: ["*"] }],
    ["Sluice's own lease", [at(object("Lease", "l", "coordination.k8s.io/v1"), { namespace: "sluice" })]],
    ["a namespace that is a path", [at(configMap("x"), { namespace: "shop/../bank" })], { namespaces: ["shop*"] }],
    ["a namespace that is a list", [at(configMap("x"), { namespace: ["bank"], name: "" })]],
    ["the namespace of an app whose name it does not have", [at(configMap("x"), { namespace: "shop-bank" })]],
    ["a list that hides it", [list("List", configMap("a"), inBank)]],
    ["a list of one kind that hides it", [list("ConfigMapList", { metadata: { name: "x", namespace: "bank" } })]],
    ["a list in a list", [nest(4)]],
    ["a list too deep to look into", [nest(12)]],
    ["a kind of the whole cluster", [object("PersistentVolume", "x")]],
    [
      "a kind of the whole cluster that names a namespace",
      [at(object("PersistentVolume", "x"), { namespace: "shop" })],
    ],
    ["a Namespace", [object("Namespace", "mine")], { namespaces: ["*"] }],
    ["a Namespace that is not its own", [object("Namespace", "bank")], { clusterKinds: ["Namespace"] }],
    [
      "a Namespace whose name the server completes",
      [{ apiVersion: "v1", kind: "Namespace", metadata: { generateName: "kube-", annotations: hook("PreSync") } }],
      { clusterKinds: ["Namespace"], namespaces: ["*"] },
    ],
    ["rights in the whole cluster", [binding]],
    ["rights in the whole cluster, by a star", [binding], { clusterKinds: ["*"] }],
    ["rights in its namespace, with Sluice's own", [object("RoleBinding", "root", rbac)]],
    ["a hook in another namespace", [at(job("x", hook("PreSync")), { namespace: "bank" })]],
    ["a hook on failure in another namespace", [at(job("x", hook("SyncFail")), { namespace: "bank" })]],
    ["an object in another namespace that is skipped", [at(configMap("x", {}, hook("Skip")), { namespace: "bank" })]],
    ["a hook of the whole cluster", [at(binding, { annotations: hook("PreSync") })]],
    ["a definition of a kind", [widgets()]],
    ["a kind that is not listed", [object("Secret", "x")], { kinds: ["ConfigMap"] }],
    ["a hook of a kind that is not listed", [job("x", hook("PreSync"))], { kinds: ["ConfigMap"] }],
    [
      "a kind of the whole cluster, which it defines to live in namespaces",
      [lie("rbac.authorization.k8s.io", "ClusterRoleBinding", "clusterrolebindings", "Namespaced"), binding],
      { clusterKinds: [definitions], serviceAccount: account },
    ],
    ["the labels of another set", [at(configMap("x"), { labels: { "applyset.kubernetes.io/part-of": "y" } })]],
    ["to be the parent of a set", [at(configMap("x"), { labels: { "applyset.kubernetes.io/id": "y" } })]],
    ["the mark of somebody's hook", [configMap("x", {}, { "sluice.dev/operation": "operation-0" })]],
    ["the mark of another app's hook", [configMap("x", {}, { "sluice.dev/set": "applyset-x-v1" })]],
    ["a name that is a path", [object("ConfigMap", "../../bank/configmaps/x")], { namespaces: ["*"] }],
    ["a name that the server completes", [at(configMap("x"), { name: "", generateName: "x-" })]],
    ["a core kind by another group", [object("Secret", "x", "evil.example/v1")]],
    ["a group that is a path", [object("ConfigMap", "x", "apps/v1/../../api/v1")]],
  ])("%s", async (_, objects, grant = {}) => {
    const { cluster, put, deploy } = world(grant);
    // The account may do everything: Sluice itself has to refuse.
    put({ ...object("ClusterRole", "all", rbac), rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] });
    const subjects = [{ kind: "ServiceAccount", name: "deployer", namespace: "shop" }];
    put({ ...object("ClusterRoleBinding", "all", rbac), roleRef: { kind: "ClusterRole", name: "all" }, subjects });
    const before = others(cluster);
    const status = await deploy(app("web", configMap("own"), ...objects));
    expect(status).toMatchObject({ state: "failed", failure: { applied: false } });
    expect(others(cluster)).toEqual(before);
  });

  it("names with a path in them, where nothing else refuses them", async () => {
    const { deploy, cluster } = world();
    await deploy(app("web", object("ConfigMap", "x")));
    expect(cluster.calls.filter(({ writes, namespace }) => writes && namespace === "bank")).toEqual([]);
  });
});

/** All but what Sluice keeps of its work. */
function others(cluster: FakeCluster): readonly JsonObject[] {
  return cluster.snapshot().filter(({ metadata }) => Object(metadata).namespace !== "sluice");
}

describe("what a repository has had stays out of its reach when the operator takes it back", () => {
  it("in the middle of a deploy: nothing more is written", async () => {
    const { cluster, step, give, deploy } = world();
    cluster.play("Job", () => undefined);
    const desired = app("web", job("slow", hook("PreSync")), configMap("later", {}, wave(1)));
    await step(desired);
    give({ namespaces: ["elsewhere"] });
    cluster.play("Job", () => ({ conditions: [{ type: "Complete", status: "True" }] }));
    cluster.status(
      { apiVersion: "batch/v1", kind: "Job", name: "slow", namespace: "shop" },
      { conditions: [{ type: "Complete", status: "True" }] },
    );
    expect(await deploy(desired)).toMatchObject({ state: "failed", failure: { kind: "refused" } });
    expect(cluster.object({ apiVersion: "v1", kind: "ConfigMap", name: "later", namespace: "shop" })).toBe(undefined);
  });

  it("what runs on failure does not run either", async () => {
    const { cluster, step, give, deploy } = world();
    cluster.play("Job", () => undefined);
    const desired = app("web", job("slow", hook("PreSync")), job("after", hook("SyncFail")));
    await step(desired);
    give({ kinds: ["ConfigMap"] });
    expect(await deploy(desired)).toMatchObject({ state: "failed", failure: { kind: "refused" } });
    expect(cluster.calls.filter(({ name, writes }) => name === "after" && writes)).toEqual([]);
  });

  it("its objects are not deleted, neither those that Git no longer has nor those of a removed app", async () => {
    const { deploy, give, has } = world();
    await deploy(app("web", configMap("a"), at(configMap("b"), { namespace: "shop" })));
    give({ namespaces: ["shop-{app}"] });
    expect(await deploy(removed("web", "staging", "b"))).toMatchObject({ state: "live", kept: [{}, {}] });
    expect([has("ConfigMap", "a", "shop"), has("ConfigMap", "b", "shop")]).toEqual([true, true]);
  });
});

describe("an object of somebody else in the same namespace", () => {
  it("is not taken over from another set", async () => {
    const { deploy, cluster } = world();
    await deploy(app("web", configMap("a", { by: "victim" })), 8);
    expect(await deploy(app("web", configMap("a", { by: "evil" })))).toMatchObject({
      failure: { problems: [{ reason: "OwnedByAnother" }] },
    });
    expect(cluster.object({ apiVersion: "v1", kind: "ConfigMap", name: "a", namespace: "shop" })?.data).toEqual({
      by: "victim",
    });
  });

  it.each(["applyset.kubernetes.io", "applyset.k8s.io"])(
    "is not taken over from a set of another tool: %s",
    async (of) => {
      const { deploy, put, cluster } = world();
      const theirs = at(configMap("a", { by: "victim" }), {
        namespace: "shop",
        labels: { [`${of}/part-of`]: "theirs" },
      });
      put(theirs);
      expect(await deploy(app("web", configMap("a", { by: "evil" })))).toMatchObject({
        failure: { problems: [{ reason: "OwnedByAnother" }] },
      });
      expect(others(cluster).filter(({ data }) => Object(data).by === "evil")).toEqual([]);
    },
  );

  it("is not deleted as an earlier hook, when it is a hook of another repository", async () => {
    const { deploy, cluster } = world();
    cluster.play("Job", () => ({ conditions: [{ type: "Complete", status: "True" }] }));
    const migrate = job("migrate", hook("PreSync"));
    await deploy(app("web", migrate), 8);
    const uid = () =>
      Object(cluster.object({ apiVersion: "batch/v1", kind: "Job", name: "migrate", namespace: "shop" })?.metadata).uid;
    const theirs = uid();
    expect(await deploy(app("web", migrate))).toMatchObject({ state: "failed", failure: { kind: "hook" } });
    expect(uid()).toBe(theirs);
  });
});

describe("a person's confirmation to delete much", () => {
  const many = Array.from({ length: 12 }, (_, index) => configMap(`c${index}`));
  const asked = { id: "comment-1", at: 0, prune: true };

  it("counts for what it was given for, and not for what comes later", async () => {
    const { deploy, has } = world();
    await deploy(app("web", configMap("keep"), ...many));
    const fewer = { ...app("web", configMap("keep")), request: asked };
    expect(await deploy(fewer)).toMatchObject({ state: "live" });
    expect(await deploy({ ...app("web", configMap("keep"), ...many), request: asked })).toMatchObject({
      state: "live",
    });
    const again = { ...app("web", configMap("keep", { changed: "1" })), request: asked };
    expect(await deploy(again)).toMatchObject({ state: "failed", failure: { kind: "refused" } });
    expect(has("ConfigMap", "c1", "shop")).toBe(true);
  });
});
