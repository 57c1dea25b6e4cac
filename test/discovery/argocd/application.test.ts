import { describe, expect, it } from "vitest";
import { readApplication, syncedApplication } from "../../../src/discovery/argocd/application.ts";
import { handlingOf } from "../../../src/discovery/argocd/handling.ts";
import type { JsonObject } from "../../../src/model/json.ts";

const url = "https://git.example.com/acme/deploy";

function read(spec: JsonObject, metadata: JsonObject = {}) {
  const found = readApplication({ kind: "Application", metadata: { name: "web", ...metadata }, spec });
  if (typeof found === "string") throw new Error(found);
  return found;
}

describe("the sources of an Application", () => {
  it("are those that are hydrated, before a list of sources, before one source", () => {
    const source = { repoURL: url, path: "one" };
    const sources = [{ repoURL: url, path: "first", helm: { releaseName: "w" } }];
    const sourceHydrator = {
      drySource: { repoURL: url, targetRevision: "main", path: "dry" },
      syncSource: { targetBranch: "env/prod", path: "web" },
    };
    expect(read({ source }).sources.map(({ object }) => object)).toEqual([source]);
    expect(read({ source, sources: [] }).sources.map(({ object }) => object)).toEqual([source]);
    expect(read({ source, sources })).toMatchObject({ several: true, sources: [{ object: sources[0] }] });
    expect(read({ source, sources, sourceHydrator })).toMatchObject({
      hydrated: true,
      several: false,
      sources: [{ object: sourceHydrator.drySource }],
    });
  });

  it("are a folder of manifests on the branch that an Application was hydrated to", () => {
    const drySource = { repoURL: url, targetRevision: "main", path: "dry" };
    const found = read({ sourceHydrator: { drySource, syncSource: { targetBranch: "env/prod", path: "web" } } });
    expect(syncedApplication(found)?.sources).toMatchObject([
      { source: { repoURL: url, path: "web", targetRevision: "env/prod" }, object: { directory: { recurse: false } } },
    ]);
    expect(syncedApplication(read({ source: drySource }))).toBeUndefined();
  });

  it("are missing from one that cannot be read, which says where", () => {
    const problemOf = (spec: JsonObject) => readApplication({ metadata: { name: "web" }, spec });
    expect(problemOf({ source: { repoURL: url, targetRevision: 1.1 } })).toContain("`spec.source.targetRevision`");
    expect(problemOf({})).toBe("`spec`: it has no source");
    expect(readApplication({ metadata: {}, spec: {} })).toContain("`metadata.name`");
  });
});

describe("what Argo CD does with an Application", () => {
  const source = { repoURL: url };
  const handling = (syncPolicy: JsonObject, metadata: JsonObject = {}) =>
    handlingOf(read({ source, syncPolicy }, metadata).application);

  it("is nothing by itself without a policy, and with one that is not enabled", () => {
    expect(handlingOf(read({ source }).application)).toEqual({ automated: false });
    expect(handling({ automated: { enabled: false, prune: true } })).toEqual({ automated: false });
  });

  it("neither prunes nor heals unless it is told to", () => {
    expect(handling({ automated: {} })).toEqual({ automated: true, prune: false, selfHeal: false });
    expect(handling({ automated: { prune: true, selfHeal: true } })).toEqual({
      automated: true,
      prune: true,
      selfHeal: true,
    });
  });

  it("has its sync options as they are written, and is suspended where it is to be skipped", () => {
    const skip = { annotations: { "argocd.argoproj.io/skip-reconcile": "true" } };
    expect(handling({ syncOptions: ["Replace=true"] }, skip)).toEqual({
      suspended: true,
      automated: false,
      syncOptions: ["Replace=true"],
    });
  });
});
