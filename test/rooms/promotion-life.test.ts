import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepositoryRef } from "../../sandbox/index.ts";
import { type Play, startPlay, WEB } from "../support/play.ts";
import { chainFiles } from "../support/promotions.ts";
import { eventually } from "../support/wait.ts";

let play: Play;
beforeAll(async () => {
  play = await startPlay();
});
afterAll(() => play.close());

const web = { web: { staging: "1.4.0", prod: "1.2.0" } };
const OVERLAY = "apps/web/overlays/prod/kustomization.yaml";

async function repositoryWith(prod: string): Promise<RepositoryRef> {
  const repository = await play.repository(chainFiles({ staging: "", prod }, web));
  for (const login of ["ada", "grace"]) play.github.setPermission({ ...repository, login, permission: "write" });
  return repository;
}

describe("an open promotion", () => {
  it("is planned again when the base changes its file: approvals stay with the same render, and fall with another", async () => {
    const { github } = play;
    const repository = await repositoryWith("gates: { healthy: false, approvals: 1 }");
    await play.say(await play.merged(repository), "/promote prod web");
    const promotion = await play.promotion(repository);
    await github.review({ ...promotion, by: "grace", event: "APPROVE" });
    await play.gatesSay(promotion, /^Ready: /);
    await play.quiet();
    const text = play.file(repository, "main", OVERLAY);

    await github.commit({ ...repository, branch: "main", files: { [OVERLAY]: `# Ours.\n${text}` } });
    await eventually("another plan", () => play.file(repository, WEB, OVERLAY).startsWith("# Ours."));
    await play.quiet();
    await play.gatesSay(promotion, /^Ready: /);
    expect(github.reviews(promotion).map(({ state }) => state)).toEqual(["APPROVED"]);

    await github.commit({ ...repository, branch: "main", files: { [OVERLAY]: `nameSuffix: -blue\n${text}` } });
    await eventually("another plan", () => play.file(repository, WEB, OVERLAY).startsWith("nameSuffix"));
    await play.gatesSay(promotion, /^Waiting for \d approvals?/);
    await play.quiet();
    expect(github.reviews(promotion).map(({ state }) => state)).toEqual(["DISMISSED"]);
    expect(play.file(repository, WEB, OVERLAY)).toContain('newTag: "1.4.0"');
    const merged = await github.mergePull({ ...promotion, method: "merge", by: "grace" });
    expect(merged.merged).toBe(true);
  });
});
