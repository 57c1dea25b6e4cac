import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { describe, expect, it } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { followInstance } from "../../../src/discovery/flux/instance.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import { runSync } from "../../support/run-sync.ts";
import { tempDir } from "../../support/temp-git.ts";

const sync = {
  kind: "GitRepository",
  url: "https://github.com/acme/fleet",
  ref: "refs/heads/main",
  path: "clusters/a",
};

function follow(patches: readonly JsonObject[]) {
  const spec = { sync, kustomize: { patches } };
  const object: JsonObject = { apiVersion: "fluxcd.controlplane.io/v1", kind: "FluxInstance", spec };
  return followInstance({
    ...{ group: "fluxcd.controlplane.io", kind: "FluxInstance", namespace: "flux-system", name: "flux", object },
  });
}

/** What kustomize makes of the unpatched objects. */
function oracle(patches: readonly JsonObject[]): readonly unknown[] {
  const dir = tempDir();
  writeFileSync(join(dir, "all.yaml"), (follow([]).objects ?? []).map((one) => `---\n${stringify(one)}`).join(""));
  writeFileSync(join(dir, "kustomization.yaml"), stringify({ resources: ["all.yaml"], patches }));
  const { stdout } = runSync(env.SLUICE_KUSTOMIZE ?? "kustomize", ["build", dir]);
  return parseAllDocuments(stdout).map((document) => document.toJS() as unknown);
}

const kustomization = { kind: "Kustomization", name: "flux-system" };

describe("the objects that a FluxInstance makes", () => {
  it.each<[string, readonly JsonObject[]]>([
    [
      "operations",
      [
        {
          target: kustomization,
          patch:
            "- {op: add, path: /spec/postBuild, value: {substitute: {a: b}}}\n- {op: replace, path: /spec/path, value: ./other}\n- {op: remove, path: /spec/prune}\n",
        },
        { target: { kind: "GitRepository" }, patch: "- {op: add, path: /metadata/annotations, value: {a~b/c: d}}\n" },
        {
          target: { kind: "GitRepository" },
          patch: "- {op: replace, path: /metadata/annotations/a~0b~1c, value: e}\n",
        },
      ],
    ],
    [
      "a merge, with or without a target",
      [
        {
          patch:
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: flux-system}\nspec: {prune: null, targetNamespace: x, images: [{name: a}]}\n",
        },
        {
          target: { kind: "(Git|OCI)Repository" },
          patch: "kind: Any\nmetadata: {name: any, labels: {a: b}}\nspec: {ref: {name: null, branch: main}}\n",
        },
      ],
    ],
    [
      "nothing that is for others",
      [
        { target: { kind: "Deployment" }, patch: "- {op: add, path: /spec/args/-, value: a}\n" },
        { target: { ...kustomization, name: "flux" }, patch: "- {op: remove, path: /spec/path}\n" },
      ],
    ],
  ])("have %s of its patches as kustomize applies them", (_, patches) => {
    const { objects, problems } = follow(patches);
    expect(problems).toEqual([]);
    expect(objects).toEqual(expect.arrayContaining([...oracle(patches)]));
    expect(objects).toHaveLength(2);
  });

  it.each<[string, JsonObject]>([
    ["goes into a list", { target: kustomization, patch: "- {op: add, path: /spec/images/0, value: {}}\n" }],
    ["is another operation", { target: kustomization, patch: "- {op: copy, from: /spec/path, path: /spec/a}\n" }],
    ["chooses by labels", { target: { kind: "Kustomization", labelSelector: "a=b" }, patch: "{}" }],
    ["has a directive", { target: kustomization, patch: "spec: {$patch: delete}\n" }],
    ["is no YAML", { target: kustomization, patch: "a: b: c" }],
  ])("are as without patches, and it is told, where one %s", (_, patch) => {
    const { objects, problems } = follow([patch]);
    expect(objects?.at(1)).toEqual(follow([]).objects?.at(1));
    expect(problems?.[0]?.message).toContain("patches what it makes in a way that Sluice does not know");
  });
});
