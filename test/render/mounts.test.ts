import { env } from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRepository } from "../../src/git/repository.ts";
import type { Mount } from "../../src/model/mount.ts";
import type { Render, RenderSource } from "../../src/model/render.ts";
import type { RenderSpec } from "../../src/model/target.ts";
import { mountTrees, traceOfRepository } from "../../src/render/mounts.ts";
import { createRenderer, type EngineRenderer, type RendererOptions } from "../../src/render/renderer.ts";
import { launcher } from "../support/launcher.ts";
import { runSync } from "../support/run-sync.ts";
import { tempDir, tempGit } from "../support/temp-git.ts";
import { patient, realEngine } from "./support/engines.ts";
import { configMap, kustomize, type RenderRepository, renderRepository } from "./support/repositories.ts";

const signal = (): AbortSignal => AbortSignal.timeout(600_000);
const reference = "https://git.example.com/org/base//web?ref=v1";

describe("a render with mounts", () => {
  let repo: RenderRepository;
  let remote: RenderRepository;
  const renderers: EngineRenderer[] = [];

  beforeEach(() => {
    repo = renderRepository();
    remote = renderRepository();
    repo.temp.commit({
      "app/kustomization.yaml": `resources:\n- cm.yaml\n- ${reference}\n`,
      "app/cm.yaml": configMap("own", "one"),
      "plain.yaml": configMap("plain", "one"),
    });
    remote.temp.commit({
      "web/kustomization.yaml": "resources: [cm.yaml]\n",
      "web/cm.yaml": configMap("web", "one"),
    });
  });
  afterEach(async () => {
    await Promise.all(renderers.splice(0).map((renderer) => renderer.close()));
    await Promise.all([repo.remove(), remote.remove()]);
  });

  const make = (options: Partial<RendererOptions> = {}): EngineRenderer => {
    const sources = remote.repository.objects;
    const renderer = createRenderer({ binary: realEngine(), limits: patient, workers: 1, sources, ...options });
    renderers.push(renderer);
    return renderer;
  };
  const oid = (of: RenderRepository, revision = "HEAD^{tree}"): string => of.temp.git("rev-parse", revision);
  const mount = (at = "@sources/git/base"): Mount => ({ at, tree: oid(remote), reference });
  const app = (): RenderSpec => ({ ...kustomize("app"), mounts: [mount()] });
  const named = (render: Render): unknown =>
    render.ok && render.resources().map(({ object: { metadata }, file }) => [Object(metadata).name, file]);

  it("names what it lacks, and has it when that is mounted", async () => {
    const renderer = make();
    const source = await repo.source();
    const before = await renderer.render(kustomize("app"), source, signal());
    const wanted = { kind: "git", url: "https://git.example.com/org/base", submodules: true };
    expect(before).toMatchObject({
      ok: false,
      unpinned: [
        {
          reference,
          kind: "base",
          file: "app/kustomization.yaml",
          line: 3,
          source: { ...wanted, revision: { kind: "any", text: "v1" } },
        },
      ],
    });
    expect(named(await renderer.render(app(), source, signal()))).toEqual([
      ["own", "app/cm.yaml"],
      ["web", "@sources/git/base/web/cm.yaml"],
    ]);
    expect(named(await renderer.fresh(app(), source, signal()))).toHaveLength(2);
    expect(await renderer.yaml(app(), source, signal())).toContain("name: web");
  });

  it("prints what kustomize prints for the same base in a folder", async () => {
    const yaml = await make().yaml(app(), await repo.source(), signal());
    const copy = tempGit(repo.temp.dir);
    copy.commit({
      "app/kustomization.yaml": "resources:\n- cm.yaml\n- ../web\n",
      "web/kustomization.yaml": "resources: [cm.yaml]\n",
      "web/cm.yaml": configMap("web", "one"),
    });
    expect(yaml).toBe(runSync(env.SLUICE_KUSTOMIZE ?? "kustomize", ["build", `${copy.dir}/app`]).stdout);
    copy.remove();
  });

  it("has a trace of the repository alone, which holds until something of it changes", async () => {
    const renderer = make();
    const render = await renderer.render(app(), await repo.source(), signal());
    expect(render.trace.filter(([path]) => path.startsWith("@sources"))).toEqual([["@sources", "absent"]]);
    expect(render.trace).toContainEqual(["app/cm.yaml", "file", oid(repo, "HEAD:app/cm.yaml")]);
    repo.temp.commit({ "elsewhere.yaml": "x" });
    const silent = { ...(await repo.source()), objects: { read: () => Promise.reject(new Error("an engine ran")) } };
    expect(await renderer.known(app(), silent)).toEqual(render.trace);
    expect((await renderer.render(app(), silent, signal())).digest).toBe(render.digest);
    repo.temp.commit({ "app/cm.yaml": configMap("own", "two") });
    expect(await renderer.known(app(), await repo.source())).toBeUndefined();
  });

  it("is another render when another tree is mounted", async () => {
    const renderer = make();
    const source = await repo.source();
    const one = await renderer.render(app(), source, signal());
    remote.temp.commit({ "web/cm.yaml": configMap("web", "two") });
    expect(await renderer.known(app(), source)).toBeUndefined();
    expect((await renderer.render(app(), source, signal())).digest).not.toBe(one.digest);
  });

  it("shows nothing of the mounts in a render of the root, whose trace has the repository's own id", async () => {
    const spec: RenderSpec = { kind: "plain", path: "", options: { exclude: ["app/*"] }, mounts: [mount()] };
    const render = await make().render(spec, await repo.source(), signal());
    expect(named(render)).toEqual([["plain", "plain.yaml"]]);
    expect(render.trace).toContainEqual(["", "tree", oid(repo)]);
  });

  it("fails with the first of what nobody has, without an engine", async () => {
    const missing = [
      {
        reference: "charts.example.com/redis 1.2.3",
        reason: "it may not be fetched",
        kind: "chart",
        file: "a.yaml",
        line: 7,
      },
      { reference: "Secret/x", reason: "only the cluster has it", kind: "value" },
    ] as const;
    const renderer = make({ binary: "/nonexistent/engine" });
    const spec: RenderSpec = { ...app(), missing };
    const source = await repo.source();
    const expected = {
      ok: false,
      unpinned: missing,
      failure: {
        kind: "refused",
        message: "it needs charts.example.com/redis 1.2.3: it may not be fetched",
        file: "a.yaml",
        line: 7,
      },
    };
    expect(await renderer.render(spec, source, signal())).toMatchObject(expected);
    expect(await renderer.fresh(spec, source, signal())).toMatchObject(expected);
    expect(await renderer.known(spec, source)).toBeUndefined();
    await expect(renderer.yaml(spec, source, signal())).rejects.toMatchObject({ name: "UserError", kind: "refused" });
  });

  it("fails in a repository that has something of its own at the place of the mounts", async () => {
    const renderer = make();
    await renderer.render(app(), await repo.source(), signal());
    repo.temp.commit({ "@sources/git/base/web/kustomization.yaml": "resources: []\n" });
    const failed = await renderer.render(app(), await repo.source(), signal());
    expect(failed).toMatchObject({
      ok: false,
      failure: {
        kind: "input",
        message: expect.stringContaining("has a folder @sources of its own"),
        file: "@sources",
      },
    });
    repo.temp.commit({ "@sources": null });
    expect(await renderer.render(app(), await repo.source(), signal())).toMatchObject({ ok: true });
  });

  it("fails in a repository with SHA-256", async () => {
    const dir = tempDir();
    runSync("git", ["init", "--quiet", "--initial-branch=main", "--object-format=sha256"], { cwd: dir });
    const temp = tempGit(dir);
    temp.commit({ "app/kustomization.yaml": "resources: []\n" });
    const repository = openRepository(temp.dir, { start: launcher.start });
    const source: RenderSource = { tree: await repository.tree("HEAD"), objects: repository.objects };
    expect(await make().render(app(), source, signal())).toMatchObject({
      ok: false,
      failure: { kind: "input", message: expect.stringContaining("SHA-256") },
    });
    await repository.close();
    temp.remove();
  });

  it("does not let a mount read the repository", async () => {
    repo.temp.commit({ "secret/kustomization.yaml": "resources: [../plain.yaml]\n" });
    remote.temp.commit({ "web/kustomization.yaml": "resources: [../../../../secret]\n" });
    const render = await make().render(app(), await repo.source(), signal());
    expect(render).toMatchObject({
      ok: false,
      failure: { kind: "refused", message: expect.stringContaining("lies outside @sources/git/base") },
    });
  });
});

