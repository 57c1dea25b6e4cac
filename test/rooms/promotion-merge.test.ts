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

/** A repository whose promotions to prod Sluice merges. */
async function automatic({ promote = "merge: automatic", gates = "healthy: false" } = {}): Promise<RepositoryRef> {
  const environments = { staging: "", prod: `promote: { ${promote} }\ngates: { ${gates} }` };
  const repository = await play.repository(chainFiles(environments, { web: { staging: "1.4.0", prod: "1.2.0" } }));
  for (const login of ["ada", "grace"]) play.github.setPermission({ ...repository, login, permission: "write" });
  return repository;
}

function mergedOne(repository: RepositoryRef): Promise<PullSummary> {
  return eventually("a merged promotion", () =>
    play.github.pulls(repository).find((pull) => pull.headRef === WEB && pull.merged),
  );
}

function history(repository: RepositoryRef): string {
  return play.file(repository, "sluice-state", "environments/prod/web.yaml");
}

function prodOverlay(repository: RepositoryRef): string {
  return play.file(repository, "main", "apps/web/overlays/prod/kustomization.yaml");
}

/** The history has the merge, and the branch goes. */
async function settled(repository: RepositoryRef, promotion: PullSummary): Promise<void> {
  await eventually("the branch to go", () => !play.branches(repository).includes(promotion.headRef));
  expect(history(repository)).toContain(`id: merged-${promotion.number}`);
  expect(history(repository)).toContain(`mergeCommit: ${play.github.pull(promotion).mergeCommitSha}`);
}

describe("merge: automatic", () => {
  it("says what GitHub refuses, and tries again when something happens", async () => {
    const { github } = play;
    const repository = await automatic();
    const pull = await play.merged(repository, release("staging", "1.5.0"));
    github.protect({ ...repository, requiredApprovals: 1 });
    await play.say(pull, "/promote prod web");
    const promotion = await play.promotion(repository);
    const check = await play.gatesSay(promotion, "GitHub does not merge it: At least 1 approving review is required");
    expect(check.conclusion).toBe("success");
    await eventually("the body", () => github.pull(promotion).body.includes("GitHub does not merge it"));
    await github.review({ ...promotion, by: "grace", event: "APPROVE" });
    const merged = await mergedOne(repository);
    expect(merged.mergedBy).toContain("[bot]");
    await settled(repository, merged);
    expect(prodOverlay(repository)).toContain('newTag: "1.5.0" # the released version');
    await eventually("the chain", () => play.chain(pull)?.includes(`(#${merged.number})`));
  });

  it("22-retried-in-silence: carries a directory with new folders, which GitHub takes as entries of a tree", async () => {
    const repository = await automatic({ promote: "strategy: directory" });
    const config = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: more }\n";
    const overlay = (release("staging", "1.4.0")["apps/web/overlays/staging/kustomization.yaml"] ?? "").replace(
      "  - ../../base\n",
      "  - ../../base\n  - more/deep\n",
    );
    const pull = await play.merged(repository, {
      "apps/web/overlays/staging/kustomization.yaml": overlay,
      "apps/web/overlays/staging/more/deep/kustomization.yaml": "resources: [more.yaml]\n",
      "apps/web/overlays/staging/more/deep/more.yaml": config,
    });
    expect(await play.say(pull, "/promote prod web")).toContain("Opened #");
    const promotion = await play.promotion(repository);
    expect(play.file(repository, promotion.headRef, "apps/web/overlays/prod/more/deep/more.yaml")).toBe(config);
    expect(play.file(repository, promotion.headRef, "apps/web/overlays/prod/kustomization.yaml")).toContain(
      "namespace: prod",
    );
  });
});
