import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Render, RenderSource } from "../../src/model/render.ts";
import { createRenderer, type EngineRenderer, type RendererOptions } from "../../src/render/renderer.ts";
import { descendants } from "../git/support/processes.ts";
import { runSync } from "../support/run-sync.ts";
import { tempDir } from "../support/temp-git.ts";
import { memoryLog, misbehavingEngine, patient, realEngine } from "./support/engines.ts";
import { configMap, kustomize, type RenderRepository, renderRepository } from "./support/repositories.ts";

const signal = (): AbortSignal => AbortSignal.timeout(600_000);

describe("the renderer", () => {
  let repo: RenderRepository;
  let cacheDir: string;
  let log: ReturnType<typeof memoryLog>;
  const renderers: EngineRenderer[] = [];

  beforeEach(() => {
    repo = renderRepository();
    cacheDir = tempDir();
    log = memoryLog();
    repo.temp.commit({
      "base/kustomization.yaml": "resources: [cm.yaml]\n",
      "base/cm.yaml": configMap("settings", "one"),
      "prod/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-\n",
      "dev/kustomization.yaml": "resources: [../base]\nnamePrefix: dev-\n",
      "broken/kustomization.yaml": "resources: [missing.yaml]\n",
    });
  });
  afterEach(async () => {
    await Promise.all(renderers.splice(0).map((renderer) => renderer.close()));
    await repo.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  const make = (options: Partial<RendererOptions> = {}): EngineRenderer => {
    const renderer = createRenderer({ binary: realEngine(), limits: patient, workers: 1, cacheDir, log, ...options });
    renderers.push(renderer);
    return renderer;
  };
  /** A source that counts what is read, so that a test sees whether an engine was at work. */
  const counted = async (commit?: string): Promise<RenderSource & { reads: number }> => {
    const source = await repo.source(commit);
    const counting = {
      tree: source.tree,
      reads: 0,
      objects: {
        read: (oid: string) => {
          counting.reads += 1;
          return source.objects.read(oid);
        },
      },
    };
    return counting;
  };
  const comparable = (render: Render): unknown => ({
    ...render,
    resources: render.ok ? render.resources() : undefined,
  });

  it("gives resources with the file they came from, and a trace", async () => {
    const render = await make().render(kustomize("prod"), await repo.source(), signal());
    expect(render).toMatchObject({
      ok: true,
      warnings: [],
      unpinned: [],
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    if (!render.ok) return;
    expect(render.resources()).toMatchObject([
      { object: { kind: "ConfigMap", metadata: { name: "prod-settings" } }, file: "base/cm.yaml" },
    ]);
    expect(render.resources()).toBe(render.resources());
    expect(render.trace).toContainEqual(["base/cm.yaml", "file", repo.temp.git("rev-parse", "HEAD:base/cm.yaml")]);
    expect(render.trace).toContainEqual(["prod/kustomization.yml", "absent"]);
  });

  it("prints the YAML that kustomize prints", async () => {
    const yaml = await make().yaml(kustomize("prod"), await repo.source(), signal());
    const oracle = env.SLUICE_KUSTOMIZE ?? "kustomize";
    const build = runSync(oracle, ["build", join(repo.temp.dir, "prod")]);
    expect(yaml).toBe(build.stdout);
    await expect(make().yaml(kustomize("broken"), await repo.source(), signal())).rejects.toMatchObject({
      name: "UserError",
      kind: "input",
    });
  });

  it("renders once as long as the trace holds, in this and in another process's life", async () => {
    const first = make();
    const spec = kustomize("prod");
    expect(await first.known(spec, await repo.source())).toBeUndefined();
    const rendered = await first.render(spec, await repo.source(), signal());
    expect(await first.known(spec, await repo.source())).toEqual(rendered.trace);
    repo.temp.commit({ "elsewhere.yaml": "x", "dev/more.yaml": "x" });
    const again = await counted();
    expect(comparable(await first.render(spec, again, signal()))).toEqual(comparable(rendered));
    await first.close();
    const second = make();
    expect(await second.known(kustomize("prod"), again)).toEqual(rendered.trace);
    expect(comparable(await second.render(kustomize("prod"), again, signal()))).toEqual(comparable(rendered));
    expect(again.reads).toBe(0);
    expect(await second.known(kustomize("dev"), again)).toBeUndefined();
  });

  it.each([
    ["an edit", { "base/cm.yaml": configMap("settings", "two") }],
    ["a file that was absent", { "base/kustomization.yml": "resources: []\n" }],
    ["a deletion", { "base/cm.yaml": null }],
    ["a folder gone", { base: null }],
  ])("renders again after %s", async (_, files) => {
    const renderer = make();
    const before = await renderer.render(kustomize("prod"), await repo.source(), signal());
    repo.temp.commit(files);
    expect(await renderer.known(kustomize("prod"), await repo.source())).toBeUndefined();
    const after = await renderer.render(kustomize("prod"), await repo.source(), signal());
    expect(after.digest).not.toBe(before.digest);
    expect(
      comparable(await make({ cacheDir: tempDir() }).render(kustomize("prod"), await repo.source(), signal())),
    ).toEqual(comparable(after));
  });

  it("keeps the failures that the user can mend, with their trace", async () => {
    const renderer = make();
    const failed = await renderer.render(kustomize("broken"), await repo.source(), signal());
    expect(failed).toMatchObject({
      ok: false,
      failure: { kind: "input", message: expect.stringContaining("missing.yaml") },
    });
    await Promise.all(renderers.splice(0).map((one) => one.close()));
    const again = await counted();
    const next = make();
    expect(await next.render(kustomize("broken"), again, signal())).toEqual(failed);
    expect(again.reads).toBe(0);
    repo.temp.commit({ "broken/missing.yaml": configMap("found", "x") });
    expect(await next.render(kustomize("broken"), await repo.source(), signal())).toMatchObject({ ok: true });
  });

  it("tells specs apart by their options, whatever their order of keys", async () => {
    const renderer = make();
    const source = await repo.source();
    await renderer.render(
      { kind: "kustomize", path: "prod", options: { loadRestrictor: "root", kubeVersion: "1.30" } },
      source,
      signal(),
    );
    const same = { kind: "kustomize", path: "prod", options: { kubeVersion: "1.30", loadRestrictor: "root" } } as const;
    expect(await renderer.known(same, source)).toBeDefined();
    expect(await renderer.known(kustomize("prod"), source)).toBeUndefined();
  });

  it("runs a render once that several ask for at the same time, until nobody wants it", async () => {
    const renderer = make();
    const source = await counted();
    const alone = await Promise.all([1, 2, 3, 4].map(() => renderer.render(kustomize("prod"), source, signal())));
    const reads = source.reads;
    expect(new Set(alone.map(({ digest }) => digest)).size).toBe(1);
    const other = await counted();
    await make({ cacheDir: tempDir() }).render(kustomize("prod"), other, signal());
    expect(reads).toBe(other.reads);
    const leaving = new AbortController();
    const [left, stayed] = [
      renderer.render(kustomize("dev"), source, leaving.signal),
      renderer.render(kustomize("dev"), source, signal()),
    ];
    leaving.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    expect(await stayed).toMatchObject({ ok: true });
  });

  it("survives a kill -9 of an engine in the middle of a render", async () => {
    const source = await repo.source();
    let killed = 0;
    const deadly: RenderSource = {
      tree: source.tree,
      objects: {
        read: (oid) => {
          if (killed === 0) {
            for (const { pid, command } of descendants(process.pid)) {
              if (!command.startsWith(realEngine())) continue;
              process.kill(pid, "SIGKILL");
              killed += 1;
            }
          }
          return source.objects.read(oid);
        },
      },
    };
    const render = await make().render(kustomize("prod"), deadly, signal());
    expect(killed).toBeGreaterThan(0);
    expect(render).toMatchObject({ ok: true });
    expect(log.lines.some(({ message }) => message.includes("once more"))).toBe(true);
  });

  it("names the limit that a render met, and does not keep what depends on the moment", async () => {
    const folder = tempDir();
    const binary = misbehavingEngine(folder);
    const [hasty, renderer] = [make({ binary, limits: { wallMs: 300 } }), make({ binary })];
    const source = await repo.source();
    expect(await hasty.render(kustomize("hang"), source, signal())).toMatchObject({
      ok: false,
      failure: { kind: "limit", message: expect.stringContaining("wallMs") },
    });
    expect(await renderer.render(kustomize("ok"), source, signal())).toMatchObject({ ok: true });
    expect(await renderer.render(kustomize("crash"), source, signal())).toMatchObject({
      ok: false,
      failure: { kind: "internal" },
    });
    expect(await hasty.known(kustomize("hang"), source)).toBeUndefined();
    expect(await renderer.known(kustomize("crash"), source)).toBeUndefined();
    expect(await renderer.known(kustomize("ok"), source)).toBeDefined();
    rmSync(folder, { recursive: true });
  });

  it("works without a folder for its cache", async () => {
    const renderer = createRenderer({ binary: realEngine(), limits: patient, workers: 1 });
    renderers.push(renderer);
    const render = await renderer.render(kustomize("prod"), await repo.source(), signal());
    expect(await renderer.known(kustomize("prod"), await repo.source())).toEqual(render.trace);
  });

  it("starts no engine for what another process kept, unless it is another engine", async () => {
    const [binary, starts] = [join(cacheDir, "engine"), join(cacheDir, "starts")];
    const started = () => readFileSync(starts, "utf8").length;
    writeFileSync(binary, `#!/bin/sh\nprintf x >> ${starts}\nexec ${realEngine()}\n`, { mode: 0o755 });
    const source = await repo.source();
    const writer = make({ binary });
    const first = await writer.render(kustomize("prod"), source, signal());
    await writer.close();
    expect(started()).toBe(1);
    const again = make({ binary });
    await again.prepare();
    expect(comparable(await again.render(kustomize("prod"), source, signal()))).toEqual(comparable(first));
    expect(started()).toBe(1);
    await again.render(kustomize("dev"), source, signal());
    expect(started()).toBe(2);
    appendFileSync(binary, "# another one\n");
    await make({ binary }).prepare();
    expect(started()).toBe(3);
  });

  it("rejects when no engine can be started", async () => {
    const renderer = make({ binary: "/nonexistent/engine" });
    await expect(renderer.render(kustomize("prod"), await repo.source(), signal())).rejects.toMatchObject({
      name: "Fault",
      kind: "unavailable",
    });
    await expect(renderer.hello()).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("tells what its engine says of itself", async () => {
    expect(await make().hello()).toMatchObject({
      protocol: 1,
      libraries: { kustomize: expect.stringMatching(/^v5\./) },
    });
  });
});
