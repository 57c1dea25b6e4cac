import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/json.ts";
import { adoptedFields, upgradedFields } from "../../../src/reconcile/compare/migrate.ts";

const entry = (manager: string, operation: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject => ({
  manager,
  operation,
  apiVersion: "v1",
  fieldsType: "FieldsV1",
  fieldsV1,
  ...more,
});
const live = (...managedFields: readonly JsonObject[]): JsonObject => ({ metadata: { managedFields } });

describe("fields that kubectl has set (21)", () => {
  const lastApplied = { "f:kubectl.kubernetes.io/last-applied-configuration": {} };

  it("become Sluice's, but for kubectl's own record; those of others stay theirs", () => {
    const controller = entry("kube-controller-manager", "Update", { "f:status": {} }, { subresource: "status" });
    const edited = entry("kubectl-edit", "Update", { "f:spec": { "f:edited": {} } });
    const applied = { "f:metadata": { "f:annotations": { ".": {}, ...lastApplied } }, "f:spec": { "f:a": {} } };
    const found = adoptedFields(
      live(
        entry("kubectl-client-side-apply", "Update", applied),
        controller,
        entry("sluice", "Apply", { "f:spec": { "f:b": {} } }),
        edited,
      ),
      "sluice",
    );
    expect(found).toEqual([controller, edited, entry("sluice", "Apply", { "f:spec": { "f:a": {}, "f:b": {} } })]);
  });

  it("are nothing to do where there are none", () => {
    expect(adoptedFields(live(entry("sluice", "Apply", {})), "sluice")).toBeUndefined();
    const scaled = entry("kubectl-client-side-apply", "Update", {}, { subresource: "scale" });
    expect(adoptedFields(live(scaled), "sluice")).toBeUndefined();
    expect(adoptedFields({}, "sluice")).toBeUndefined();
  });
});

describe("fields that were applied in an older version of the kind (20)", () => {
  it("are taken for those of the version that is applied now", () => {
    const other = entry("other", "Apply", {}, { apiVersion: "example.com/v1alpha1" });
    const old = entry("sluice", "Apply", { "f:spec": {} }, { apiVersion: "example.com/v1alpha1" });
    expect(upgradedFields(live(other, old), "sluice", "example.com/v1")).toEqual([
      other,
      { ...old, apiVersion: "example.com/v1" },
    ]);
    expect(upgradedFields(live(other), "sluice", "example.com/v1")).toBeUndefined();
  });
});
