import { describe, expect, it } from "vitest";
import { filesOf, placeInSource } from "../../../src/discovery/flux/artifact.ts";
import type { KnownObject, World } from "../../../src/discovery/follower.ts";
import type { JsonObject } from "../../../src/model/json.ts";

const namespace = "flux-system";

function known(group: string, kind: string, name: string, spec: JsonObject): KnownObject {
  const object = { apiVersion: `${group}/v1`, kind, metadata: { name, namespace }, spec };
  return { group, kind, namespace, name, object };
}

function repository(spec: JsonObject = {}): KnownObject {
  return known("source.toolkit.fluxcd.io", "GitRepository", "gitops", {
    url: "https://github.com/acme/gitops",
    ref: { branch: "main" },
    ...spec,
  });
}

function artifact(...copy: JsonObject[]): KnownObject {
  return known("source.extensions.fluxcd.io", "ArtifactGenerator", "all", {
    sources: [{ alias: "repo", kind: "GitRepository", name: "gitops" }],
    artifacts: [{ name: "apps", copy }],
  });
}

function originOf(objects: readonly KnownObject[], name = "apps", from = "") {
  const world: World = {
    own: { urls: ["https://github.com/acme/gitops"], branches: ["main"] },
    variables: {},
    clusters: [],
    object: (wanted) => objects.find((one) => one.kind === wanted.kind && one.name === wanted.name),
    objects: (group, kind) => objects.filter((one) => one.group === group && one.kind === kind),
    source: () => undefined,
  };
  return filesOf({ kind: "ExternalArtifact", name, namespace: from }, namespace, world);
}

describe("the files of an ExternalArtifact", () => {
  it("are the folder of the repository that is copied to the artifact's root", () => {
    const copied = artifact({ from: "@repo/infrastructure/**", to: "@artifact/" });
    expect(originOf([copied, repository()])).toEqual({ kind: "own", folder: "infrastructure" });
  });

  it("are the whole source where all of it is copied, with what the source ignores", () => {
    const copied = artifact({ from: "@repo/**", to: "@artifact/" });
    expect(originOf([copied, repository({ ignore: "*.md" })])).toEqual({ kind: "own", ignore: "*.md" });
  });

  it("are the copied folders alone where these keep their places below one folder", () => {
    const copied = artifact(
      { from: "@repo/apps/base/**", to: "@artifact/base/" },
      { from: "@repo/apps/sites/production/**", to: "@artifact/sites/production" },
    );
    const ignore = "/*\n!/base/\n!/sites/\n/sites/*\n!/sites/production/";
    expect(originOf([copied, repository()])).toEqual({ kind: "own", folder: "apps", ignore });
  });

  it("are in a folder of another repository where the source is one", () => {
    const copied = artifact({ from: "@repo/apps/**", to: "@artifact/" });
    expect(originOf([copied, repository({ url: "https://github.com/acme/other" })])).toMatchObject({
      kind: "remote",
      request: { kind: "git", url: "https://github.com/acme/other" },
      folder: "apps",
    });
  });

  it("are below a folder of the same name where a folder is copied by its name", () => {
    const copied = artifact({ from: "@repo/apps/web/app/", to: "@artifact/apps/web/app/" });
    const origin = originOf([copied, repository()]);
    expect(origin).toMatchObject({
      kind: "own",
      folder: "",
      ignore: "/*\n!/apps/\n/apps/*\n!/apps/web/\n/apps/web/*\n!/apps/web/app/",
    });
    expect(placeInSource("apps/web/app", origin)).toBe("apps/web");
    expect(placeInSource("apps/web/app/app", origin)).toBe("apps/web/app");
    expect(placeInSource("apps/web", origin)).toBeUndefined();
  });

  it.each([
    ["a file is copied", [{ from: "@repo/apps/a.yaml", to: "@artifact/" }]],
    ["a folder gets another name", [{ from: "@repo/apps/**", to: "@artifact/web/" }]],
    ["files are left out", [{ from: "@repo/apps/**", to: "@artifact/", exclude: ["*.md"] }]],
    ["files are merged", [{ from: "@repo/apps/**", to: "@artifact/", strategy: "Merge" }]],
    ["a path leads out of the source", [{ from: "@repo/../apps/**", to: "@artifact/" }]],
    [
      "folders of two places are put together",
      [
        { from: "@repo/a/**", to: "@artifact/" },
        { from: "@repo/b/**", to: "@artifact/" },
      ],
    ],
    ["nothing is copied", []],
  ])("are not known where %s", (_, copies) => {
    expect(originOf([artifact(...copies), repository()])).toMatchObject({
      kind: "unusable",
      reason: expect.stringContaining("the artifact `apps` is not one folder of one source"),
    });
  });

  it("are not known where the source's rules count from another root", () => {
    const copied = artifact({ from: "@repo/apps/**", to: "@artifact/" });
    expect(originOf([copied, repository({ ignore: "/apps/old" })])).toMatchObject({ kind: "unusable" });
  });

  it("are not known where no generator of its namespace makes it, or it copies from what is no source", () => {
    const copied = artifact({ from: "@repo/apps/**", to: "@artifact/" });
    const reason = "no `ArtifactGenerator` here makes the `ExternalArtifact` `flux-system/web`";
    expect(originOf([copied, repository()], "web")).toEqual({ kind: "unusable", reason });
    expect(originOf([copied, repository()], "apps", "teams")).toMatchObject({ kind: "unusable" });
    const lost = artifact({ from: "@lost/apps/**", to: "@artifact/" });
    expect(originOf([lost, repository()])).toMatchObject({ reason: expect.stringContaining("`@lost`") });
  });
});
