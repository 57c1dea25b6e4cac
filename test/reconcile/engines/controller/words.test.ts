import { describe, expect, it } from "vitest";
import {
  controllerOperation,
  operationId,
  printMark,
  readMark,
} from "../../../../src/reconcile/engines/controller/operation.ts";
import { controllerFailure, controllerWords } from "../../../../src/reconcile/engines/controller/words.ts";
import { configMap, desiredOf } from "../../../support/apply-world.ts";

describe("what a controller says", () => {
  it.each([
    [
      "kustomize build failed: stat /tmp/kustomization-3109741024/apps/web/deploy.yaml: no such file",
      "kustomize build failed: stat apps/web/deploy.yaml: no such file",
    ],
    [
      "`kustomize build /tmp/_argocd-repo/0d5c9f58-1f7e-4c3e-9a80-0e4a1b2c3d4e/apps/web` failed",
      "`kustomize build apps/web` failed",
    ],
    ["lstat /home/x/tmp/_argocd-repo/0d5c9f58-1f7e-4c3e-9a80-0e4a1b2c3d4e: gone", "lstat : gone"],
    ["the folder /tmp/charts is empty", "the folder /tmp/charts is empty"],
    ["two\n  lines", "two lines"],
  ])("%j is told as %j", (said, told) => {
    expect(controllerWords(said)).toBe(told);
  });

  it("is cut to what a person reads, however much it is", () => {
    expect(controllerWords("/a".repeat(500_000)).length).toBeLessThanOrEqual(500);
    expect(controllerFailure("x y ".repeat(1_000), [], true).summary.length).toBeLessThanOrEqual(160);
    expect(controllerFailure("", [], true).summary).toBe("it failed");
  });

  it("shows no secret of a problem either", () => {
    const object = { apiVersion: "v1", kind: "Secret", name: "s" };
    const message = "token ghp_abcdefghijklmnopqrstuvwxyz0123456789 is wrong";
    const { problems } = controllerFailure("one object", [{ object, reason: "SyncFailed", message }], true);
    expect(problems[0]?.message).not.toContain("ghp_");
  });
});

describe("an operation that is left to a controller", () => {
  const desired = desiredOf({ head: "a".repeat(40), objects: [configMap("web")] });
  const asked = { ...desired, request: { id: "7/1", at: 0 } };

  it("has the same id in every run, and another one for each head, app and request", () => {
    expect(operationId({ ...desired, digest: "other" })).toBe(operationId(desired));
    const others = [{ ...desired, head: "b".repeat(40) }, { ...desired, app: "api" }, asked].map(operationId);
    expect(new Set([operationId(desired), ...others]).size).toBe(4);
    expect(controllerOperation(desired, 5)).toMatchObject({ startedAt: 5, head: desired.head, app: "web" });
  });

  it("is known again by its mark, and nothing else is taken for one", () => {
    const mark = { id: operationId(desired), startedAt: Date.UTC(2026, 0, 1) };
    const live = { ...mark, live: { since: mark.startedAt + 5_000, head: "a".repeat(40) } };
    expect([readMark(printMark(mark)), readMark(printMark(live))]).toEqual([mark, live]);
    for (const text of ["", "x", `${mark.id} soon`, `${mark.id}`, `${"z".repeat(20)} ${"1".repeat(24)}`])
      expect(readMark(text)).toBeUndefined();
  });
});
