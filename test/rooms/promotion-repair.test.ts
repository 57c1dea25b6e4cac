import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type Play, startPlay, WEB } from "../support/play.ts";
import { chainFiles, configOf, release } from "../support/promotions.ts";
import { eventually } from "../support/wait.ts";

let play: Play;
beforeAll(async () => {
  play = await startPlay();
});
afterAll(() => play.close());

const versions = { web: { staging: "1.4.0", prod: "1.2.0" } };

async function repositoryWith(
  prod = "gates: { healthy: false }",
  apps: Parameters<typeof chainFiles>[1] = versions,
): Promise<RepositoryRef> {
  const repository = await play.repository(chainFiles({ staging: "", prod }, apps));
  for (const login of ["ada", "grace"]) play.github.setPermission({ ...repository, login, permission: "write" });
  return repository;
}

function history(repository: RepositoryRef, app = "web"): string {
  return play.file(repository, "sluice-state", `environments/prod/${app}.yaml`);
}

/** Promotes, and merges it while nothing is delivered. */
async function mergedUnheard(repository: RepositoryRef): Promise<PullSummary> {
  const { github } = play;
  await play.say(await play.merged(repository), "/promote prod web");
  const promotion = await play.promotion(repository);
  await play.gatesSay(promotion, /^Ready: /);
  await play.quiet();
  github.setDeliveryMode("fail");
  await github.mergePull({ ...promotion, by: "grace" });
  github.setDeliveryMode("deliver");
  return promotion;
}

describe("a lost event", () => {
  it("of a merge leaves the branch that a person pushed to after it", async () => {
    const { github } = play;
    const repository = await repositoryWith();
    const promotion = await mergedUnheard(repository);
    const files = { "docs/after.md": "Not to be lost.\n" };
    const theirs = await github.commit({ ...repository, branch: WEB, files, by: "ada" });
    await play.nudge(repository);
    await eventually("the history", () => history(repository).includes(`id: merged-${promotion.number}`));
    await play.quiet();
    expect(play.head(repository, WEB).sha).toBe(theirs);
  });

  it("that comes late leaves the branch to the promotion that has it by then", async () => {
    const { github } = play;
    const repository = await repositoryWith();
    const first = await mergedUnheard(repository);
    const pull = await play.propose(repository, release("staging", "1.5.0"));
    github.setDeliveryMode("fail");
    await github.mergePull({ ...pull, by: "ada" });
    github.setDeliveryMode("deliver");
    expect(await play.say(pull, "/promote prod web")).toContain("prod gets web 1.5.0 in place of 1.4.0");
    const second = await play.promotion(repository);
    expect(second.number).not.toBe(first.number);
    await play.quiet();
    const late = github.deliveries.find(
      ({ event, action, payload }) =>
        event === "pull_request" && action === "closed" && payload.number === first.number && isOf(payload, repository),
    );
    await github.redeliver(late?.id ?? 0);
    await eventually("the history", () => history(repository).includes(`id: merged-${first.number}`));
    await play.quiet();
    expect(github.pull(second)).toMatchObject({ state: "open", headRef: WEB });
    expect(play.branches(repository)).toContain(WEB);
  });
});

function isOf(payload: Readonly<Record<string, unknown>>, { name }: RepositoryRef): boolean {
  return JSON.stringify(payload.repository).includes(`"${name}"`);
}

describe("files of the state branch that somebody broke", () => {
  it("hold the target, and keep nothing else from being done", async () => {
    const { github } = play;
    const apps = { ...versions, api: versions.web };
    const repository = await repositoryWith("promote: { auto: true }\ngates: { healthy: false }", apps);
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

describe("an environment that left the configuration", () => {
  it("is what the check of its promotions says, and the others go on", async () => {
    const { github } = play;
    const repository = await repositoryWith();
    const pull = await play.merged(repository);
    await play.say(pull, "/promote prod web");
    const promotion = await play.promotion(repository);
    await play.gatesSay(promotion, /^Ready: /);
    await github.commit({
      ...repository,
      branch: "main",
      files: { ".sluice.yaml": configOf({ staging: "", qa: "" }) },
    });
    const check = await play.gatesSay(promotion, 'there is no environment "prod"');
    expect(check.conclusion).toBe("failure");
    expect(await play.say(promotion, "/retry")).toContain("there is no environment `prod`");
    const config = configOf({ staging: "", prod: "gates: { healthy: false, approvals: 1 }" });
    await github.commit({ ...repository, branch: "main", files: { ".sluice.yaml": config } });
    await play.gatesSay(promotion, /^Waiting for \d approvals?/);
  });

  it("or a target that was deleted, the same", async () => {
    const { github } = play;
    const repository = await repositoryWith();
    await play.say(await play.merged(repository), "/promote prod web");
    const promotion = await play.promotion(repository);
    await play.gatesSay(promotion, /^Ready: /);
    const files = { "apps/web/overlays/prod/kustomization.yaml": null };
    await github.commit({ ...repository, branch: "main", files });
    const check = await play.gatesSay(promotion, "has no target");
    expect(check.conclusion).toBe("failure");
  });
});

describe("two different commands at once", () => {
  it("end in one pull request with the newest version, whichever is carried out last", async () => {
    const { github } = play;
    const repository = await repositoryWith();
    const first = await play.merged(repository, release("staging", "1.5.0"));
    const second = await play.propose(repository, release("staging", "1.6.0"));
    await play.quiet();
    // The older command has its plan, and hangs, while the newer one is given.
    const template = "/repos/{owner}/{repo}/git/trees";
    const newer = Promise.withResolvers<void>();
    const hangs = new Promise<void>((reached) => {
      github.injectFault({ method: "POST", template, effect: { kind: "hang", until: newer.promise, reached } });
    });
    const slow = play.say(first, "/promote prod web");
    await hangs;
    await github.mergePull({ ...second, by: "ada" });
    const said = await play.say(second, "/promote prod web");
    newer.resolve();
    expect(said).toContain("1.6.0");
    expect(await slow).toContain("1.6.0");
    await play.quiet();
    const all = github.pulls(repository).filter(({ headRef }) => headRef === WEB);
    expect(all.map(({ state, title }) => ({ state, title }))).toEqual([
      { state: "open", title: "Promote web to prod: 1.2.0 → 1.6.0" },
    ]);
    expect(play.file(repository, WEB, "apps/web/overlays/prod/kustomization.yaml")).toContain("1.6.0");
  });
});

describe("when nothing is left to do", () => {
  it("looking at everything again costs little and writes nothing", async () => {
    const { github } = play;
    const prod = "promote: { auto: true }\ngates: { approvals: 1 }";
    const repository = await repositoryWith(prod, { ...versions, api: versions.web });
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
