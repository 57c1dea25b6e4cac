import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { GitHubRepository } from "../../src/model/github-repository.ts";
import { type EdgeWorld, edgeWorld, REPOSITORY, ROUTES, type Start, startLocal } from "./world.ts";

let start: Start;
let world: EdgeWorld;
let github: GitHubRepository;
let sha: string;
let count = 0;
beforeAll(async () => {
  start = await startLocal();
});
afterAll(() => start.local.close());
beforeEach(async () => {
  world = edgeWorld(start);
  github = await world.github();
  count += 1;
  sha = await world.local.commit({ ...REPOSITORY, branch: "checked", files: { a: `${count}\n` } });
});

async function states(): Promise<Record<string, string>> {
  return Object.fromEntries((await github.checks(sha)).map((one) => [one.name, one.state]));
}

describe("what others say of a commit", () => {
  it("is nothing at first, for two requests", async () => {
    expect(await github.checks(sha)).toEqual([]);
    expect(world.asked()).toEqual([ROUTES.token, ROUTES.listChecks, ROUTES.listStatuses]);
  });

  it("is check runs and statuses, by name, with a place to look and the time", async () => {
    const run = await world.local.reportCheck({ ...REPOSITORY, sha, check: "build", conclusion: "success" });
    await world.local.status({ ...REPOSITORY, sha, context: "argo", state: "pending", url: "https://argo.test/1" });
    expect(await github.checks(sha)).toEqual([
      { name: "argo", state: "pending", url: "https://argo.test/1", completedAt: undefined },
      { name: "build", state: "passed", url: run.url, completedAt: expect.stringMatching(/^\d{4}-/) },
    ]);
  });

  it.each([
    ["success", "passed"],
    ["neutral", "passed"],
    ["skipped", "passed"],
    ["failure", "failed"],
    ["cancelled", "failed"],
    ["timed_out", "failed"],
    ["action_required", "failed"],
    [undefined, "pending"],
  ] as const)("takes a run that is %s as %s", async (conclusion, state) => {
    await world.local.reportCheck({ ...REPOSITORY, sha, check: "build", ...(conclusion && { conclusion }) });
    expect(await states()).toEqual({ build: state });
  });

  it.each([
    ["success", "passed"],
    ["pending", "pending"],
    ["failure", "failed"],
    ["error", "failed"],
  ] as const)("takes a status that is %s as %s", async (state, as) => {
    await world.local.status({ ...REPOSITORY, sha, context: "argo", state });
    expect(await states()).toEqual({ argo: as });
  });

  it("is the newest of each", async () => {
    await world.local.reportCheck({ ...REPOSITORY, sha, check: "build", conclusion: "failure" });
    await world.local.reportCheck({ ...REPOSITORY, sha, check: "build", conclusion: "success" });
    await world.local.status({ ...REPOSITORY, sha, context: "argo", state: "error" });
    await world.local.status({ ...REPOSITORY, sha, context: "argo", state: "success" });
    expect(await states()).toEqual({ build: "passed", argo: "passed" });
  });

  it("is the worst where several have one name: nobody passes for another", async () => {
    await world.local.reportCheck({ ...REPOSITORY, sha, check: "build", conclusion: "success", app: "eve" });
    await world.local.reportCheck({ ...REPOSITORY, sha, check: "build", conclusion: "failure", app: "ci" });
    await world.local.status({ ...REPOSITORY, sha, context: "build", state: "pending" });
    await world.local.reportCheck({ ...REPOSITORY, sha, check: "lint", app: "ci" });
    await world.local.status({ ...REPOSITORY, sha, context: "lint", state: "success" });
    expect(await states()).toEqual({ build: "failed", lint: "pending" });
  });

  it("leaves Sluice's own checks out, not those of others that have its name", async () => {
    const report = { name: "Sluice", headSha: sha, status: "in_progress", title: "…", summary: "…" } as const;
    await github.upsertCheck(report);
    expect(await states()).toEqual({});
    await world.local.reportCheck({ ...REPOSITORY, sha, check: "Sluice", conclusion: "success", app: "eve" });
    expect(await states()).toEqual({ Sluice: "passed" });
  });

  it("is read to the last page", async () => {
    for (let i = 0; i < 120; i++)
      await world.local.reportCheck({ ...REPOSITORY, sha, check: `check-${i}`, conclusion: "success" });
    for (let i = 0; i < 101; i++)
      await world.local.status({ ...REPOSITORY, sha, context: `status-${i}`, state: "success" });
    expect(await github.checks(sha)).toHaveLength(221);
  });
});
