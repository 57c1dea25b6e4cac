import { describe, expect, it } from "vitest";
import { fluxKustomizations } from "../../src/preview/flux-kustomizations.ts";
import { withFollowers } from "../../src/preview/followers.ts";
import { target } from "../diff/support.ts";
import { memoryTree } from "../support/memory-tree.ts";

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: [*c, *c, *c, *c, *c, *c, *c, *c, *c]
`;
const flux = (path: string) => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: web }
spec: { path: ${path}, suspend: true, sourceRef: { kind: GitRepository } }
`;
const unusable = {
  bombs: `${flux("./x")}${bomb}`,
  "aliases of nothing": `${flux("./x")}x: *nowhere\n`,
  "nesting without end": `${flux("./x")}x: ${"[".repeat(10_000)}\n`,
};

describe.each(Object.entries(unusable))("objects of Flux beside a file with %s", (_, text) => {
  it("are found", async () => {
    const tree = memoryTree({ "clusters/a.yaml": text, "clusters/web.yaml": flux("./apps/web") });
    expect(await fluxKustomizations(["apps/web"], tree)).toMatchObject([{ name: "web", suspended: true }]);
  });

  it("are seen to follow a folder that moves", async () => {
    const at = (path: string) => {
      const tree = memoryTree({ "a.yaml": text, "b.yaml": flux(path) });
      return { tree, objects: tree.objects };
    };
    const [base, head] = [at("./old"), at("./new")];
    const changed = ["a.yaml", "b.yaml"].map((path) => ({ path, status: "modified" }) as const);
    const targets = [target("web/prod", { movedFrom: "old", path: "new" })];
    const [moved] = await withFollowers(targets, changed, { base, head, tip: base });
    expect(moved?.follower).toEqual({ tool: "Flux Kustomization", name: "web" });
  });
});
