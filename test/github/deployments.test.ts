import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { DeploymentDraft, GitHubRepository } from "../../src/model/github-repository.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, ROUTES, type Start, startLocal, templateOf } from "./world.ts";

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
    expect(statuses.map(({ byApp }) => byApp)).not.toContain(true);
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

const draft = (environment: string): DeploymentDraft => ({
  sha: world.pull.baseSha,
  environment,
  description: "webapp 1.5.0",
  payload: { sluice: { operation: "op-1", apps: ["webapp"] } },
  production: true,
});

const payload = { sluice: { operation: "op-1", apps: ["webapp"] } };

describe("a deployment of Sluice's own", () => {
  it("is made for a commit whatever its checks say, and is found by commit and payload", async () => {
    const { baseSha, headSha } = world.pull;
    await world.local.status({ ...REPOSITORY, sha: baseSha, context: "build", state: "failure" });
    const made = await github.createDeployment(draft("made"));
    await github.createDeployment({ ...draft("made"), sha: headSha, payload: {} });
    expect(made).toMatchObject({ sha: baseSha, environment: "made", payload, byApp: true });
    expect(await github.deployments("made", 10, baseSha)).toEqual([made]);
    expect(await github.deployments("made", 10)).toHaveLength(2);
    const [first] = world.local.deployments({ ...REPOSITORY, environment: "made" }).slice(1);
    expect(first).toMatchObject({ id: made.id, ref: baseSha, payload, statuses: [] });
  });

  it("is told from those of people and pipelines, without asking who the App is", async () => {
    await world.local.deploy({ ...REPOSITORY, environment: "theirs", state: "success" });
    expect(await github.deployments("theirs", 10)).toMatchObject([{ byApp: false, payload: {} }]);
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.listDeployments]);
  });

  it.each([
    ["a 502 after it was made", { kind: "after", status: 502 }],
    ["a connection that breaks after it was made", { kind: "reset" }],
  ] as const)("is not doubled by %s (31)", async (name, effect) => {
    world.local.injectFault({ method: "POST", template: templateOf(ROUTES.createDeployment), effect });
    const made = await github.createDeployment(draft(name));
    expect((await github.deployments(name, 10)).map(({ id }) => id)).toEqual([made.id]);
    expect(world.asked()).toEqual([
      ROUTES.token,
      ROUTES.createDeployment,
      ROUTES.listDeployments,
      ROUTES.listDeployments,
    ]);
  });

  it("is not sent again at GitHub's secondary limit: the queue waits as long as GitHub says", async () => {
    const effect = { kind: "secondary-limit", retryAfter: 7 } as const;
    world.local.injectFault({ method: "POST", template: templateOf(ROUTES.createDeployment), effect });
    await expect(github.createDeployment(draft("limit"))).rejects.toMatchObject({
      kind: "throttled",
      retryAfterMs: 7_000,
    });
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.createDeployment]);
  });

  it("of a commit that GitHub does not have is refused", async () => {
    await expect(github.createDeployment({ ...draft("x"), sha: "f".repeat(40) })).rejects.toMatchObject({
      name: "UserError",
      kind: "refused",
    });
  });

  it("gets statuses that leave other deployments as they are, each once (31)", async () => {
    const before = await github.createDeployment({ ...draft("statuses"), production: false });
    await github.addDeploymentStatus(before.id, { state: "success", description: "webapp 1.4.0 is live" });
    const { id } = await github.createDeployment({ ...draft("statuses"), payload: { other: true } });
    const lost = {
      method: "POST",
      template: templateOf(ROUTES.addDeploymentStatus),
      effect: { kind: "reset" },
    } as const;
    world.local.injectFault(lost);
    const logUrl = "https://github.test/runs/1";
    await github.addDeploymentStatus(id, { state: "in_progress", description: "1 of 3 pods ready", logUrl });
    const environmentUrl = "https://shop.test";
    await github.addDeploymentStatus(id, { state: "success", description: "live", environmentUrl });
    expect(await github.deploymentStatuses(id)).toMatchObject([
      { state: "in_progress", description: "1 of 3 pods ready", url: logUrl },
      { state: "success", description: "live", url: environmentUrl },
    ]);
    expect(await github.deploymentStatuses(before.id)).toMatchObject([{ state: "success" }]);
    world.local.injectFault({ ...lost, effect: { kind: "instead", status: 502 } });
    await expect(github.addDeploymentStatus(id, { state: "failure", description: "x" })).rejects.toMatchObject({
      kind: "unavailable",
    });
    expect(await github.deploymentStatuses(id)).toHaveLength(2);
  });
});

describe("a status of a commit", () => {
  it("is set under its name, the newest counts", async () => {
    const about = { sha: world.pull.headSha, context: "sluice/prod" };
    await github.setCommitStatus({ ...about, state: "pending", description: "Deploying webapp 1.5.0" });
    await github.setCommitStatus({ ...about, state: "success", description: "Deployed", url: "https://sluice.test" });
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.createStatus, ROUTES.createStatus]);
    expect(await github.checks(about.sha)).toMatchObject([
      { name: "sluice/prod", state: "passed", url: "https://sluice.test" },
    ]);
  });

  it("that GitHub refuses is said with its words", async () => {
    const about = { sha: world.pull.headSha, context: "sluice/prod", description: "x".repeat(141) };
    await expect(github.setCommitStatus({ ...about, state: "success" })).rejects.toMatchObject({ kind: "refused" });
  });
});
