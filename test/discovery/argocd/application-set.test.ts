import { describe, expect, it } from "vitest";
import { generatorNeeds } from "../../../src/discovery/argocd/application-set.ts";
import type { Json } from "../../../src/model/json.ts";

const needs = (...generators: readonly Json[]) => generatorNeeds({ kind: "ApplicationSet", spec: { generators } });
const git = { repoURL: "https://git.example.com/acme/deploy", revision: "HEAD", directories: [{ path: "apps/*" }] };
const repository = { url: git.repoURL, revision: git.revision };

describe("the generators of an ApplicationSet", () => {
  it("need the repositories and revisions that they name, each once, within others too", () => {
    const matrix = {
      matrix: { generators: [{ git }, { merge: { generators: [{ git: { ...git, revision: "v1" } }] } }] },
    };
    expect(needs({ git }, matrix).repositories).toEqual([repository, { ...repository, revision: "v1" }]);
  });

  it("need what others name where a parameter fills it in", () => {
    const list = { list: { elements: [{ url: git.repoURL }] } };
    const found = needs({ matrix: { generators: [list, { git: { ...git, repoURL: "{{url}}" } }] } });
    expect(found.repositories).toEqual([]);
    expect(found.fillings).toContain(git.repoURL);
  });

  it("need nothing where they list all that they give", () => {
    expect(needs({ list: { elements: [{ name: "a" }] } })).toEqual({
      repositories: [],
      fillings: [],
      clusters: "none",
      unsupported: [],
    });
  });

  it("need all clusters, or those with labels", () => {
    const selected = { clusters: { selector: { matchLabels: { region: "eu" } } } };
    expect(needs({ clusters: {} }).clusters).toBe("all");
    expect(needs({ clusters: { selector: {} } }).clusters).toBe("all");
    expect(needs(selected).clusters).toBe("selected");
    expect(needs(selected, { clusters: {} }).clusters).toBe("all");
  });

  it("are named where they ask the world", () => {
    const inner = { matrix: { generators: [{ git }, { pullRequest: { github: {} } }] } };
    expect(needs({ scmProvider: {} }, inner, { scmProvider: {} }).unsupported).toEqual(["scmProvider", "pullRequest"]);
  });

  it("are read to the depth that Argo CD allows, whatever a hostile set nests", () => {
    let nested: Json = { git };
    for (let depth = 0; depth < 2_000; depth += 1) nested = { matrix: { generators: [nested] } };
    expect(needs(nested).repositories).toEqual([]);
  });
});
