import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Render } from "../../src/model/render.ts";
import type { RenderSpec } from "../../src/model/target.ts";
import type { RenderLimits } from "../../src/render/limits.ts";
import { createRenderer, type EngineRenderer } from "../../src/render/renderer.ts";
import { tempDir } from "../support/temp-git.ts";
import { eventually } from "../support/wait.ts";
import { memoryLog, realEngine } from "./support/engines.ts";
import { configMap, kustomize, type RenderRepository, renderRepository } from "./support/repositories.ts";

const megabyte = 1024 * 1024;
const hasty = 500;
// On a busy machine the time must not end first what meets another limit.
const patient = 600_000;
const limits = { wallMs: patient, memoryBytes: 400 * megabyte, outputBytes: 2 * megabyte };
/** What fills the memory meets this sooner. */
const lean = { ...limits, memoryBytes: 250 * megabyte };

/** A chart whose only template is `template`. */
function chart(folder: string, template: string): Record<string, string> {
  return {
    [`${folder}/Chart.yaml`]: "apiVersion: v2\nname: evil\nversion: 1.0.0\n",
    [`${folder}/templates/evil.yaml`]: template,
  };
}

const helm = (path: string): RenderSpec => ({ kind: "helm", path, options: { releaseName: "evil" } });

describe("a hostile tree", () => {
  let repo: RenderRepository;
  let cacheDir: string;
  let renderer: EngineRenderer;
  const rendered: string[] = [];
  const onRender = (_kind: string, source: string): void => void rendered.push(source);
  const rendererWith = (own: Partial<RenderLimits>): EngineRenderer =>
    createRenderer({ binary: realEngine(), workers: 2, cacheDir, limits: own, log: memoryLog(), onRender });
  const replaceRenderer = async (own: Partial<RenderLimits>): Promise<void> => {
    await renderer.close();
    renderer = rendererWith(own);
  };

  beforeEach(() => {
    rendered.length = 0;
    repo = renderRepository();
    cacheDir = tempDir();
    renderer = rendererWith(limits);
    repo.temp.commit({
      ...Object.fromEntries([1, 2, 3, 4].map((n) => [`good-${n}/cm.yaml`, configMap(`good-${n}`, "1")])),
      ...Object.fromEntries([1, 2, 3, 4].map((n) => [`good-${n}/kustomization.yaml`, "resources: [cm.yaml]\n"])),
      ...chart("loop", "{{ range until 2000000000 }}{{ end }}"),
      ...chart("nested-loop", "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}"),
      ...chart("memory", '{{ $x := "xxxxxxxxxxxxxxxx" }}{{ range until 40 }}{{ $x = cat $x $x }}{{ end }}{{ len $x }}'),
      ...chart("output", `{{ range until 100000 }}---\n${configMap("x-{{ . }}", "y".repeat(400))}{{ end }}`),
      ...chart("recursion", '{{ define "r" }}{{ include "r" . }}{{ end }}{{ include "r" . }}'),
    });
  });
  afterEach(async () => {
    await renderer.close();
    await repo.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  const renderAll = async (specs: readonly RenderSpec[]): Promise<Render[]> => {
    const source = await repo.source();
    return Promise.all(specs.map((spec) => renderer.render(spec, source, AbortSignal.timeout(600_000))));
  };

  /** What is good is never kept from its end; on a busy machine it may take longer than it is given, once or more. */
  const renderGood = async (): Promise<boolean> => {
    const renders = await renderAll([1, 2, 3, 4].map((n) => kustomize(`good-${n}`)));
    return renders.every(({ ok }) => ok);
  };

  it.each([
    // Lists grow until one of the two ends them.
    ["loop", { ...lean, wallMs: hasty }, /longer than 500 ms|250 MiB of memory/],
    ["nested-loop", { ...lean, wallMs: hasty }, /longer than 500 ms|250 MiB of memory/],
    ["memory", lean, /250 MiB of memory/],
    ["output", limits, /20000 YAML documents/],
    ["recursion", limits, undefined],
  ])(
    "ends with an error that names the limit (%s), and the renders beside it succeed",
    async (folder, limited, limit) => {
      await replaceRenderer(limited);
      const [[bad]] = await Promise.all([renderAll([helm(folder)]), eventually("the renders beside it", renderGood)]);
      expect(bad).toMatchObject({ ok: false });
      if (bad?.ok === false && limit !== undefined)
        expect(bad.failure).toMatchObject({ kind: "limit", message: expect.stringMatching(limit) });
    },
  );

  it("is remembered where it always ends so", async () => {
    await renderAll([helm("output")]);
    await renderAll([helm("output")]);
    expect(rendered).toEqual(["engine", "cache"]);
  });

  it("is tried again where its end depends on the moment", async () => {
    await replaceRenderer({ ...lean, wallMs: hasty });
    await renderAll([helm("loop")]);
    await renderAll([helm("loop")]);
    expect(rendered).toEqual(["engine", "engine"]);
  });

  it("makes the host hold only a few of its objects at a time", async () => {
    const names = Array.from({ length: 100 }, (_, n) => `many/cm-${n}.yaml`);
    repo.temp.commit(Object.fromEntries(names.map((name, n) => [name, configMap(`cm-${n}`, "1")])));
    const { tree, objects } = await repo.source();
    let held = 0;
    let most = 0;
    const read = async (oid: string) => {
      held += 1;
      most = Math.max(most, held);
      const object = await objects.read(oid);
      held -= 1;
      return object;
    };
    const spec: RenderSpec = { kind: "plain", path: "many", options: {} };
    const render = await renderer.render(spec, { tree, objects: { read } }, AbortSignal.timeout(600_000));
    expect(render.ok && render.resources()).toHaveLength(100);
    expect(most).toBeLessThanOrEqual(8);
  });
});
