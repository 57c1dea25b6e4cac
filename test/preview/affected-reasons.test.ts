import { describe, expect, it } from "vitest";
import type { Trace } from "../../src/model/render.ts";
import { explain } from "../../src/preview/affected-reasons.ts";

const oid = "0".repeat(40);
const trace: Trace = [
  ["overlays/prod", "dir"],
  ["overlays/prod/kustomization.yaml", "file", oid],
  ["overlays/prod/kustomization.yml", "absent"],
  ["components/limits", "dir"],
  ["components/limits/kustomization.yaml", "file", oid],
  ["base", "dir"],
  ["base/kustomization.yaml", "file", oid],
  ["base/deployment.yaml", "file", oid],
  ["shared/patches/cpu.yaml", "file", oid],
];
const words: Readonly<Record<string, readonly string[]>> = {
  "overlays/prod/kustomization.yaml": ["../../base", "../../components/limits", "https://example.com/x"],
  "components/limits/kustomization.yaml": ["../../shared/patches/cpu.yaml"],
  "base/kustomization.yaml": ["deployment.yaml"],
};

function because(...touched: readonly string[]): readonly (readonly string[])[] {
  return explain({ target: "overlays/prod", trace, touched, words: (path) => words[path] ?? [] });
}

describe("why a target is affected", () => {
  it("is the changed file and the target that reads it", () => {
    expect(because("base/deployment.yaml")).toEqual([["base/deployment.yaml", "overlays/prod"]]);
    expect(because("overlays/prod/kustomization.yaml")).toEqual([
      ["overlays/prod/kustomization.yaml", "overlays/prod"],
    ]);
  });

  it("names the directories between them", () => {
    expect(because("shared/patches/cpu.yaml")).toEqual([
      ["shared/patches/cpu.yaml", "components/limits", "overlays/prod"],
    ]);
  });

  it("names a file that was looked for and did not exist", () => {
    expect(because("overlays/prod/kustomization.yml")).toEqual([["overlays/prod/kustomization.yml", "overlays/prod"]]);
  });

  it("stops at three reasons", () => {
    expect(because("base/a", "base/b", "base/c", "base/d")).toHaveLength(3);
  });

  it("shows the root of the repository as a dot", () => {
    const chains = explain({
      target: "",
      trace: [["deployment.yaml", "file", oid]],
      touched: ["deployment.yaml"],
      words: () => [],
    });
    expect(chains).toEqual([["deployment.yaml", "."]]);
  });
});
