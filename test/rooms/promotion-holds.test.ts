import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type Play, startPlay, WEB } from "../support/play.ts";
import { chainFiles, release } from "../support/promotions.ts";
import { eventually } from "../support/wait.ts";

let play: Play;
beforeAll(async () => {
  play = await startPlay();
});
afterAll(() => play.close());

const web = { web: { staging: "1.4.0", prod: "1.2.0" } };

async function repositoryWith(prod: string): Promise<RepositoryRef> {
  const repository = await play.repository(chainFiles({ staging: "", prod }, web));
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
