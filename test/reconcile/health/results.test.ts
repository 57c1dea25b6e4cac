import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import { isEstablished, refusedNames, runResult } from "../../../src/reconcile/health/results.ts";

const job = (conditions: readonly JsonObject[], metadata: JsonObject = {}): JsonObject => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata,
  status: { conditions },
});
const pod = (status: JsonObject): JsonObject => ({ apiVersion: "v1", kind: "Pod", metadata: {}, status });

describe("the result of what runs to its end (29)", () => {
  it("of a Job is in its conditions: one that runs has none", () => {
    expect(runResult(job([]))).toEqual({ state: "running" });
    expect(runResult(job([{ type: "Complete", status: "True" }]))).toEqual({ state: "succeeded" });
    const failed = { type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "too often" };
    expect(runResult(job([failed]))).toEqual({ state: "failed", message: "BackoffLimitExceeded: too often" });
    expect(runResult(job([{ ...failed, status: "False" }]))).toEqual({ state: "running" });
  });

  it("of a Pod is in its phase", () => {
    expect(runResult(pod({ phase: "Running" }))).toEqual({ state: "running" });
    expect(runResult(pod({ phase: "Succeeded" }))).toEqual({ state: "succeeded" });
    expect(runResult(pod({ phase: "Failed", reason: "Evicted" }))).toEqual({ state: "failed", message: "Evicted" });
  });

  it("is a failure when it is deleted before, and is kept when it is deleted after", () => {
    const metadata = { deletionTimestamp: "2026-01-01T00:00:00Z" };
    expect(runResult(job([], metadata))).toEqual({ state: "failed", message: "it was deleted before it ended" });
    expect(runResult(job([{ type: "Complete", status: "True" }], metadata))).toEqual({ state: "succeeded" });
  });

  it("of another kind is its health", () => {
    expect(runResult({ apiVersion: "argoproj.io/v1alpha1", kind: "Workflow", metadata: {} })).toBeUndefined();
  });
});

describe("a definition", () => {
  const definition = (type: string, status: string): JsonObject => ({
    kind: "CustomResourceDefinition",
    status: { conditions: [{ type, status, reason: "Conflict" }] },
  });

  it("is served once it is established, and never when its names are taken", () => {
    expect(isEstablished(definition("Established", "True"))).toBe(true);
    expect(isEstablished(definition("Established", "False"))).toBe(false);
    expect(refusedNames(definition("NamesAccepted", "False"))).toBe("Conflict");
    expect(refusedNames(definition("NamesAccepted", "True"))).toBeUndefined();
  });
});
