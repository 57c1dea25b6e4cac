import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, ROUTES, type Start, startLocal } from "./world.ts";

let start: Start;
let world: EdgeWorld;
let github: GitHubRepository;
beforeAll(async () => {
  start = await startLocal();
});
afterAll(() => start.local.close());
beforeEach(async () => {
  world = edgeWorld(start);
  github = await world.github();
});

describe("deployments", () => {
  it("to an environment are read newest first, at most as many as wanted", async () => {
    const { baseSha, headSha } = world.pull;
    await world.local.deploy({ ...REPOSITORY, environment: "eu/staging", sha: baseSha, state: "success" });
    await world.local.deploy({ ...REPOSITORY, environment: "eu/staging", sha: headSha, state: "in_progress" });
    await world.local.deploy({ ...REPOSITORY, environment: "prod", sha: baseSha, state: "success" });
    const read = await github.deployments("eu/staging", 10);
    expect(read.map((one) => [one.sha, one.environment])).toEqual([
      [headSha, "eu/staging"],
      [baseSha, "eu/staging"],
    ]);
    expect(read[0]).toMatchObject({
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      url: `${world.local.url}/acme/gitops/deployments/eu%2Fstaging`,
    });
    expect(await github.deployments("eu/staging", 1)).toEqual(read.slice(0, 1));
    expect(await github.deployments("nowhere", 10)).toEqual([]);
    expect(world.asked()).toEqual([
      ROUTES.token,
      ROUTES.listDeployments,
      ROUTES.listDeployments,
      ROUTES.listDeployments,
    ]);
  });

  it("have statuses, oldest first, each with a place to look", async () => {
    const sha = world.pull.baseSha;
    const deploy = (more: object) =>
      world.local.deploy({ ...REPOSITORY, environment: "qa", sha, state: "queued", ...more });
    await deploy({});
    await deploy({ state: "in_progress", description: "rolling out" });
    await deploy({ state: "success", description: "3 of 3 ready", url: "https://argo.test/web" });
    const [one] = await github.deployments("qa", 1);
    const statuses = await github.deploymentStatuses(one?.id ?? 0);
    expect(statuses.map((each) => [each.state, each.description, each.url])).toEqual([
      ["queued", "", ""],
      ["in_progress", "rolling out", ""],
      ["success", "3 of 3 ready", "https://argo.test/web"],
    ]);
    expect(statuses.every((each) => !Number.isNaN(Date.parse(each.at)))).toBe(true);
  });

  it("that are gone are not found", async () => {
    await expect(github.deploymentStatuses(4711)).rejects.toMatchObject({ kind: "not-found" });
  });
});
