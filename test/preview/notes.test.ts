import { describe, expect, it } from "vitest";
import type { TargetPlan } from "../../src/model/target-plan.ts";
import { notes } from "../../src/preview/notes.ts";

const plan: TargetPlan = { targets: [], environments: [], source: "file", problems: [], notes: [] };
const commit = "0".repeat(40);
const commits = { base: commit, tip: commit, head: commit, unrelated: false };
const remark = { severity: "warning", column: 1, path: [], fix: "Correct it." } as const;

describe("the remarks of a preview", () => {
  it("name the file and line that they are about, where there is one", () => {
    const warnings = [
      { ...remark, file: "", line: 1, message: "A cluster is not known" },
      { ...remark, file: ".sluice.yaml", line: 3, message: "This is never used" },
    ];
    expect(notes({ commits, compared: [], plan, warnings })).toEqual([
      "A cluster is not known",
      ".sluice.yaml:3: This is never used",
    ]);
  });

  it("say where apps and environments are from when no file says it", () => {
    const of = (more: Partial<TargetPlan>) =>
      notes({ commits, compared: [], plan: { ...plan, source: "discovered", ...more }, warnings: [] });
    const target = {
      ...{ app: "web", environment: "prod", path: "web", render: { kind: "argocd", path: "", options: {} } },
      declaration: { kind: "Application", namespace: "argocd", name: "web", cluster: "" },
    };
    expect(of({})).toEqual([expect.stringContaining("from the folder names.")]);
    expect(of({ targets: [target] as unknown as TargetPlan["targets"] })).toEqual([
      expect.stringContaining("from the objects of Argo CD and Flux"),
    ]);
  });
});
