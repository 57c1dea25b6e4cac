import { describe, expect, it } from "vitest";
import type { ConfigProblem } from "../../src/model/problem.ts";
import { notes } from "../../src/preview/notes.ts";

const commits = { base: "b", head: "h", mergeBase: "b", unrelated: false };
const plan = { targets: [], environments: [], source: "file", problems: [], notes: [] } as const;

function problem(message: string, file = "", code?: "not-rendered"): ConfigProblem {
  return {
    ...{ severity: "warning", message, fix: "", file, line: 3, column: 1, path: [] },
    ...(code !== undefined && { code }),
  };
}

const noted = (warnings: readonly ConfigProblem[], warningsBefore: readonly ConfigProblem[] = []) =>
  notes({ commits, compared: [], plan, warnings, warningsBefore });

describe("notes of a preview", () => {
  it("say each remark once, with its place where it has one", () => {
    const warnings = [problem("unknown key `x`", ".sluice.yaml"), problem("no generator"), problem("no generator")];
    expect(noted(warnings)).toEqual([".sluice.yaml:3: unknown key `x`", "no generator"]);
  });

  it("count what does not render on either side, and what else was remarked before, in one line", () => {
    const broken = [problem("a does not render", "a.yaml", "not-rendered"), problem("b", "b.yaml", "not-rendered")];
    expect(noted(broken, broken)).toEqual([
      "As before this change, 2 objects of Argo CD or Flux do not render: `sluice targets` says more.",
    ]);
    const missing = problem("Nothing here declares the GitRepository `x`", "c.yaml");
    expect(noted([missing, ...broken], [missing, ...broken.slice(0, 1)])).toEqual([
      "As before this change, 1 object of Argo CD or Flux does not render and there is 1 remark on what they read: `sluice targets` says more.",
    ]);
  });

  it("count remarks alone", () => {
    const missing = problem("Nothing here declares the GitRepository `x`", "c.yaml");
    expect(noted([missing], [missing])).toEqual([
      "As before this change, there is 1 remark on what Argo CD and Flux read: `sluice targets` says more.",
    ]);
  });

  it("repeat what the configuration has on both sides", () => {
    const unknown = problem("unknown key `x`", ".sluice.yaml");
    expect(noted([unknown], [unknown])).toEqual([".sluice.yaml:3: unknown key `x`"]);
  });

  it("leave what the change breaks to its target", () => {
    expect(noted([problem("a does not render", "a.yaml", "not-rendered")])).toEqual([]);
  });
});
