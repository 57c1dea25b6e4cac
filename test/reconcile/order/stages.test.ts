import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import { readManifests } from "../../../src/reconcile/manifests/read.ts";
import { hookName, orderOf, type Stage } from "../../../src/reconcile/order/stages.ts";

const clusterKinds = ["Namespace", "ClusterRole", "CustomResourceDefinition", "StorageClass"];

function order(...objects: readonly JsonObject[]) {
  const { manifests, problems } = readManifests(
    objects.map((object) => ({ object })),
    { scopeOf: ({ kind }) => (clusterKinds.includes(kind) ? "cluster" : "namespaced"), namespace: "shop" },
  );
  expect(problems).toEqual([]);
  return orderOf(manifests);
}

function object(kind: string, name: string, annotations: JsonObject = {}, apiVersion = "v1"): JsonObject {
  return { apiVersion, kind, metadata: { name, ...(Object.keys(annotations).length > 0 && { annotations }) } };
}

const wave = (at: number): JsonObject => ({ "argocd.argoproj.io/sync-wave": `${at}` });
const hook = (phase: string): JsonObject => ({ "argocd.argoproj.io/hook": phase });
const job = (name: string, annotations: JsonObject): JsonObject => object("Job", name, annotations, "batch/v1");
const definition = (group: string, kind: string, annotations: JsonObject = {}): JsonObject => ({
  ...object("CustomResourceDefinition", `x.${group}`, annotations, "apiextensions.k8s.io/v1"),
  spec: { group, names: { kind }, scope: "Namespaced", versions: [{ name: "v1" }] },
});

function shape(stages: readonly Stage[]): readonly string[] {
  return stages.map(({ phase, wave: at, part, manifests, hooks }) =>
    [
      `${phase} ${at} ${part}:`,
      ...manifests.map(({ reference }) => `${reference.kind}/${reference.name}`),
      ...hooks.map(({ manifest }) => `hook ${manifest.reference.name}`),
    ].join(" "),
  );
}

describe("the order of a target's objects", () => {
  it("is that of their kinds, webhooks last, in which definitions and classes go ahead", () => {
    const webhook = object("ValidatingWebhookConfiguration", "w", {}, "admissionregistration.k8s.io/v1");
    const { stages } = order(
      webhook,
      object("Deployment", "d", {}, "apps/v1"),
      object("Widget", "x", {}, "example.com/v1"),
      object("ConfigMap", "c"),
      object("ServiceAccount", "s"),
      object("StorageClass", "fast", {}, "storage.k8s.io/v1"),
      definition("example.com", "Widget"),
      object("Namespace", "shop"),
    );
    expect(shape(stages)).toEqual([
      "sync 0 definitions: CustomResourceDefinition/x.example.com Namespace/shop",
      "sync 0 classes: StorageClass/fast",
      "sync 0 objects: ServiceAccount/s ConfigMap/c Deployment/d Widget/x ValidatingWebhookConfiguration/w",
    ]);
  });

  it("is by phase, then by wave as a number; what is no number is wave 0", () => {
    const { stages } = order(
      object("ConfigMap", "ten", wave(10)),
      object("ConfigMap", "two", wave(2)),
      object("ConfigMap", "before", wave(-1)),
      object("ConfigMap", "odd", { "argocd.argoproj.io/sync-wave": "soon" }),
      job("migrate", hook("PreSync")),
      job("smoke", { ...hook("PostSync"), ...wave(-5) }),
    );
    expect(shape(stages)).toEqual([
      "pre-sync 0 objects: hook migrate",
      "sync -1 objects: ConfigMap/before",
      "sync 0 objects: ConfigMap/odd",
      "sync 2 objects: ConfigMap/two",
      "sync 10 objects: ConfigMap/ten",
      "post-sync -5 objects: hook smoke",
    ]);
  });

  it("has namespaces and definitions come with the first that needs them", () => {
    const { stages } = order(
      object("Namespace", "shop", wave(5)),
      definition("example.com", "Widget", wave(3)),
      object("Widget", "w", wave(1), "example.com/v1"),
      job("migrate", { ...hook("PreSync"), ...wave(-2) }),
    );
    expect(shape(stages)).toEqual([
      "pre-sync -2 definitions: Namespace/shop",
      "pre-sync -2 objects: hook migrate",
      "sync 1 definitions: CustomResourceDefinition/x.example.com",
      "sync 1 objects: Widget/w",
    ]);
  });

  it("keeps a definition first that comes before all that needs it", () => {
    const { stages } = order(
      definition("example.com", "Widget", wave(-3)),
      object("Widget", "w", {}, "example.com/v1"),
    );
    expect(shape(stages)[0]).toBe("sync -3 definitions: CustomResourceDefinition/x.example.com");
  });

  it("has what runs on failure apart, and what is skipped in no stage", () => {
    const { stages, onFailure, skipped } = order(
      job("alarm", hook("SyncFail")),
      object("ConfigMap", "left", hook("Skip")),
      job("tests", { "helm.sh/hook": "test" }),
    );
    expect(stages).toEqual([]);
    expect(shape(onFailure)).toEqual(["sync-fail 0 objects: hook alarm"]);
    expect(skipped.map(({ reference }) => reference.name)).toEqual(["left", "tests"]);
  });

  it("runs a hook once in each phase that it names, and Helm's in the phases that they mean", () => {
    const { stages } = order(
      job("both", hook("PreSync, PostSync")),
      job("helm", { "helm.sh/hook": "post-install,post-upgrade", "helm.sh/hook-weight": "7" }),
      job("argo", { "helm.sh/hook": "post-install", ...hook("PreSync") }),
      object("ConfigMap", "crd", { "helm.sh/hook": "crd-install" }),
    );
    expect(shape(stages)).toEqual([
      "pre-sync 0 objects: hook argo hook both",
      "sync 0 objects: ConfigMap/crd",
      "post-sync 0 objects: hook both",
      "post-sync 7 objects: hook helm",
    ]);
    const keys = stages.flatMap(({ hooks }) => hooks.map(({ key }) => key));
    expect(new Set(keys).size).toBe(4);
  });

  it("deletes hooks before they are made again, unless they say when", () => {
    const policy = (annotations: JsonObject) => order(job("a", annotations)).stages[0]?.hooks[0]?.deletion;
    expect(policy(hook("Sync"))).toEqual(["before-creation"]);
    const argo = { ...hook("Sync"), "argocd.argoproj.io/hook-delete-policy": "HookSucceeded,HookFailed" };
    expect(policy(argo)).toEqual(["succeeded", "failed"]);
    const helm = { "helm.sh/hook": "pre-install", "helm.sh/hook-delete-policy": "hook-succeeded,before-hook-creation" };
    expect(policy(helm)).toEqual(["succeeded", "before-creation"]);
  });

  it("gives generated names that are the same in each step of one operation", () => {
    const metadata = { generateName: `${"long-".repeat(20)}`, annotations: hook("PreSync,PostSync") };
    const { stages } = order({ apiVersion: "batch/v1", kind: "Job", metadata });
    const names = stages.flatMap(({ hooks }) =>
      hooks.map((one) => hookName(one, { head: "0123456789abcdef", startedAt: 1_700_000_000_999 })),
    );
    expect(names).toEqual([
      expect.stringMatching(/^long-.*0123456-presync-1700000000$/),
      expect.stringMatching(/^long-.*0123456-postsync-1700000000$/),
    ]);
    expect(names.map((name) => name.length)).toEqual([63, 63]);
  });
});
