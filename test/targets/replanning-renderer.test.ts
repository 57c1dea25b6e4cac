import { describe, expect, it } from "vitest";
import type { RenderSource } from "../../src/model/render.ts";
import type { Target } from "../../src/model/target.ts";
import { rememberPlan, replanningRenderer } from "../../src/targets/replanning-renderer.ts";
import { memoryRenderer, targetIn } from "../support/memory-renderer.ts";
import { memoryTree } from "../support/memory-tree.ts";

const signal = AbortSignal.timeout(600_000);

function source(folder: string): RenderSource {
  const tree = memoryTree({ [`${folder}/web.yaml`]: "{}" });
  return { tree, objects: tree.objects };
}

/** The target as a tree declares it: its folder is the only one there is. */
async function declaredIn({ tree }: RenderSource): Promise<readonly Target[]> {
  const [folder] = await tree.list("");
  const declaration = { kind: "Application", namespace: "argocd", name: "web", file: "web.yaml" } as const;
  return folder === undefined ? [] : [{ ...targetIn("web/prod", folder.name), declaration }];
}

async function opened(at: RenderSource, replan: typeof declaredIn = declaredIn) {
  const inner = memoryRenderer();
  const [target = targetIn("none")] = await declaredIn(at);
  rememberPlan([target], at, replan);
  return { inner, renderer: replanningRenderer(inner), spec: target.render };
}

describe("a target that an object declares", () => {
  it("renders as it was planned in the tree of its plan, which is not planned again", async () => {
    const here = source("one");
    const { inner, renderer, spec } = await opened(here, () => Promise.reject(new Error("planned again")));
    await renderer.render(spec, here, signal);
    expect(inner.rendered).toEqual(["one"]);
  });

  it("renders in another tree as that one declares it, and is planned there once", async () => {
    let plans = 0;
    const { inner, renderer, spec } = await opened(source("one"), (at) => {
      plans += 1;
      return declaredIn(at);
    });
    const there = source("two");
    expect((await renderer.render(spec, there, signal)).ok).toBe(true);
    expect((await renderer.fresh(spec, there, signal)).ok).toBe(true);
    await renderer.yaml(spec, there, signal);
    expect(inner.rendered).toEqual(["two"]);
    expect(plans).toBe(1);
  });

  it("does not render where nothing declares it", async () => {
    const { renderer, spec } = await opened(source("one"));
    const tree = memoryTree({});
    const nowhere = { tree, objects: tree.objects };
    const render = await renderer.render(spec, nowhere, signal);
    expect(render.ok ? "" : render.failure.message).toBe(
      "Nothing declares web/prod here: there is no Application `web`",
    );
    await expect(renderer.yaml(spec, nowhere, signal)).rejects.toThrow("Nothing declares web/prod here");
  });

  it("is planned again after a plan that failed", async () => {
    let fails = true;
    const { renderer, spec } = await opened(source("one"), async (at) => {
      if (fails) throw new Error("out of reach");
      return declaredIn(at);
    });
    const there = source("two");
    await expect(renderer.render(spec, there, signal)).rejects.toThrow("out of reach");
    fails = false;
    expect((await renderer.render(spec, there, signal)).ok).toBe(true);
  });

  it("is known in another tree only once it was planned there", async () => {
    const { inner, renderer, spec } = await opened(source("one"));
    const there = source("two");
    inner.traces.set("one", [["one/web.yaml", "file", "1"]]);
    inner.traces.set("two", [["two/web.yaml", "file", "1"]]);
    expect(await renderer.known(spec, there)).toBeUndefined();
    await renderer.render(spec, there, signal);
    expect(await renderer.known(spec, there)).toEqual([["two/web.yaml", "file", "1"]]);
  });
});

describe("a target that a folder is", () => {
  it("renders the same folder in every tree", async () => {
    const inner = memoryRenderer();
    const target = targetIn("web/prod", "one");
    rememberPlan([target], source("one"), () => Promise.reject(new Error("planned again")));
    await replanningRenderer(inner).render(target.render, source("two"), signal);
    expect(inner.rendered).toEqual(["one"]);
  });
});
