import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type Play, startPlay, WEB } from "../support/play.ts";
import { chainFiles, release, releaseOf } from "../support/promotions.ts";
import { eventually } from "../support/wait.ts";

let play: Play;
beforeAll(async () => {
  play = await startPlay();
});
afterAll(() => play.close());

const web = { web: { staging: "1.4.0", prod: "1.2.0" } };
const ROLLBACK = "sluice/rollback/prod/web";

async function repositoryWith(
  prod = "gates: { healthy: false }",
  apps: Parameters<typeof chainFiles>[1] = web,
): Promise<RepositoryRef> {
  const repository = await play.repository(chainFiles({ staging: "", prod }, apps));
  for (const login of ["ada", "grace"]) play.github.setPermission({ ...repository, login, permission: "write" });
  return repository;
}

function promotions(repository: RepositoryRef, state?: PullSummary["state"]): readonly PullSummary[] {
  return play.github
    .pulls(repository)
    .filter((pull) => pull.headRef.startsWith("sluice/promote/") && (state === undefined || pull.state === state));
}

function history(repository: RepositoryRef): string {
  return play.file(repository, "sluice-state", "environments/prod/web.yaml");
}

function prodVersion(repository: RepositoryRef): string {
  const text = play.file(repository, "main", "apps/web/overlays/prod/kustomization.yaml");
  return /newTag: "([^"]+)"/.exec(text)?.[1] ?? "";
}

/** Promotes what staging has, and merges it as grace. */
async function promoted(repository: RepositoryRef, pull: PullSummary, version: string): Promise<PullSummary> {
  await play.say(pull, "/promote prod web");
  const promotion = await play.promotion(repository);
  await play.gatesSay(promotion, /^Ready: /);
  const merged = await play.github.mergePull({ ...promotion, method: "squash", by: "grace" });
  await eventually("the history", () => history(repository).includes(`id: merged-${promotion.number}`));
  await eventually("the branch to go", () => !play.branches(repository).includes(WEB));
  expect(prodVersion(repository)).toBe(version);
  return merged;
}

describe("/hold", () => {
  it("blocks promotions with its reason until it is over by itself, or somebody releases it", async () => {
    const repository = await repositoryWith();
    const pull = await play.merged(repository);
    await play.say(pull, "/promote prod web");
    const promotion = await play.promotion(repository);
    await play.gatesSay(promotion, /^Ready: /);
    expect(await play.say(pull, "/hold prod --until 2h the big sale", "grace")).toContain("is on hold until");
    const check = await play.gatesSay(promotion, "On hold by grace");
    expect(check).toMatchObject({ conclusion: "action_required" });
    expect(check.summary).toMatch(/until (?:\d+ \w+, )?\d\d:\d\d UTC: "the big sale"/);
    expect(check.summary).toContain("`/release prod`");
    play.ahead(2 * 3_600_000 + 60_000);
    await play.nudge(repository);
    await play.gatesSay(promotion, /^Ready: /);

    await play.say(pull, "/hold prod/web checkout is broken");
    await play.gatesSay(promotion, "checkout is broken");
    expect(await play.say(pull, "/release prod/web")).toContain('it was on hold by `ada`: "checkout is broken"');
    await play.gatesSay(promotion, /^Ready: /);
    expect(await play.say(pull, "/release prod/web")).toContain("is not on hold");
    play.ahead(0);
  });
});

