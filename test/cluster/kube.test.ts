import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../../src/model/json.ts";
import type { LiveObject, OpenCluster } from "../../src/model/kube.ts";
import { golden, resourceOf } from "../kube/support/golden.ts";
import { apiProxy } from "./support/api-proxy.ts";
import { openTestCluster, useCluster } from "./support/cluster.ts";

const test = useCluster();
const signal = AbortSignal.timeout(1_800_000);
const how = { fieldManager: "sluice", dryRun: false, force: true };

let cluster: OpenCluster;
beforeAll(async () => {
  cluster = await openTestCluster(test);
});
afterAll(() => cluster.close());

describe("a real API server", () => {
  it("takes what clients with types of their own damage, and gives back every field of it (28)", async () => {
    for (const { text } of golden(test.namespace).filter(({ valid }) => valid)) {
      const resource = resourceOf(text);
      const taken = await cluster.apply(resource, { ...how, dryRun: true }, signal);
      expect(taken.object).toMatchObject(resource.object);
      expect(Object.values(taken.numbers ?? {})).toEqual(Object.values(resource.numbers ?? {}));
    }
  });

  it("gets byte for byte what was rendered, as it comes over the wire (28)", async () => {
    const proxy = await apiProxy(test.access);
    const behind = await openTestCluster(test, { kind: "token", server: proxy.url, token: "the proxy has it" });
    try {
      const corpus = golden(test.namespace);
      for (const { text } of corpus)
        await behind.apply(resourceOf(text), { ...how, dryRun: true }, signal).catch(() => undefined);
      const sent = proxy.requests.filter(({ method }) => method === "PATCH");
      expect(sent.map(({ path, body }) => [path.split("?")[0], body])).toEqual(
        corpus.map(({ path, text }) => [path, text]),
      );
      expect(sent.map(({ answered }) => answered?.status === 200 || answered?.status === 201)).toEqual(
        corpus.map(({ valid }) => valid),
      );
    } finally {
      await behind.close();
      await proxy.close();
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
    const powerless = await openTestCluster(test, { kind: "token", server, token, ca });
    try {
      const refused = powerless.apply({ object: configMap("not-allowed", {}) }, how, signal);
      await expect(refused).rejects.toMatchObject({ kind: "permission", message: expect.stringContaining("403") });
    } finally {
      await powerless.close();
    }
  });
});

function configMap(name: string, rest: JsonObject): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: test.namespace }, ...rest };
}

const live = z.object({ metadata: z.object({ uid: z.string() }) });

function identity({ object }: LiveObject): z.infer<typeof live>["metadata"] {
  return live.parse(object).metadata;
}
