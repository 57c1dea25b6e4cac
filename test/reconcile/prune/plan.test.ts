import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import { identityOf, keyOf } from "../../../src/reconcile/manifests/manifest.ts";
import { referenceOf } from "../../../src/reconcile/manifests/read.ts";
import { planPrune } from "../../../src/reconcile/prune/plan.ts";

const set = "applyset-x";

function object(kind: string, name: string, metadata: JsonObject = {}, apiVersion = "v1"): JsonObject {
  const labels = { "applyset.kubernetes.io/part-of": set };
  const namespace = ["Namespace", "PersistentVolume", "CustomResourceDefinition"].includes(kind)
    ? {}
    : { namespace: "shop" };
  return {
    apiVersion,
    kind,
    metadata: { name, ...namespace, uid: `uid-${name}`, resourceVersion: "7", labels, ...metadata },
  };
}

interface World {
  readonly gone?: readonly JsonObject[];
  readonly uids?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly closed?: readonly JsonObject[];
}

function plan(live: readonly JsonObject[], { gone = [], uids = [], namespaces = [], closed = [] }: World = {}) {
  const identity = (one: JsonObject) => identityOf(referenceOf(one));
  const found = planPrune({
    candidates: [...live, ...gone].map(identity),
    live: new Map(live.map((one) => [keyOf(identity(one)), { object: one }])),
    set,
    uids: new Set(uids),
    namespaces: new Set(namespaces),
    forbidden: new Map(closed.map((one) => [keyOf(identity(one)), "it is closed"])),
  });
  return {
    deleted: found.deletions.map(({ reference }) => reference.name),
    kept: Object.fromEntries(found.kept.map(({ object: { name }, reason }) => [name, reason])),
    forgotten: found.forgotten,
    found,
  };
}

const annotated = (annotations: JsonObject): JsonObject => object("ConfigMap", "a", { annotations });

describe("what Git no longer has", () => {
  it("is deleted as it was seen, in the reverse order of its kinds", () => {
    const deployment = object("Deployment", "web", {}, "apps/v1");
    const { deleted, found } = plan([object("ServiceAccount", "sa"), deployment, object("ConfigMap", "cm")]);
    expect(deleted).toEqual(["web", "cm", "sa"]);
    expect(found.deletions[0]).toMatchObject({ uid: "uid-web", resourceVersion: "7" });
  });

  it("is forgotten when it is gone, or belongs to another set by now (27)", () => {
    const other = object("ConfigMap", "b", { labels: { "applyset.kubernetes.io/part-of": "applyset-y" } });
    const { forgotten, deleted } = plan([other, object("ConfigMap", "c", { labels: {} })], {
      gone: [object("ConfigMap", "a")],
    });
    expect(deleted).toEqual([]);
    expect(forgotten).toHaveLength(3);
  });

  it("is forgotten when it is what was just applied, under another group (25)", () => {
    expect(plan([object("Ingress", "web", {}, "extensions/v1beta1")], { uids: ["uid-web"] }).deleted).toEqual([]);
  });

  it("stays where it takes data with it, unless it asks to be deleted", () => {
    const claim = object("PersistentVolumeClaim", "claim");
    const volume = object("PersistentVolume", "volume");
    const namespace = object("Namespace", "space");
    const definition = object("CustomResourceDefinition", "kind", {}, "apiextensions.k8s.io/v1");
    const asked = object("PersistentVolumeClaim", "asked", { annotations: { "sluice.dev/prune": "delete" } });
    const { deleted, kept } = plan([claim, volume, namespace, definition, asked]);
    expect(deleted).toEqual(["asked"]);
    expect(Object.keys(kept)).toEqual(["claim", "volume", "space", "kind"]);
    expect(kept.claim).toBe("Sluice does not delete volume claims by itself");
  });

  it.each([
    { "argocd.argoproj.io/sync-options": "Validate=false, Prune=false" },
    { "argocd.argoproj.io/sync-options": "prune=confirm" },
    { "kustomize.toolkit.fluxcd.io/prune": "Disabled" },
    { "helm.sh/resource-policy": "keep" },
    { "sluice.dev/prune": "keep" },
  ])("stays with %o", (annotations) => {
    const { deleted, kept } = plan([annotated(annotations)]);
    expect([deleted, Object.keys(kept)]).toEqual([[], ["a"]]);
    expect(kept.a).toContain(Object.keys(annotations)[0]);
  });

  it("stays when something else owns it", () => {
    const ownerReferences = [{ kind: "Widget", name: "w" }];
    expect(plan([object("ConfigMap", "a", { ownerReferences })]).kept).toEqual({ a: "Widget w owns it" });
  });

  it("stays when it is being deleted already, and says what holds it (18)", () => {
    const metadata = { deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["example.com/wait"] };
    expect(plan([object("ConfigMap", "a", metadata)]).kept).toEqual({
      a: "it is being deleted: example.com/wait holds it",
    });
  });

  it("keeps a namespace in which Git has objects, or in which others are kept (26)", () => {
    const annotations = { "sluice.dev/prune": "delete" };
    const used = object("Namespace", "used", { annotations });
    const shop = object("Namespace", "shop", { annotations });
    const free = object("Namespace", "free", { annotations });
    const claim = object("PersistentVolumeClaim", "claim");
    const { deleted, kept } = plan([used, shop, free, claim], { namespaces: ["used"] });
    expect(deleted).toEqual(["free"]);
    expect(kept).toMatchObject({ used: "Git still has objects in it", shop: "objects stay that are in it" });
  });

  it("stays where something forbids it, and the namespace with it in which it is", () => {
    const shop = object("Namespace", "shop", { annotations: { "sluice.dev/prune": "delete" } });
    const map = object("ConfigMap", "a");
    expect(plan([shop, map], { closed: [map] }).kept).toEqual({
      a: "it is closed",
      shop: "objects stay that are in it",
    });
  });
});