describe("/rollback", () => {
  /** prod had 1.2.0, then 1.5.0, then 1.6.0. */
  async function withPast(
    prod?: string,
  ): Promise<{ repository: RepositoryRef; pull: PullSummary; first: PullSummary }> {
    const repository = await repositoryWith(prod);
    const one = await play.merged(repository, release("staging", "1.5.0"));
    const first = await promoted(repository, one, "1.5.0");
    const pull = await play.merged(repository, release("staging", "1.6.0"));
    await promoted(repository, pull, "1.6.0");
    return { repository, pull, first };
  }

  it("restores a version or a commit that is named, or says that there is none", async () => {
    const { github } = play;
    const { repository, pull, first } = await withPast();
    expect(await play.say(pull, "/rollback prod web --to 0.9.0")).toContain("never had `0.9.0` in `prod`");
    expect(await play.say(pull, "/rollback prod web --to 1.2.0")).toContain(
      "prod goes back to web 1.2.0, from 1.6.0. Why this one: it had 1.2.0 there",
    );
    const rollback = await play.promotion(repository, ROLLBACK);
    expect(rollback.title).toBe("Roll back web in prod: 1.6.0 → 1.2.0");
    const sha = (first.mergeCommitSha ?? "").slice(0, 10);
    const said = await play.say(pull, `/rollback prod web --to ${sha}`);
    expect(said).toContain(
      `Updated #${rollback.number}:** prod goes back to web 1.5.0, from 1.6.0 now. Why this one: the commit that was named`,
    );
    await github.mergePull({ ...rollback, method: "squash", by: "grace" });
    await eventually("the history", () => history(repository).includes(`id: merged-${rollback.number}`));
    expect(prodVersion(repository)).toBe("1.5.0");
    await eventually("the chain", () => play.chain(pull)?.includes("rolled back by `ada`"));
  });

  it("without a version restores the last one that was healthy, and passes over what was not", async () => {
    const { github } = play;
    const repository = await repositoryWith();
    const deploy = (state: "success" | "failure") =>
      github.deploy({ ...repository, environment: "prod", sha: play.head(repository).sha, state });
    await deploy("success");
    await promoted(repository, await play.merged(repository, release("staging", "1.5.0")), "1.5.0");
    await deploy("failure");
    const pull = await play.merged(repository, release("staging", "1.6.0"));
    await promoted(repository, pull, "1.6.0");
    await deploy("failure");
    expect(await play.say(pull, "/rollback prod web")).toContain(
      "prod goes back to web 1.2.0, from 1.6.0. Why this one: the last version that was healthy",
    );
  });

  it("says when there is nothing to go back to, and holds nothing then", async () => {
    const repository = await repositoryWith();
    const pull = await play.merged(repository);
    expect(await play.say(pull, "/rollback prod web")).toContain("has had no other version in `prod`");
    await play.quiet();
    expect(play.branches(repository)).toEqual([]);
  });

  it("holds what was asked for before and what promotes by itself, until a person promotes something newer", async () => {
    const { github } = play;
    const { repository, pull } = await withPast("promote: { auto: true }\ngates: { healthy: false }");
    await play.merged(repository, release("staging", "1.7.0"));
    const before = await play.promotion(repository);
    await play.say(pull, "/promote prod web");
    await play.gatesSay(before, /^Ready: /);
    expect(await play.say(pull, "/rollback prod web")).toContain("**On hold:** nothing promotes or updates prod/web");
    await play.gatesSay(before, "by `ada`, after a rollback");
    const rollback = await play.promotion(repository, ROLLBACK);
    await play.gatesSay(rollback, /^Ready: /);
    await github.mergePull({ ...rollback, method: "squash", by: "grace" });
    await eventually("the history", () => history(repository).includes(`id: merged-${rollback.number}`));
    await play.quiet();
    await github.closePull({ ...before, by: "grace" });
    await play.merged(repository, release("staging", "1.8.0"));
    await play.quiet();
    expect(promotions(repository, "open")).toEqual([]);

    await promoted(repository, pull, "1.8.0");
    expect(history(repository)).not.toMatch(/^hold:/m);
    await play.merged(repository, release("staging", "1.9.0"));
    expect((await play.promotion(repository)).title).toBe("Promote web to prod: 1.8.0 → 1.9.0");
  });
});

describe("git revert of a promotion", () => {
  it("counts as a rollback: it is in the history, and holds automation until somebody releases it", async () => {
    const { github } = play;
    const repository = await repositoryWith("promote: { auto: true }\ngates: { healthy: false }");
    const pull = await play.merged(repository, release("staging", "1.5.0"));
    await promoted(repository, pull, "1.5.0");
    const files = release("prod", "1.2.0");
    const message = 'Revert "Promote web to prod: 1.2.0 → 1.5.0"';
    await github.commit({ ...repository, branch: "main", files, message, by: "grace" });
    await eventually("the history", () => history(repository).includes("kind: reverted"));
    await play.quiet();
    expect(history(repository)).toMatch(/^hold:\n {2}by: grace\n/m);
    expect(promotions(repository, "open")).toEqual([]);
    await play.nudge(repository);
    await play.quiet();
    expect(promotions(repository, "open")).toEqual([]);
    expect(history(repository).match(/kind: reverted/g)).toHaveLength(1);
    await eventually("the chain", () => play.chain(pull)?.includes("rolled back by `grace`"));
    await play.say(pull, "/release prod/web");
    expect((await play.promotion(repository)).title).toBe("Promote web to prod: 1.2.0 → 1.5.0");
  });
});

describe("auto: true", () => {
  it("opens when the deployment is healthy: not before, not while held, not again what a person closed, again what is newer", async () => {
    const { github } = play;
    const repository = await repositoryWith("promote: { auto: true }");
    const deploy = (state: "in_progress" | "success") =>
      github.deploy({ ...repository, environment: "staging", sha: play.head(repository).sha, state });
    const pull = await play.merged(repository, release("staging", "1.5.0"));
    await deploy("in_progress");
    await play.quiet();
    expect(promotions(repository)).toEqual([]);

    await play.say(pull, "/hold prod/web not today");
    await deploy("success");
    await play.quiet();
    expect(promotions(repository)).toEqual([]);

    await play.say(pull, "/release prod/web");
    const promotion = await play.promotion(repository);
    expect(promotion.body).toContain("Opened automatically");
    await play.quiet();
    await github.closePull({ ...promotion, by: "grace" });
    await play.nudge(repository);
    await deploy("success");
    await play.quiet();
    expect(promotions(repository, "open")).toEqual([]);

    await play.merged(repository, release("staging", "1.6.0"));
    await deploy("success");
    expect((await play.promotion(repository)).title).toBe("Promote web to prod: 1.2.0 → 1.6.0");
  });

  it("leaves alone what a promotion of several apps carries already", async () => {
    const versions = { staging: "1.4.0", prod: "1.2.0" };
    const repository = await repositoryWith(undefined, { web: versions, api: versions });
    const both = { ...releaseOf("web", "staging", "1.5.0"), ...releaseOf("api", "staging", "1.5.0") };
    await play.say(await play.merged(repository, both), "/promote prod web api");
    const config = chainFiles({ staging: "", prod: "promote: { auto: true }\ngates: { healthy: false }" }, {});
    await play.merged(repository, config);
    await play.quiet();
    expect(promotions(repository)).toHaveLength(1);
    await play.merged(repository, releaseOf("web", "staging", "1.6.0"));
    expect((await play.promotion(repository)).title).toBe("Promote web to prod: 1.2.0 → 1.6.0");
  });
});
