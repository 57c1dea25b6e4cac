import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryRef } from "../../sandbox/index.ts";
import { type Play, startPlay, WEB } from "../support/play.ts";
import { chainFiles, release } from "../support/promotions.ts";
import { eventually } from "../support/wait.ts";

let play: Play;
beforeAll(async () => {
  play = await startPlay();
});
afterAll(() => play.close());

const versions = { staging: "1.4.0", prod: "1.2.0" };

/** One with the apps web and api. */
async function repositoryWith(prod: string): Promise<RepositoryRef> {
  const repository = await play.repository(chainFiles({ staging: "", prod }, { web: versions, api: versions }));
  for (const login of ["ada", "grace"]) play.github.setPermission({ ...repository, login, permission: "write" });
  return repository;
}

describe("files of the state branch that somebody broke", () => {
  it("hold the target, and keep nothing else from being done", async () => {
    const { github } = play;
    const repository = await repositoryWith("promote: { auto: true }\ngates: { healthy: false }");
    await play.merged(repository, { ...release("staging", "1.5.0"), ...releaseOfApi("1.5.0") });
    await play.promotion(repository);
    await play.promotion(repository, "sluice/promote/prod/api");
    await play.say(await play.merged(repository), "/hold staging first");
    const broken = { "environments/prod/web.yaml": "hold: [", "waiting.yaml": "{" };
    await github.commit({ ...repository, branch: "sluice-state", files: broken, by: "grace" });
    const web = await play.promotion(repository);
    await play.gatesSay(web, "cannot be read");

    await github.mergePull({ ...web, by: "grace" });
    await eventually("the branch to go", () => !play.branches(repository).includes(WEB));
    const told = github.comments(web).find(({ body }) => body.includes("is not in the history"));
    expect(told?.body).toContain("fix the file on the branch `sluice-state`");
    const next = await play.merged(repository, { ...release("staging", "1.6.0"), ...releaseOfApi("1.6.0") });
    await eventually("the other app to go on", () =>
      github.pulls(repository).some(({ title }) => title === "Promote api to prod: 1.2.0 → 1.6.0"),
    );
    expect(play.branches(repository)).not.toContain(WEB);
    await eventually("the chain", () => play.chain(next)?.includes("cannot be read"));
  });
});

function releaseOfApi(version: string): Record<string, string> {
  const path = "apps/web/overlays/staging/kustomization.yaml";
  return { [path.replace("web", "api")]: release("staging", version)[path] ?? "" };
}

describe("when nothing is left to do", () => {
  it("looking at everything again costs little and writes nothing", async () => {
    const { github } = play;
    const prod = "promote: { auto: true }\ngates: { approvals: 1 }";
    const repository = await repositoryWith(prod);
    const pull = await play.merged(repository, { ...release("staging", "1.5.0"), ...releaseOfApi("1.5.0") });
    await github.deploy({ ...repository, environment: "staging", state: "success" });
    const promotion = await play.promotion(repository);
    await play.gatesSay(promotion, /^Waiting for \d approvals?/);
    await play.promotion(repository, "sluice/promote/prod/api");
    await play.quiet();
    expect(play.chain(pull)).toContain(" waits for ");

    const before = github.requests.length;
    // A check of somebody else's that nothing waits for, on the default branch.
    await github.reportCheck({ ...repository, sha: "main", check: "lint", conclusion: "success" });
    await play.quiet();
    const asked = github.requests.slice(before).filter(({ actor }) => actor.startsWith("installation:"));
    expect(asked.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThanOrEqual(20);
  });

  it("and a repository without a configuration costs nothing", async () => {
    const { github } = play;
    const repository = await play.repository({ "README.md": "Nothing here.\n" });
    const pull = await play.propose(repository, { "docs/more.md": "More.\n" });
    await play.quiet();
    const before = github.requests.length;
    await github.mergePull({ ...pull, by: "mona" });
    await play.nudge(repository);
    await play.quiet();
    const asked = github.requests.slice(before).filter(({ actor }) => actor.startsWith("installation:"));
    expect(asked.map(({ method, template }) => `${method} ${template}`)).toEqual([
      "GET /repos/{owner}/{repo}/pulls/{pull_number}",
    ]);
  });
});