describe("the tree of a render with mounts", () => {
  it.each([
    ["beside names that sort around it", ["@source", "@sources-of", "@sources.yaml", "@sourcesx", "A", "?"]],
    ["in a repository without anything like it", ["a"]],
  ])("has the id that Git gives it, %s", async (_, names) => {
    const [repo, remote] = [renderRepository(), renderRepository()];
    repo.temp.commit(Object.fromEntries(names.flatMap((name) => [[`${name}/file`, "x"] as const])));
    remote.temp.commit({ "a.yaml": "a\n", "b/c.yaml": "c\n" });
    const tree = remote.temp.git("rev-parse", "HEAD^{tree}");
    const source = await repo.source();
    const mounts = ["@sources/git/b", "@sources/git/b.x/c", "@sources/git/b-x", "@sources/chärt"].map((at) => ({
      at,
      tree,
    }));
    const mounted = await mountTrees(source, mounts, remote.repository.objects);
    if (!("rootTree" in mounted)) throw new Error("there is an obstacle");
    repo.temp.git("fetch", "--quiet", remote.temp.dir, "main");
    for (const { at } of mounts) repo.temp.git("read-tree", `--prefix=${at}/`, tree);
    expect(mounted.rootTree).toBe(repo.temp.git("write-tree"));
    expect(await mounted.objects.read(tree)).toMatchObject({ kind: "tree" });
    expect(await mounted.objects.read("0".repeat(40))).toBeUndefined();
    await Promise.all([repo.remove(), remote.remove()]);
  });

  it.each([["@sources"], ["elsewhere/a"], ["@sources/../a"], ["@sources//a"], ["@sources/a/b"]])(
    "has no place for a mount at %s",
    async (at) => {
      const repo = renderRepository();
      repo.temp.commit({ a: "a" });
      const source = await repo.source();
      const { oid: tree } = source.tree;
      const mounts = [
        { at: "@sources/a", tree },
        { at, tree },
      ];
      await expect(mountTrees(source, mounts, undefined)).rejects.toMatchObject({ name: "Fault", kind: "bug" });
      await repo.remove();
    },
  );

  it("leaves a trace without what was looked up in mounts", () => {
    const [own, root] = ["1".repeat(40), "2".repeat(40)];
    expect(
      traceOfRepository(
        [
          ["", "tree", own],
          ["@sources/a", "tree", own],
          ["@sources.yaml", "absent"],
          ["a", "file", own],
        ],
        root,
      ),
    ).toEqual([
      ["@sources", "absent"],
      ["", "tree", root],
      ["@sources.yaml", "absent"],
      ["a", "file", own],
    ]);
  });
});
