import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import type { LiveObject, ObjectReference } from "../../../src/model/kube.ts";
import { type Comparison, compare } from "../../../src/reconcile/compare/compare.ts";
import { FakeCluster } from "../../support/fake-cluster.ts";

const signal = new AbortController().signal;
const manager = "sluice";
const how = { fieldManager: manager, dryRun: false, force: true };

function world() {
  const cluster = new FakeCluster({ namespaces: ["shop"], now: () => Date.UTC(2026, 0, 1) });
  const get = (object: JsonObject) => cluster.get(referenceOf(object), signal);
  const dryRun = (object: JsonObject) => cluster.apply({ object }, { ...how, dryRun: true }, signal);
  return {
    cluster,
    apply: (object: JsonObject) => cluster.apply({ object }, how, signal),
    compared: async (object: JsonObject): Promise<Comparison> =>
      compare(await get(object), await dryRun(object), manager),
  };
}

function referenceOf({ apiVersion, kind }: JsonObject): ObjectReference {
  return { apiVersion: String(apiVersion), kind: String(kind), namespace: "shop", name: "web" };
}

function object(kind: string, rest: JsonObject, apiVersion = "v1", metadata: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata: { name: "web", namespace: "shop", ...metadata }, ...rest };
}

function deployment(image: string, rest: JsonObject = {}): JsonObject {
  const labels = { app: "web" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "web", image }] } };
  return object("Deployment", { spec: { selector: { matchLabels: labels }, template, ...rest } }, "apps/v1");
}

const pathsOf = (found: Comparison) => (found.kind === "changed" ? found.fields.map(({ path }) => path) : found.kind);

describe("an object compared with its dry run", () => {
  it("is new when it is not there, and unchanged when it was applied", async () => {
    const { apply, compared } = world();
    expect(await compared(deployment("a:1"))).toEqual({ kind: "new" });
    await apply(deployment("a:1"));
    expect(await compared(deployment("a:1"))).toEqual({ kind: "unchanged" });
  });

  it("is changed in the fields that Git changes, with what is there and what would be", async () => {
    const { apply, compared } = world();
    await apply(deployment("a:1", { paused: true }));
    const found = await compared(deployment("a:2"));
    expect(found).toMatchObject({
      kind: "changed",
      fields: [
        { path: "spec.template.spec.containers[0].image", before: '"a:1"', after: '"a:2"' },
        { path: "spec.paused", before: "true" },
      ],
    });
  });

  it("is not changed by what others set: status, other fields, other labels", async () => {
    const { cluster, apply, compared } = world();
    await apply(deployment("a:1"));
    cluster.put({ ...deployment("a:1", { minReadySeconds: 5 }) }, "somebody");
    cluster.status(referenceOf(deployment("a:1")), { replicas: 1 });
    expect(await compared(deployment("a:1"))).toEqual({ kind: "unchanged" });
  });

  it("is changed where somebody changed a field of Git's, and says who did it and when (21)", async () => {
    const { cluster, apply, compared } = world();
    await apply(deployment("a:1", { replicas: 1 }));
    cluster.put(deployment("a:1", { replicas: 5 }), "kubectl-edit");
    const found = await compared(deployment("a:1", { replicas: 1 }));
    const change = {
      path: "spec.replicas",
      before: "5",
      after: "1",
      by: { manager: "kubectl-edit", at: "2026-01-01T00:00:00Z" },
    };
    expect(found).toEqual({ kind: "changed", fields: [change] });
  });

  it("tells big numbers apart that are the same to a double", () => {
    const live = (text: string): LiveObject => ({
      object: {
        kind: "Thing",
        metadata: { managedFields: [{ manager, operation: "Apply", fieldsV1: { "f:spec": { "f:big": {} } } }] },
        spec: { big: 9007199254740992 },
      },
      numbers: { "/spec/big": text },
    });
    const found = compare(live("9007199254740993"), live("9007199254740992"), manager);
    expect(found).toMatchObject({
      fields: [{ path: "spec.big", before: "9007199254740993", after: "9007199254740992" }],
    });
    expect(compare(live("9007199254740993"), live("9007199254740993"), manager)).toEqual({ kind: "unchanged" });
  });

  it("shows nothing that a Secret holds, nor what kubectl noted of it (37)", async () => {
    const { cluster, compared } = world();
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": '{"data":{"password":"aHVudGVyMg=="}}' };
    cluster.put(object("Secret", { data: { password: "aHVudGVyMg==" } }, "v1", { annotations }));
    const found = await compared(
      object("Secret", { data: { password: "aHVudGVyMw==" } }, "v1", {
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
      }),
    );
    expect(pathsOf(found)).toEqual([
      'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]',
      "data.password",
    ]);
    expect(JSON.stringify(found)).not.toMatch(/aHVudGVy/);
  });
});

describe("an object that kubectl made", () => {
  const applied = "kubectl-client-side-apply";

  it("is taken over with what kubectl set, so that what Git no longer has goes away", async () => {
    const { cluster, apply, compared } = world();
    cluster.put(object("ConfigMap", { data: { a: "1", old: "2" } }), applied);
    const wanted = object("ConfigMap", { data: { a: "1" } });
    const found = await compared(wanted);
    if (found.kind !== "changed" || found.adopt === undefined) throw new Error("it is not taken over");
    const patch = { metadata: { managedFields: found.adopt } };
    await cluster.patch(referenceOf(wanted), patch, { fieldManager: manager, dryRun: false }, signal);
    await apply(wanted);
    expect(cluster.object(referenceOf(wanted))?.data).toEqual({ a: "1" });
    expect(await compared(wanted)).toEqual({ kind: "unchanged" });
  });
});
