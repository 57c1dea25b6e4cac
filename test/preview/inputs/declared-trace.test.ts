import { describe, expect, it } from "vitest";
import type { RenderSource, Trace } from "../../../src/model/render.ts";
import type { RenderSpec } from "../../../src/model/target.ts";
import { differingLookups, traceHolds } from "../../../src/model/trace.ts";
import { ignoredNames } from "../../../src/preview/inputs/ignored-names.ts";
import { staticTraces } from "../../../src/preview/inputs/static-trace.ts";
import { resolveTargets } from "../../../src/targets/index.ts";
import { sharedRenderer } from "../../render/support/engines.ts";
import { type DeclaredSample, declaredSamples } from "../../support/declared-samples.ts";
import { edited, type Files, seeded } from "../../support/edits.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { planReads, sourceOf } from "../../support/plan-reads.ts";

const edits = 25;

describe("what an object of a controller can name", () => {
  const renderer = sharedRenderer();

  it.each(Object.entries(declaredSamples))(
    `is touched whenever what its render looked up is, over ${edits} edits of %s`,
    async (_, sample) => {
      const random = seeded(5);
      const seen = { touched: 0, kept: 0, untold: 0 };
      for (let count = 0; count < edits; count += 1) {
        const { files } = count === 0 ? sample : edited(sample.files, random);
        const source = sourceOf(memoryTree(files));
        const others = Array.from({ length: 12 }, () => sourceOf(memoryTree(edited(files, random).files)));
        const traces = staticTraces(source, new Map());
        for (const spec of await specsOf(sample, files)) {
          const can = await traces.of(spec);
          if (can === undefined) seen.untold += 1;
          else for (const other of others) seen[await compared(spec, can, source, other)] += 1;
        }
      }
      expect(seen.kept).toBeGreaterThan(100);
      expect(seen.untold).toBeLessThan(seen.kept / 20);
    },
  );

  /** Whether the change touches what can be named; it does where it touches what the render looked up. */
  async function compared(spec: RenderSpec, can: Trace, source: RenderSource, other: RenderSource) {
    expect(await traceHolds(can, source.tree)).toBe(true);
    const { trace } = await renderer.render(spec, source, new AbortController().signal);
    if (!(await traceHolds(can, other.tree))) return "touched";
    expect(await differingLookups(trace, other.tree), JSON.stringify(spec)).toEqual([]);
    return "kept";
  }

  async function specsOf({ url, files: { ".sluice.yaml": text } }: DeclaredSample, files: Files) {
    const reads = planReads({ renderer, repository: { urls: [url], branches: ["main", "HEAD"] } });
    const { plan } = await resolveTargets(text, sourceOf(memoryTree(files)), reads);
    const declared = plan.targets.filter(({ declaration }) => declaration !== undefined);
    return declared.map(({ render }) => render);
  }
});

describe("rules about files of a source that are left out", () => {
  it("are those of source-controller where it has none of its own", () => {
    const isIgnored = ignoredNames("# nothing\n");
    const names = ["apps/web.yaml", ".github/x.yaml", "apps/.sops.yaml", "docs/a.png", "cloudbuild.yaml", "a/png"];
    expect(names.filter((name) => isIgnored?.(name))).toEqual([
      ".github/x.yaml",
      "apps/.sops.yaml",
      "docs/a.png",
      "cloudbuild.yaml",
    ]);
  });

  it("are told where they say which folders stay, and else not", () => {
    const isIgnored = ignoredNames("/*\n!/kubernetes\n!/charts/\n");
    expect(["kubernetes/a", "charts", "apps/a", ".git/x"].filter((name) => isIgnored?.(name))).toEqual([
      "apps/a",
      ".git/x",
    ]);
    expect(ignoredNames("*.md")).toBeUndefined();
    expect(ignoredNames("/*\n!/kubernetes/apps")).toBeUndefined();
  });
});
