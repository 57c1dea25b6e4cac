import { afterAll, describe, expect, it } from "vitest";
import { alignedFiles, openWorlds, overlay, prodFile, stagingFile } from "./support.ts";

const worlds = openWorlds();
afterAll(worlds.close);

describe("versions of two environments", () => {
  it("are apart when a pull request brings one to the source alone", async () => {
    const world = worlds.open();
    const promoted = world.land({ [prodFile]: overlay("prod", "1.2.0") }, "Promote web");
    const { apart, unchecked } = await world.drift({ [stagingFile]: overlay("staging", "1.4.0") });
    expect(apart).toEqual([
      {
        app: "web",
        environment: "prod",
        from: "staging",
        versions: [{ image: "ghcr.io/acme/web", here: "1.2.0", there: "1.4.0" }],
        fields: [],
        more: 0,
        byPullRequest: ["staging"],
        commits: [{ sha: promoted, subject: "Promote web", author: "Test", environment: "prod" }],
      },
    ]);
    expect(unchecked).toBe(0);
  });

  it("are no longer apart by the pull request that is the promotion", async () => {
    const world = worlds.open();
    world.land({ [stagingFile]: overlay("staging", "1.4.0") });
    expect((await world.drift({ [prodFile]: overlay("prod", "1.4.0") })).apart).toEqual([]);
  });

  it("are told with the commits that brought them when a pull request only touches the app", async () => {
    const world = worlds.open();
    const bump = world.land({ [stagingFile]: overlay("staging", "1.4.0") }, "Bump web to 1.4.0 (#7)\n\nBecause.");
    world.land({ [stagingFile]: `# a remark\n${overlay("staging", "1.4.0")}` }, "Say why");
    const { apart } = await world.drift({ [stagingFile]: overlay("staging", "1.4.0", "namePrefix: x-\n") });
    expect(apart).toMatchObject([
      {
        versions: [{ here: "1.3.0", there: "1.4.0" }],
        byPullRequest: [],
        commits: [
          { sha: bump, subject: "Bump web to 1.4.0 (#7)", author: "Test", environment: "staging" },
          { subject: "Begin", environment: "prod" },
        ],
      },
    ]);
  });

  it("name a commit for a hotfix that only the target has", async () => {
    const world = worlds.open();
    const message = "Merge pull request #9 from acme/hotfix\n\nStop the leak";
    const hotfix = world.land({ [prodFile]: overlay("prod", "1.3.1") }, message);
    const { apart } = await world.drift({ [prodFile]: overlay("prod", "1.3.1", "commonAnnotations: { a: b }\n") });
    expect(apart[0]?.versions).toEqual([{ image: "ghcr.io/acme/web", here: "1.3.1", there: "1.3.0" }]);
    expect(apart[0]?.commits.at(-1)).toMatchObject({
      sha: hotfix,
      subject: "Stop the leak (#9)",
      environment: "prod",
    });
  });

  it("are those of every image that both have, each with its own commit", async () => {
    const images = (web: string, proxy: string, more = "") =>
      `resources: [../../base, proxy.yaml]\nimages:\n  - { name: ghcr.io/acme/web, newTag: ${web} }\n  - { name: envoy, newName: mirror.example/envoy, newTag: ${proxy} }\n${more}`;
    const proxy = (name: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: proxy }\nspec: { containers: [{ name: main, image: envoy }, { name: only, image: "${name}:1" }] }\n`;
    const world = worlds.open({
      ...alignedFiles(),
      [stagingFile]: images("1.4.0", "2.0.0"),
      [prodFile]: images("1.3.0", "2.0.0").replace("newName: mirror.example/envoy", "newName: envoyproxy/envoy"),
      "apps/web/overlays/staging/proxy.yaml": proxy("one"),
      "apps/web/overlays/prod/proxy.yaml": proxy("another"),
    });
    const second = world.land({ [stagingFile]: images("1.4.0", "2.1.0") }, "Bump envoy");
    const third = world.land({ [stagingFile]: images("1.5.0", "2.1.0") }, "Bump web");
    const { apart } = await world.drift({ [stagingFile]: images("1.5.0", "2.1.0", "commonAnnotations: { a: b }\n") });
    expect(apart[0]?.versions).toEqual([
      { image: "envoyproxy/envoy", here: "2.0.0", there: "2.1.0" },
      { image: "ghcr.io/acme/web", here: "1.3.0", there: "1.5.0" },
    ]);
    const ofStaging = apart[0]?.commits.filter(({ environment }) => environment === "staging");
    expect(ofStaging?.map(({ sha }) => sha)).toEqual([second, third]);
  });

  it("are as they will be after the merge: what was promoted while the branch was open is not missed", async () => {
    const world = worlds.open();
    const before = world.land({ [stagingFile]: overlay("staging", "1.4.0") });
    world.land({ [prodFile]: overlay("prod", "1.4.0") }, "Promote");
    const scaled = { [stagingFile]: overlay("staging", "1.4.0", "replicas: [{ name: web, count: 3 }]\n") };
    const { apart } = await world.drift(scaled, before);
    expect(apart.flatMap(({ versions }) => versions)).toEqual([]);
  });

  it("are looked at along the whole chain of an app, and of no other app", async () => {
    const config = `version: 1
environments:
  - { name: dev, path: "apps/{app}/overlays/dev" }
  - { name: staging, path: "apps/{app}/overlays/staging", from: dev }
  - { name: prod, path: "apps/{app}/overlays/prod", from: staging }
`;
    const devFile = "apps/web/overlays/dev/kustomization.yaml";
    const other = (environment: string, tag: string) => ({
      [`apps/api/overlays/${environment}/pod.yaml`]: `apiVersion: v1\nkind: Pod\nmetadata: { name: api }\nspec: { containers: [{ name: api, image: "api:${tag}" }] }\n`,
      [`apps/api/overlays/${environment}/kustomization.yaml`]: "resources: [pod.yaml]\n",
    });
    const world = worlds.open({
      ...alignedFiles(),
      ".sluice.yaml": config,
      [devFile]: overlay("dev", "1.5.0"),
      [stagingFile]: overlay("staging", "1.4.0"),
      ...other("dev", "9"),
      ...other("staging", "8"),
    });
    const { apart } = await world.drift({ [devFile]: overlay("dev", "1.6.0") });
    expect(apart.map(({ app, environment, from, byPullRequest }) => [app, environment, from, byPullRequest])).toEqual([
      ["web", "staging", "dev", ["dev"]],
      ["web", "prod", "staging", []],
    ]);
  });

  it("are not spoken of where no environment is promoted from another, or nothing is configured", async () => {
    const files = alignedFiles();
    const loose = worlds.open({
      ...files,
      ".sluice.yaml": files[".sluice.yaml"]?.replace("    from: staging\n", "") ?? "",
    });
    expect((await loose.preview({ [stagingFile]: overlay("staging", "1.4.0") })).drift).toBeUndefined();
    const { ".sluice.yaml": _, ...unconfigured } = files;
    const found = await worlds.open(unconfigured).preview({ [stagingFile]: overlay("staging", "1.4.0") });
    expect(found.targets).toHaveLength(1);
    expect(found.drift).toBeUndefined();
  });

  it("are not compared where one of the two does not render, which is counted", async () => {
    const world = worlds.open({ ...alignedFiles(), [prodFile]: "resources: [missing.yaml]\n" });
    expect(await world.drift({ [stagingFile]: overlay("staging", "1.4.0") })).toEqual({ apart: [], unchecked: 1 });
  });

  it("cost no render that the preview or an earlier one made already", async () => {
    const world = worlds.open();
    await world.preview({ [stagingFile]: overlay("staging", "1.4.0") });
    const before = worlds.engineRuns();
    const { apart } = await world.drift({ [stagingFile]: overlay("staging", "1.5.0") });
    expect(apart).toHaveLength(1);
    expect(worlds.engineRuns() - before).toBe(1);
  });

  it("are compared for fifty pairs at most, and the others counted", async () => {
    const pod = "apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: c, image: web }] }\n";
    const app = (index: number) => {
      const files = ["staging", "prod"].map((environment, version) => [
        `apps/app-${index}/overlays/${environment}/kustomization.yaml`,
        `resources: [../../../../shared]\nimages: [{ name: web, newTag: "1.${version}.${index}" }]\n`,
      ]);
      return Object.fromEntries(files);
    };
    const world = worlds.open({
      ".sluice.yaml": alignedFiles()[".sluice.yaml"] ?? "",
      "shared/kustomization.yaml": "resources: [pod.yaml]\n",
      "shared/pod.yaml": pod,
      ...Object.assign({}, ...Array.from({ length: 53 }, (_, index) => app(index))),
    });
    const { apart, unchecked } = await world.drift({ "shared/pod.yaml": pod.replace("name: c", "name: d") });
    expect([apart.length, unchecked]).toEqual([50, 3]);
    expect(apart.filter(({ commits }) => commits.length > 0)).toHaveLength(20);
  });
});
