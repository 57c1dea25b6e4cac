import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import { kindsOf, readManifests, type ScopeOf } from "../../../src/reconcile/manifests/read.ts";

const clusterKinds = ["Namespace", "ClusterRole", "CustomResourceDefinition"];
const scopeOf: ScopeOf = ({ kind }) => {
  if (kind === "Unheard") return undefined;
  return clusterKinds.includes(kind) ? "cluster" : "namespaced";
};

function read(...objects: readonly JsonObject[]) {
  return readManifests(
    objects.map((object) => ({ object })),
    { scopeOf, namespace: "shop" },
  );
}

function problemsOf(...objects: readonly JsonObject[]): readonly string[] {
  return read(...objects).problems.map(({ reason, message }) => `${reason}: ${message}`);
}

const configMap = (name: string, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
});

describe("the manifests of a render", () => {
  it("go to the namespace that they name, else to the target's, and cluster-wide ones to none", () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", namespace: "odd" } };
    const { manifests, problems } = read(configMap("a"), configMap("b", { namespace: "other" }), namespace);
    expect(problems).toEqual([]);
    expect(manifests.map(({ key }) => key)).toEqual(["/ConfigMap/shop/a", "/ConfigMap/other/b", "/Namespace//shop"]);
    expect(manifests[2]?.object.metadata).toEqual({ name: "shop" });
  });

  it("are those in lists, lists of lists and typed lists", () => {
    const typed = { apiVersion: "v1", kind: "ConfigMapList", items: [{ metadata: { name: "c" } }] };
    const list = {
      apiVersion: "v1",
      kind: "List",
      items: [configMap("a"), { kind: "List", items: [configMap("b")] }, typed],
    };
    const { manifests, problems } = read(list);
    expect(problems).toEqual([]);
    expect(manifests.map(({ reference }) => [reference.kind, reference.name])).toEqual([
      ["ConfigMap", "a"],
      ["ConfigMap", "b"],
      ["ConfigMap", "c"],
    ]);
  });

  it("keep the texts of big numbers where lists are opened and fields are left out", () => {
    const item = {
      apiVersion: "example.com/v1",
      kind: "Thing",
      metadata: { name: "a" },
      spec: { big: 1e20 },
      status: { big: 1e20 },
    };
    const resource = {
      object: { apiVersion: "v1", kind: "List", items: [configMap("first"), item] },
      numbers: { "/items/1/spec/big": "100000000000000000001", "/items/1/status/big": "100000000000000000002" },
    };
    const { manifests } = readManifests([resource], { scopeOf, namespace: "shop" });
    expect(manifests.map(({ numbers }) => numbers)).toEqual([undefined, { "/spec/big": "100000000000000000001" }]);
  });

  it("are refused without apiVersion, kind or name, all at once", () => {
    expect(problemsOf({ kind: "ConfigMap" }, { metadata: { name: "x" } })).toEqual([
      "Invalid: it has no apiVersion and no metadata.name",
      "Invalid: it has no apiVersion and no kind",
    ]);
  });

  it("are refused when two are the same object, whatever version they use", () => {
    const ingress = (apiVersion: string): JsonObject => ({ apiVersion, kind: "Ingress", metadata: { name: "web" } });
    const twice = problemsOf(ingress("networking.k8s.io/v1"), ingress("networking.k8s.io/v1beta1"));
    expect(twice).toEqual(["Duplicate: Ingress web in shop is defined more than once"]);
    expect(problemsOf(configMap("a"), configMap("a", { namespace: "shop" }))).toHaveLength(1);
    expect(problemsOf(configMap("a"), configMap("a", { namespace: "other" }))).toEqual([]);
  });

  it.each(["applyset.kubernetes.io/part-of", "applyset.k8s.io/id", "sluice.dev/operation", "sluice.dev/set"])(
    "are refused with %s, which impersonates what deploys (40)",
    (name) => {
      expect(problemsOf(configMap("a", { labels: { [name]: "x" } }))).toHaveLength(1);
      expect(problemsOf(configMap("a", { annotations: { [name]: "x" } }))).toHaveLength(1);
    },
  );

  it("are refused while they are encrypted", () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, data: {}, sops: { mac: "ENC[x]" } };
    expect(problemsOf(secret)).toEqual(["Encrypted: it is encrypted with SOPS, and nothing here decrypts it"]);
  });

  it("have generated names only as hooks", () => {
    const generated = (annotations: JsonObject): JsonObject => ({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { generateName: "migrate-", annotations },
    });
    expect(problemsOf(generated({ "argocd.argoproj.io/hook": "PreSync" }))).toEqual([]);
    expect(problemsOf(generated({}))).toEqual(["Invalid: it has no metadata.name"]);
  });

  it("are no list because their kind is called one", () => {
    const allow = { apiVersion: "example.com/v1", kind: "AllowList", metadata: { name: "a" }, items: [{ b: 1 }] };
    expect(read(allow).manifests.map(({ reference }) => reference.kind)).toEqual(["AllowList"]);
  });

  it("are refused with a hook that nobody knows, which would silently never run", () => {
    const wrong = configMap("a", { annotations: { "argocd.argoproj.io/hook": "PreSync,Presync" } });
    expect(problemsOf(wrong)).toEqual([
      'UnknownHook: annotation argocd.argoproj.io/hook has the value "Presync", which is no hook',
    ]);
  });

  it("are refused when the cluster does not serve their kind, unless they define it themselves (19)", () => {
    const thing = { apiVersion: "example.com/v1", kind: "Unheard", metadata: { name: "a" } };
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "unheards.example.com" },
      spec: {
        group: "example.com",
        scope: "Cluster",
        names: { kind: "Unheard" },
        versions: [{ name: "v1", served: true }],
      },
    };
    expect(problemsOf(thing)).toEqual(["NotServed: the cluster serves no Unheard of example.com/v1"]);
    expect(problemsOf(thing, definition)).toEqual([]);
    expect(read(thing, definition).manifests[0]?.key).toBe("example.com/Unheard//a");
    const kinds = kindsOf([
      { object: thing },
      { object: definition },
      { object: configMap("a") },
      { object: configMap("b") },
    ]);
    expect(kinds.map(({ kind }) => kind)).toEqual(["Unheard", "CustomResourceDefinition", "ConfigMap"]);
  });
});
