import { describe, expect, it } from "vitest";
import type { RenderSource } from "../../../src/model/render.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { traceHolds } from "../../../src/model/trace.ts";
import { staticTraces } from "../../../src/preview/inputs/static-trace.ts";
import { sharedRenderer } from "../../render/support/engines.ts";
import { history } from "../../render/support/history.ts";
import { kustomize } from "../../render/support/repositories.ts";
import { memoryTree } from "../../support/memory-tree.ts";

const commits = 200;
const targets: readonly RenderSpec[] = [
  ...["prod", "dev", "stage", "prod-two", "files"].map((name) => kustomize(`overlays/${name}`)),
  { kind: "helm", path: "charts/app", options: { releaseName: "app", valueFiles: ["values/prod.yaml"] } },
  { kind: "plain", path: "plain", options: { recurse: true } },
];

describe("what the files of a target can name", () => {
  const renderer = sharedRenderer();

  it(`is touched whenever what its render looked up is, over ${commits} generated commits`, async () => {
    const state = new Map<string, string>();
    const sources: RenderSource[] = [];
    for (const step of history(20261201, commits).steps) {
      for (const [path, text] of Object.entries(step)) {
        if (text === null) state.delete(path);
        else state.set(path, text);
      }
      const tree = memoryTree(Object.fromEntries(state));
      sources.push({ tree, objects: tree.objects });
    }
    const memo = new Map();
    const seen = { touched: 0, kept: 0, untold: 0 };
    for (const [index, source] of sources.slice(0, -1).entries()) {
      const next = sources[index + 1];
      const traces = staticTraces(source, memo);
      for (const spec of targets) {
        const can = await traces.of(spec);
        if (can === undefined) seen.untold += 1;
        if (can === undefined || next === undefined) continue;
        expect(await traceHolds(can, source.tree)).toBe(true);
        const { trace } = await renderer.render(spec, source, AbortSignal.timeout(120_000));
        const holds = await traceHolds(trace, next.tree);
        const stays = await traceHolds(can, next.tree);
        if (!holds) expect({ index, path: spec.path, stays }).toEqual({ index, path: spec.path, stays: false });
        seen[stays ? "kept" : "touched"] += 1;
      }
    }
    expect(seen.touched).toBeGreaterThan(100);
    expect(seen.kept).toBeGreaterThan(500);
    expect(seen.untold).toBeLessThan(20);
  });
});
