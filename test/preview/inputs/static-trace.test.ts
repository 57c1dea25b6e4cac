import { describe, expect, it } from "vitest";
import type { RenderSource, Trace } from "../../../src/model/render.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { differingLookups, traceHolds } from "../../../src/model/trace.ts";
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
    const sources = generated();
    const memo = new Map();
    const seen = { touched: 0, kept: 0, untold: 0 };
    for (const [index, source] of sources.slice(0, -1).entries()) {
      const next = sources[index + 1] ?? source;
      const traces = staticTraces(source, memo);
      for (const spec of targets) {
        const can = await traces.of(spec);
        if (can === undefined) seen.untold += 1;
        else seen[(await isTouched(can, spec, source, next)) ? "touched" : "kept"] += 1;
      }
    }
    expect(seen.touched).toBeGreaterThan(100);
    expect(seen.kept).toBeGreaterThan(500);
    expect(seen.untold).toBeLessThan(20);
  });

  /** Whether the change touches what the files can name; it does where it touches what the render looked up. */
  async function isTouched(can: Trace, spec: RenderSpec, source: RenderSource, next: RenderSource): Promise<boolean> {
    expect(await traceHolds(can, source.tree)).toBe(true);
    const { trace } = await renderer.render(spec, source, new AbortController().signal);
    const touched = !(await traceHolds(can, next.tree));
    if (!touched) expect(await differingLookups(trace, next.tree)).toEqual([]);
    return touched;
  }
});

describe("a target that nobody has a source of", () => {
  const missing = [{ reference: "oci://registry.acme.example/charts/web@1.4.0", reason: "there is no network" }];
  const tree = memoryTree({ "values/prod.yaml": "replicas: 1\n", "apps/web/deployment.yaml": "kind: Deployment\n" });
  const traces = staticTraces({ tree, objects: tree.objects }, new Map());

  it("is the same whatever else changes, where its object says all that there is", async () => {
    const options = { namespace: "shop", name: "web", root: "", spec: { values: { replicas: 1 } } };
    expect(await traces.of({ kind: "helmrelease", path: "", options, missing })).toEqual([]);
  });

  it("is another one where a values file or a folder that its Application names changes", async () => {
    const spec = {
      sources: [
        { chart: "web", helm: { valueFiles: ["$values/values/prod.yaml"] } },
        { ref: "values" },
        { path: "apps/web" },
      ],
    };
    const found = await traces.of({ kind: "argocd", path: "", options: { appName: "web", spec, roots: [] }, missing });
    expect(found?.map(([path]) => path).sort()).toEqual(["apps/web", "values/prod.yaml"]);
  });

  it("may be another one where its values files are a pattern", async () => {
    const spec = { source: { chart: "web", helm: { valueFiles: ["$values/values/*.yaml"] } } };
    const options = { appName: "web", spec, roots: [] };
    expect(await traces.of({ kind: "argocd", path: "", options, missing })).toBeUndefined();
  });
});

function generated(): readonly RenderSource[] {
  const state = new Map<string, string>();
  return history(20261201, commits).steps.map((step) => {
    for (const [path, text] of Object.entries(step)) {
      if (text === null) state.delete(path);
      else state.set(path, text);
    }
    const tree = memoryTree(Object.fromEntries(state));
    return { tree, objects: tree.objects };
  });
}
