import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openCluster } from "../../src/kube/index.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { ClusterAccess, LiveObject, ObjectReference, OpenCluster } from "../../src/model/kube.ts";
import { eventually } from "../support/wait.ts";
import { useCluster } from "./support/cluster.ts";

const test = useCluster();
const signal = AbortSignal.timeout(1_800_000);
const how = { fieldManager: "sluice", dryRun: false, force: true };

let cluster: OpenCluster;
beforeAll(async () => {
  cluster = await open({ kind: "kubeconfig", path: test.access.kubeconfig, exec: false });
});
afterAll(() => cluster.close());

describe("a real API server", () => {
  it("takes an object, gives it back, and changes nothing in a dry run", async () => {
    const object = configMap("settings", { data: { key: "value" } });
    await cluster.apply({ object }, how, signal);
    const changed = { object: configMap("settings", { data: { key: "other" } }) };
    expect(await cluster.apply(changed, { ...how, dryRun: true }, signal)).toMatchObject({
      object: { data: { key: "other" } },
    });
    expect(await cluster.get(reference("settings"), signal)).toMatchObject({ object: { data: { key: "value" } } });
  });

  it("keeps every peer of a NetworkPolicy", async () => {
    const from = [{ namespaceSelector: { matchLabels: { team: "a" } } }, { ipBlock: { cidr: "10.0.0.0/8" } }];
    const object = {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "web", namespace: test.namespace },
      spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from }] },
    };
    expect(await cluster.apply({ object }, how, signal)).toMatchObject({ object: { spec: { ingress: [{ from }] } } });
  });

  it("serves a kind as soon as its definition is established, with its enum and its default", async () => {
    const group = `${test.namespace}.example.com`;
    const widget = (spec: JsonObject): JsonObject => ({
      apiVersion: `${group}/v1`,
      kind: "Widget",
      metadata: { name: "one", namespace: test.namespace },
      spec,
    });
    const early = cluster.apply({ object: widget({}) }, how, signal);
    await expect(early).rejects.toMatchObject({ name: "UserError", kind: "not-found" });
    const definition = await cluster.apply({ object: widgets(group) }, how, signal);
    try {
      const type = { apiVersion: `${group}/v1`, kind: "Widget" };
      await eventually("the kind is served", () => cluster.mapping(type, signal), 600_000);
      const applied = await eventually(
        "a widget is taken",
        () => cluster.apply({ object: widget({}) }, how, signal).catch(unlessNotFound),
        600_000,
      );
      expect(applied).toMatchObject({ object: { spec: { size: "small" } } });
      const wrong = cluster.apply({ object: widget({ size: "huge" }) }, how, signal);
      await expect(wrong).rejects.toMatchObject({ kind: "input", message: expect.stringContaining("spec.size") });
    } finally {
      const { name, uid } = identity(definition);
      const options = { uid, propagation: "Background" } as const;
      const kind = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
      await cluster.delete({ ...kind, name }, options, signal);
    }
  });

  it("finds a role by the capitals of its name", async () => {
    const type = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" };
    const name = `${test.namespace}:MyRole:Admin`;
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
    const role = await cluster.apply({ object: { ...type, metadata: { name }, rules } }, how, signal);
    expect(await cluster.get({ ...type, name }, signal)).toMatchObject({ object: { metadata: { name }, rules } });
    expect(await cluster.get({ ...type, name: name.toLowerCase() }, signal)).toBeUndefined();
    const options = { uid: identity(role).uid, propagation: "Background" } as const;
    expect(await cluster.delete({ ...type, name }, options, signal)).toBe("accepted");
  });

  it("refuses a field that its schema does not have, by name", async () => {
    const object = configMap("odd", { colour: "blue" });
    await expect(cluster.apply({ object }, how, signal)).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("colour"),
    });
  });

  it("names the owner of a field that is not to be taken over", async () => {
    const object = (value: string): JsonObject => configMap("shared", { data: { key: value } });
    await cluster.apply({ object: object("ours") }, { ...how, fieldManager: "somebody" }, signal);
    const refused = cluster.apply({ object: object("theirs") }, { ...how, force: false }, signal);
    await expect(refused).rejects.toMatchObject({ kind: "refused", message: expect.stringContaining("somebody") });
    expect(await cluster.apply({ object: object("theirs") }, how, signal)).toMatchObject({
      object: { data: { key: "theirs" } },
    });
  });

  it("deletes the very object that was seen, and no other of its name", async () => {
    const first = identity(await cluster.apply({ object: configMap("replaced", {}) }, how, signal));
    const options = { uid: first.uid, propagation: "Background" } as const;
    expect(await cluster.delete(reference("replaced"), options, signal)).toBe("accepted");
    expect(await cluster.delete(reference("replaced"), options, signal)).toBe("absent");
    await cluster.apply({ object: configMap("replaced", {}) }, how, signal);
    expect(await cluster.delete(reference("replaced"), options, signal)).toBe("changed");
    expect(await cluster.get(reference("replaced"), signal)).toBeDefined();
  });

  it("leaves an object that has changed since it was seen", async () => {
    const seen = identity(await cluster.apply({ object: configMap("changing", { data: { a: "1" } }) }, how, signal));
    await cluster.apply({ object: configMap("changing", { data: { a: "2" } }) }, how, signal);
    const options = { ...seen, propagation: "Background" } as const;
    expect(await cluster.delete(reference("changing"), options, signal)).toBe("changed");
  });

  it("lists what has a label, and says of each object what it is", async () => {
    for (const name of ["listed-a", "listed-b"]) {
      const metadata = { name, namespace: test.namespace, labels: { listed: "yes" } };
      await cluster.apply({ object: { apiVersion: "v1", kind: "ConfigMap", metadata } }, how, signal);
    }
    const query = { apiVersion: "v1", kind: "ConfigMap", namespace: test.namespace, labels: "listed=yes" };
    const objects = await cluster.list(query, signal);
    expect(objects.map((object) => identity(object).name)).toEqual(["listed-a", "listed-b"]);
    expect(objects[0]).toMatchObject({ object: { apiVersion: "v1", kind: "ConfigMap" } });
  });

  it("says that a namespace is missing", async () => {
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: `${test.namespace}-no` } };
    await expect(cluster.apply({ object }, how, signal)).rejects.toMatchObject({ kind: "not-found" });
  });

  it("has nothing that a Secret holds repeated when it refuses one", async () => {
    const metadata = { name: "secret", namespace: test.namespace };
    const object = { apiVersion: "v1", kind: "Secret", metadata, data: { password: "hunter2 in clear" } };
    const refused: unknown = await cluster.apply({ object }, how, signal).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: "input", message: expect.stringContaining("does not fit its schema") });
    expect(inspect(refused, { depth: 20 })).not.toContain("hunter2");
  });

  it("lets a token without rights do nothing, and is believed", async () => {
    const { server, ca } = test.access;
    const token = await test.powerlessToken("powerless");
    const powerless = await open({ kind: "token", server, token, ca });
    try {
      const refused = powerless.apply({ object: configMap("not-allowed", {}) }, how, signal);
      await expect(refused).rejects.toMatchObject({ kind: "permission", message: expect.stringContaining("403") });
    } finally {
      await powerless.close();
    }
  });
});

function open(access: ClusterAccess): Promise<OpenCluster> {
  // Far longer than any call takes, so that a busy machine fails none.
  const patient = { deadlineMs: 300_000, maxWaitMs: 60_000 };
  return openCluster({ name: "tests", access, clock: Date.now, random: Math.random, ...patient });
}

function configMap(name: string, rest: JsonObject): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: test.namespace }, ...rest };
}

function reference(name: string): ObjectReference {
  return { apiVersion: "v1", kind: "ConfigMap", name, namespace: test.namespace };
}

const live = z.object({ metadata: z.object({ name: z.string(), uid: z.string(), resourceVersion: z.string() }) });

function identity({ object }: LiveObject): z.infer<typeof live>["metadata"] {
  return live.parse(object).metadata;
}

/** A definition is established a little later than it is stored. */
function unlessNotFound(error: unknown): undefined {
  if (z.object({ kind: z.literal("not-found") }).safeParse(error).success) return undefined;
  throw error;
}

function widgets(group: string): JsonObject {
  const size = { type: "string", enum: ["small", "large"], default: "small" };
  const spec = { type: "object", properties: { size } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "widgets", singular: "widget", kind: "Widget" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec } } },
        },
      ],
    },
  };
}
