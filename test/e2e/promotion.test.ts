import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type Play, startPlay, WEB } from "../support/play.ts";
import { chainFiles, release } from "../support/promotions.ts";
import { eventually } from "../support/wait.ts";

let play: Play;
beforeAll(async () => {
  play = await startPlay({ whole: true });
});
afterAll(() => play.close());

const OVERLAY = "apps/web/overlays/prod/kustomization.yaml";
const HISTORY = "environments/prod/web.yaml";

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

/** The history has the merge, and the branch goes. */
async function settled(repository: RepositoryRef, promotion: PullSummary): Promise<void> {
  await eventually("the branch to go", () => !play.branches(repository).includes(promotion.headRef));
  const history = play.file(repository, "sluice-state", HISTORY);
  expect(history).toContain(`id: merged-${promotion.number}`);
  expect(history).toContain(`mergeCommit: ${play.github.pull(promotion).mergeCommitSha}`);
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
    expect(await comment(pull, "As `ada` asked before the merge")).toContain(`Opened #${promotion.number}`);
    await eventually("the chain", () => play.chain(pull)?.includes(`becomes \`1.5.0\` with #${promotion.number}`));
    await eventually("the assignee", () => github.pull(promotion).assignees.includes("ada"));
    await nothingWaits(repository);
  });
});

describe("a promotion", () => {
  it("is merged by itself where that is so configured, with its history, its chain and no branch left", async () => {
    const { github } = play;
    const repository = await repositoryWith("promote: { merge: automatic }\ngates: { healthy: false }");
    const pull = await play.merged(repository, release("staging", "1.5.0"));
    await play.say(pull, "/promote prod");
    const promotion = await eventually("a merged promotion", () =>
      github.pulls(repository).find(({ headRef, merged }) => headRef === WEB && merged),
    );
    expect(promotion.mergedBy).toContain("[bot]");
    await settled(repository, promotion);
    expect(play.file(repository, "main", OVERLAY)).toContain('newTag: "1.5.0" # the released version');
    await eventually("the chain", () => play.chain(pull)?.includes(`(#${promotion.number})`));
  });

  it("enters the merge queue where the base has one, says so, and settles when the queue has merged it", async () => {
    const { github } = play;
    const repository = await repositoryWith("promote: { merge: automatic }\ngates: { healthy: false }");
    const pull = await play.merged(repository);
    github.protect({ ...repository, mergeQueue: "by-hand" });
    await play.say(pull, "/promote prod web");
    const promotion = await play.promotion(repository);
    await play.gatesSay(promotion, "It is in the merge queue");
    expect(github.pull(promotion).queued).toBe(true);
    expect(await github.runMergeQueue(repository)).toEqual([promotion.number]);
    await settled(repository, promotion);
  });
});

describe("a lost event", () => {
  it("of a merge is made good by the next one", async () => {
    const { github } = play;
    const repository = await repositoryWith("gates: { healthy: false }");
    await play.say(await play.merged(repository), "/promote prod web");
    const promotion = await play.promotion(repository);
    await play.gatesSay(promotion, /^Ready: /);
    await play.quiet();
    github.setDeliveryMode("fail");
    await github.mergePull({ ...promotion, by: "grace" });
    github.setDeliveryMode("deliver");
    await play.nudge(repository);
    await eventually("the branch to go", () => !play.branches(repository).includes(WEB));
    expect(play.file(repository, "sluice-state", HISTORY)).toContain(`id: merged-${promotion.number}`);
  });
});
