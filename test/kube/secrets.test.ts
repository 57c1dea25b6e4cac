import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import type { Cluster } from "../../src/model/kube.ts";
import { type ApiServer, apiServer, type Reply, refusal } from "./support/api-server.ts";

const signal = AbortSignal.timeout(600_000);
const type = { apiVersion: "v1", kind: "Secret" };
const reference = { ...type, name: "web", namespace: "shop" };
const object = { ...type, metadata: { name: "web", namespace: "shop" }, stringData: { password: "hunter2" } };
const write = { fieldManager: "sluice", dryRun: false };

let server: ApiServer;
afterEach(() => server.close());

const calls: Readonly<Record<string, (cluster: Cluster) => Promise<unknown>>> = {
  get: (cluster) => cluster.get(reference, signal),
  list: (cluster) => cluster.list(type, signal),
  apply: (cluster) => cluster.apply({ object }, { ...write, force: true }, signal),
  "dry run": (cluster) => cluster.apply({ object }, { ...write, dryRun: true, force: true }, signal),
  create: (cluster) => cluster.create({ object }, write, signal),
  patch: (cluster) => cluster.patch(reference, object, write, signal),
  delete: (cluster) => cluster.delete(reference, { uid: "u", propagation: "Background" }, signal),
};

const quoting = 'Secret "web" is invalid: data[password]: Invalid value: "hunter2"';
const causes = [{ reason: "FieldValueInvalid", message: quoting, field: "data[password]" }];
const replies: Readonly<Record<string, Reply>> = {
  "a refusal that quotes it": refusal(422, "Invalid", quoting, { name: "web", causes }),
  "a webhook that quotes it": refusal(403, "Forbidden", `admission webhook denied the request: ${quoting}`, {
    name: "web",
  }),
  "a failure that quotes it": refusal(500, "InternalError", quoting, { name: "web" }),
  "a wrong schema that quotes it": {
    status: 500,
    body: { kind: "Status", message: `failed to create typed patch object ${quoting}` },
  },
  "a body that is no JSON": { body: `{"data": {"password": "hunter2` },
  "a gateway's page that quotes it": { status: 502, body: `<html>${quoting}</html>` },
  "too much of it": { body: { data: { password: "hunter2 ".repeat(1000) } } },
};

describe("what a Secret holds", () => {
  it.each(Object.keys(calls).flatMap((call) => Object.keys(replies).map((reply) => ({ call, reply }))))(
    "is in no error of $call after $reply",
    async ({ call, reply }) => {
      server = await apiServer(() => replies[reply] ?? {}, { maxBytes: 4_000 });
      const error: unknown = await calls[call]?.(server.cluster).catch((thrown: unknown) => thrown);
      expect(inspect(error, { depth: 20, showHidden: true, getters: true })).not.toContain("hunter2");
      expect(JSON.stringify(error ?? null)).not.toContain("hunter2");
    },
  );
});
