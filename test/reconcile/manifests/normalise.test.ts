import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import { normalise } from "../../../src/reconcile/manifests/normalise.ts";

const normal = (object: JsonObject): JsonObject => normalise({ object }).object;

describe("an object, before it is sent", () => {
  it("loses what only the API server writes", () => {
    const metadata = { name: "a", uid: "1", resourceVersion: "2", managedFields: [], creationTimestamp: null };
    expect(normal({ apiVersion: "v1", kind: "Pod", metadata, status: { phase: "Running" } })).toEqual({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "a" },
    });
  });

  it("has the texts of a Secret encoded over its data", () => {
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {},
      data: { a: "QQ==", b: "QQ==" },
      stringData: { b: "ß" },
    };
    expect(normal(secret)).toEqual({ apiVersion: "v1", kind: "Secret", metadata: {}, data: { a: "QQ==", b: "w58=" } });
  });

  it("leaves a Secret as it is whose texts are none: the API server says so", () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: {}, stringData: { a: 1 } };
    expect(normal(secret)).toEqual(secret);
  });

  it("has the protocol of every port, which is part of what identifies it", () => {
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: {},
      spec: { ports: [{ port: 53, protocol: "UDP" }, { port: 53 }] },
    };
    expect(normal(service).spec).toEqual({
      ports: [
        { port: 53, protocol: "UDP" },
        { port: 53, protocol: "TCP" },
      ],
    });
    const pod = { containers: [{ name: "a", ports: [{ containerPort: 1 }] }], initContainers: [{ name: "b" }] };
    const cron = { spec: { template: { spec: pod } } };
    const filled = { ...pod, containers: [{ name: "a", ports: [{ containerPort: 1, protocol: "TCP" }] }] };
    const spec = { jobTemplate: cron };
    expect(normal({ apiVersion: "batch/v1", kind: "CronJob", metadata: {}, spec }).spec).toEqual({
      jobTemplate: { spec: { template: { spec: filled } } },
    });
  });

  it("does not have ports filled in that are of a kind of somebody else's", () => {
    const spec = { ports: [{ port: 1 }] };
    expect(normal({ apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: {}, spec }).spec).toEqual(spec);
  });

  it("leaves the certificates of a conversion webhook to who fills them in", () => {
    const webhook = (config: JsonObject): JsonObject => ({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: {},
      spec: { conversion: { strategy: "Webhook", webhook: { clientConfig: config } } },
    });
    expect(normal(webhook({ caBundle: "Cg==", url: "https://x" }))).toEqual(webhook({ url: "https://x" }));
  });

  it("keeps every field that no client knows (28)", () => {
    const role = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "A:b" },
      rules: [{ odd: [] }],
    };
    expect(normal(role)).toEqual(role);
  });
});
