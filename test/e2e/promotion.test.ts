import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type Play, startPlay } from "../support/play.ts";
import { chainFiles, release } from "../support/promotions.ts";
import { eventually } from "../support/wait.ts";

let play: Play;
beforeAll(async () => {
  play = await startPlay({ whole: true });
});
afterAll(() => play.close());

async function repositoryWith(prod: string): Promise<RepositoryRef> {
  const apps = { web: { staging: "1.4.0", prod: "1.2.0" } };
  const repository = await play.repository(chainFiles({ staging: "", prod }, apps));
  for (const login of ["ada", "grace"]) play.github.setPermission({ ...repository, login, permission: "write" });
  return repository;
}

function promotions(repository: RepositoryRef): readonly PullSummary[] {
  return play.github.pulls(repository).filter((pull) => pull.headRef.startsWith("sluice/promote/"));
}

function comment(pull: PullSummary, words: string): Promise<string> {
  return eventually(
    `a comment with ${words}`,
    () => play.github.comments(pull).find(({ byApp, body }) => byApp && body.includes(words))?.body,
  );
}

async function nothingWaits(repository: RepositoryRef): Promise<void> {
  await eventually("nothing to wait", () =>
    play.file(repository, "sluice-state", "waiting.yaml").includes("waiting: []"),
  );
}

describe("/promote on a pull request that is still open", () => {
  it("is remembered, and opens the promotion once that is merged and healthy", async () => {
    const { github } = play;
    const repository = await repositoryWith("gates: { approvals: 1 }");
    const pull = await play.propose(repository, release("staging", "1.5.0"));
    expect(await play.say(pull, "/promote prod")).toContain(
      "when this pull request is merged and healthy in staging, the promotion to prod opens by itself",
    );
    const chain = await eventually("the chain", () => play.chain(pull));
    expect(chain).toMatch(/staging \| ◻️ comes with this pull request, has `1\.4\.0`/);
    expect(chain).toMatch(/prod \| ⏳ `ada` asked for it/);

    const { mergeCommitSha } = await github.mergePull({ ...pull, method: "squash" });
    await play.quiet();
    expect(promotions(repository)).toEqual([]);
    await github.deploy({ ...repository, environment: "staging", sha: mergeCommitSha ?? "", state: "in_progress" });
    await play.quiet();
    expect(promotions(repository)).toEqual([]);
    await github.deploy({ ...repository, environment: "staging", sha: mergeCommitSha ?? "", state: "success" });
    const promotion = await play.promotion(repository);
    expect(promotion.title).toBe("Promote web to prod: 1.2.0 → 1.5.0");
    expect(await comment(pull, "Asked for by `ada` before the merge")).toContain(`Opened #${promotion.number}`);
    await eventually("the chain", () => play.chain(pull)?.includes(`⏳ #${promotion.number} waits for 1 approval`));
    await eventually("the assignee", () => github.pull(promotion).assignees.includes("ada"));
    await nothingWaits(repository);
  });
});
