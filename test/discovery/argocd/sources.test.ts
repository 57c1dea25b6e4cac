import { describe, expect, it } from "vitest";
import { gitOrigin, sourceOrigin } from "../../../src/discovery/argocd/sources.ts";

const own = { urls: ["https://git.example.com/acme/deploy"], branches: ["main", "HEAD"] };
const blank = { repoURL: "", path: "", targetRevision: "", tagPrefix: "", chart: "", ref: "" };
const commit = "0123456789abcdef0123456789abcdef01234567";

function origin(source: Partial<typeof blank>, several = false) {
  return sourceOrigin({ ...blank, ...source }, several, own, false);
}

describe("the files of a source of an Application", () => {
  it("are the tree's own where it is this repository at this branch", () => {
    const repoURL = "git@git.example.com:acme/deploy.git";
    expect(origin({ repoURL, path: "apps/web" })).toEqual({ kind: "own" });
    expect(origin({ repoURL, targetRevision: "main" })).toEqual({ kind: "own" });
  });

  it("are fetched where it is another branch, a tag or a commit of this repository", () => {
    const url = "https://git.example.com/acme/deploy";
    const revisionOf = (targetRevision: string) => {
      const found = origin({ repoURL: url, targetRevision });
      return found.kind === "remote" && found.request.kind === "git" ? found.request.revision : found;
    };
    expect(revisionOf("v1.0.0")).toEqual({ kind: "any", text: "v1.0.0" });
    expect(revisionOf("1.*")).toEqual({ kind: "any", text: "1.*" });
    expect(revisionOf(commit.toUpperCase())).toEqual({ kind: "commit", commit });
  });

  it("are fetched with its submodules unless Argo CD leaves them out", () => {
    const url = "https://git.example.com/acme/other";
    const revision = { kind: "any", text: "" } as const;
    expect(gitOrigin(url, blank, own, true)).toEqual({
      kind: "remote",
      request: { kind: "git", url, revision, submodules: true },
    });
    expect(gitOrigin(url, blank, own, false)).toEqual({ kind: "remote", request: { kind: "git", url, revision } });
  });

  it("are a chart of a Helm repository, or of a registry where the address has no scheme", () => {
    const chart = { chart: "redis", targetRevision: "^1.0" };
    expect(origin({ repoURL: "https://charts.example.com/stable", ...chart })).toEqual({
      kind: "remote",
      request: { kind: "helm", repository: "https://charts.example.com/stable", chart: "redis", version: "^1.0" },
    });
    expect(origin({ repoURL: "registry.example.com/charts", ...chart })).toEqual({
      kind: "remote",
      request: { kind: "oci-chart", url: "oci://registry.example.com/charts/redis", version: "^1.0" },
    });
  });

  it("are an artifact where the address begins with oci://, even with a chart", () => {
    const repoURL = "oci://registry.example.com/apps/web";
    const requestOf = (targetRevision: string) => origin({ repoURL, chart: "web", targetRevision });
    const digest = `sha256:${"a".repeat(64)}`;
    const artifact = { kind: "oci-artifact", url: repoURL };
    expect(requestOf("1.2.3")).toEqual({ kind: "remote", request: { ...artifact, tag: "1.2.3" } });
    expect(requestOf("latest")).toEqual({ kind: "remote", request: { ...artifact, tag: "latest" } });
    expect(requestOf("1.x")).toEqual({ kind: "remote", request: { ...artifact, range: "1.x" } });
    expect(requestOf(digest)).toEqual({ kind: "remote", request: { ...artifact, digest } });
    expect(requestOf("")).toEqual({ kind: "remote", request: artifact });
  });

  it("cannot be known for a chart without a version, and for a source without an address", () => {
    expect(origin({ repoURL: "https://charts.example.com", chart: "redis" })).toEqual({
      kind: "unusable",
      reason: "the chart `redis` has no `targetRevision`",
    });
    expect(origin({ path: "apps/web" })).toEqual({ kind: "unusable", reason: "a source has no `repoURL`" });
  });

  it("are none for one of several that has neither a path nor a chart, unless others refer to it", () => {
    const repoURL = "https://git.example.com/acme/other";
    expect(origin({ repoURL }, true)).toEqual({ kind: "nothing" });
    expect(origin({ repoURL }, false).kind).toBe("remote");
    expect(origin({ repoURL, ref: "values" }, true).kind).toBe("remote");
  });
});
