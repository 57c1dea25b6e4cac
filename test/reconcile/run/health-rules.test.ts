import { describe, expect, it } from "vitest";
import { healthRulesOf } from "../../../src/reconcile/run/health-rules.ts";
import { memoryTree } from "../../support/memory-tree.ts";

const script = [
  "apiVersion: v1",
  "kind: ConfigMap",
  "metadata: { name: argocd-cm }",
  "data:",
  "  resource.customizations.health.example.com_Queue: |",
  '    return {status = "Healthy"}',
  "",
].join("\n");

const database = { group: "example.com", kind: "Database", current: "status.ready", failed: "status.broken" };

describe("the health rules of a repository", () => {
  it("are those of its configuration, then the scripts of its argocd-cm", async () => {
    const tree = memoryTree({ "argocd/argocd-cm.yaml": script });
    expect(await healthRulesOf({ health: [database], argocdHealth: "argocd/argocd-cm.yaml" }, tree)).toEqual([
      { group: "example.com", kind: "Database", cel: { current: "status.ready", failed: "status.broken" } },
      { group: "example.com", kind: "Queue", lua: 'return {status = "Healthy"}\n' },
    ]);
    expect(await healthRulesOf({ health: [] }, tree)).toEqual([]);
  });

  it.each([
    ["there is no such file", {}],
    ["it has no ConfigMap", { "cm.yaml": "kind: Secret\n" }],
    ["it has no ConfigMap", { "cm.yaml": "{" }],
    ["resource.customizations is no map", { "cm.yaml": "kind: ConfigMap\ndata: {resource.customizations: '[1]'}\n" }],
  ])("stop a deploy when they cannot be read: %s", async (why, files) => {
    await expect(healthRulesOf({ health: [], argocdHealth: "cm.yaml" }, memoryTree(files))).rejects.toMatchObject({
      kind: "config",
      message: expect.stringContaining(`the health scripts in cm.yaml cannot be used: ${why}`),
    });
  });
});
