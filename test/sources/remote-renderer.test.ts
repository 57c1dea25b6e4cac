import { describe, expect, it } from "vitest";
import type { Render, Renderer, RenderSource, UnpinnedReference } from "../../src/model/render.ts";
import type { FetchPolicy, SourceAnswer, SourceRequest, Sources } from "../../src/model/sources.ts";
import type { RenderSpec } from "../../src/model/target.ts";
import { remoteRenderer } from "../../src/sources/index.ts";
import { memoryTree } from "../support/memory-tree.ts";

const spec: RenderSpec = { kind: "kustomize", path: "app", options: {} };
const base = "https://github.com/acme/bases//web?ref=main";
const nested = "https://github.com/acme/common//x?ref=v1.0.0";
const tree = "a".repeat(40);

function request(reference: string): SourceRequest {
  return { kind: "git", url: reference.split("//web")[0] ?? "", revision: { kind: "any", text: "main" } };
}

function missing(reference: string): UnpinnedReference {
  return {
    reference,
    reason: "remote references are not fetched",
    file: "app/kustomization.yaml",
    kind: "base",
    source: request(reference),
  };
}

/** Needs the base, and once that is there the nested one. */
function inner(): Renderer & { readonly seen: RenderSpec[] } {
  const seen: RenderSpec[] = [];
  const render = async (one: RenderSpec): Promise<Render> => {
    seen.push(one);
    const mounted = new Set((one.mounts ?? []).map(({ reference }) => reference));
    const first = mounted.has(base) ? nested : base;
    const lacks = mounted.has(base) && mounted.has(nested) ? [] : [missing(first)];
    const common = { digest: String(seen.length), trace: [], unpinned: lacks };
    if (lacks.length === 0) return { ok: true, ...common, warnings: [], resources: () => [] };
    return { ok: false, ...common, failure: { kind: "refused", message: `${first} is remote` } };
  };
  const known: Renderer["known"] = async ({ mounts = [] }) => [["app", "tree", String(mounts.length)]];
  return {
    seen,
    known,
    render,
    fresh: render,
    yaml: async (one) => `mounts: ${one.mounts?.length ?? 0}`,
    close: async () => undefined,
  };
}

function sources(answer: (request: SourceRequest, policy: FetchPolicy) => Promise<SourceAnswer>): Sources {
  return { objects: { read: async () => undefined }, pin: answer, close: async () => undefined };
}

const moving: SourceAnswer = {
  ok: true,
  source: { tree, revision: "b".repeat(40), moving: true, notes: ["Files in Git LFS stay out."] },
};
const source = (): RenderSource => ({
  tree: memoryTree({ "app/kustomization.yaml": "resources: []\n" }),
  objects: { read: async () => undefined },
});
const signal = AbortSignal.timeout(600_000);

describe("a renderer of what is remote", () => {
  it("fetches what a render lacks, mounts it, and goes on until nothing more is found", async () => {
    const engine = inner();
    const renderer = remoteRenderer(
      engine,
      sources(async () => moving),
    );
    const render = await renderer.render(spec, source(), signal);
    expect(render).toMatchObject({ ok: true, unpinned: [] });
    expect(engine.seen.map(({ mounts = [] }) => mounts.map(({ reference }) => reference))).toEqual([
      [],
      [base],
      [base, nested],
    ]);
    expect(
      engine.seen.at(-1)?.mounts?.every(({ at, tree: oid }) => at.startsWith("@sources/git/") && oid === tree),
    ).toBe(true);
    expect(render.moving?.map(({ reference }) => reference)).toEqual([
      expect.stringContaining("main"),
      expect.stringContaining("main"),
    ]);
    expect(render.ok && render.warnings.map(({ message }) => message).join()).toContain("Git LFS");
  });

  it("says why something is not fetched, and asks for it once", async () => {
    let asked = 0;
    const failure = { kind: "not-allowed" as const, message: "it is not used", fix: "Allow it" };
    const renderer = remoteRenderer(
      inner(),
      sources(async () => {
        asked += 1;
        return { ok: false, failure };
      }),
    );
    const render = await renderer.render(spec, source(), signal);
    expect(render).toMatchObject({
      ok: false,
      unpinned: [{ reference: base, reason: "it is not used", failure: "not-allowed" }],
    });
    expect(asked).toBe(1);
    await expect(renderer.yaml(spec, source(), signal)).rejects.toThrow("it is not used");
  });

  it("asks with the policy of the tree that is rendered", async () => {
    const policies: FetchPolicy[] = [];
    const policy: FetchPolicy = { mayFetch: async () => false };
    const renderer = remoteRenderer(
      inner(),
      sources(async (_request, given) => {
        policies.push(given);
        return moving;
      }),
    );
    await renderer.render(spec, { ...source(), policy }, signal);
    expect(policies).toEqual([policy, policy]);
  });

  it("knows the trace of the render that had everything", async () => {
    const renderer = remoteRenderer(
      inner(),
      sources(async () => moving),
    );
    expect(await renderer.known(spec, source())).toEqual([["app", "tree", "0"]]);
    await renderer.render(spec, source(), signal);
    expect(await renderer.known(spec, source())).toEqual([["app", "tree", "2"]]);
    expect(await renderer.yaml(spec, source(), signal)).toBe("mounts: 2");
  });
});
