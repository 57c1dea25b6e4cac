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
const OVERLAY = "apps/web/overlays/prod/kustomization.yaml";

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
  it("falls away when that is closed unmerged", async () => {
    const repository = await repositoryWith();
    const pull = await play.propose(repository, release("staging", "1.5.0"));
    await play.say(pull, "/promote prod");
    await play.github.closePull(pull);
    await comment(pull, "`/promote prod` falls away");
    await nothingWaits(repository);
    await play.quiet();
    expect(promotions(repository)).toEqual([]);
    expect(await play.say(pull, "/promote prod web")).toContain("was closed without being merged");
  });
});

describe("/promote", () => {
  it("says with --dry-run what it would do, and does nothing", async () => {
    const repository = await repositoryWith();
    const pull = await play.merged(repository, release("staging", "1.5.0"));
    const said = await play.say(pull, "/promote prod --dry-run");
    expect(said).toContain("Dry run, nothing was changed.");
    expect(said).toContain("| web | `1.2.0` | `1.5.0` |");
    expect(said).toContain(` # ${OVERLAY}`);
    await play.quiet();
    expect(play.branches(repository)).toEqual([]);
  });

  it("carries several apps in one pull request, and each alone in its own", async () => {
    const { github } = play;
    const versions = { staging: "1.4.0", prod: "1.2.0" };
    const repository = await repositoryWith(undefined, { web: versions, api: versions, jobs: versions });
    const files = { ...releaseOf("web", "staging", "1.5.0"), ...releaseOf("api", "staging", "1.5.0") };
    const pull = await play.merged(repository, files);
    // Without names it means the apps that this pull request touched.
    expect(await play.say(pull, "/promote prod")).toContain("api 1.2.0 → 1.5.0, web 1.2.0 → 1.5.0");
    const [group] = promotions(repository);
    expect(group?.headRef).toMatch(/^sluice\/promote\/prod\/\+group\/[0-9a-f]{12}$/);
    expect(group?.title).toBe("Promote 2 apps to prod: 1.2.0 → 1.5.0");
    expect(await play.say(pull, "/promote prod api web")).toContain(`#${group?.number} is open already`);
    await play.say(pull, "/promote prod web");
    expect(promotions(repository, "open")).toHaveLength(2);

    if (group !== undefined) await github.mergePull({ ...group, method: "squash", by: "grace" });
    const single = promotions(repository).find(({ headRef }) => headRef === WEB);
    await eventually("the other one to close", () => single && github.pull(single).state === "closed");
    if (single !== undefined) await comment(single, "Closed: prod already has ");
    await eventually("the branches to go", () => play.branches(repository, "sluice/promote").length === 0);
    for (const app of ["web", "api"])
      expect(play.file(repository, "sluice-state", `environments/prod/${app}.yaml`)).toContain("kind: promoted");
  });

  it("takes a branch that is left over, and no pull request that a person made of it", async () => {
    const { github } = play;
    const repository = await repositoryWith();
    const pull = await play.merged(repository);
    await play.say(pull, "/promote prod web");
    const first = await play.promotion(repository);
    await play.quiet();
    await github.closePull({ ...first, by: "grace" });
    await play.quiet();
    expect(play.branches(repository)).toContain(WEB);
    await play.say(pull, "/promote prod web");
    const second = await play.promotion(repository);
    expect(second.number).toBeGreaterThan(first.number);
    expect(second.headSha).toBe(first.headSha);

    await play.quiet();
    await github.closePull({ ...second, by: "grace" });
    const own = await github.openPull({ ...repository, head: WEB, title: "Mine", body: "By hand.", by: "grace" });
    expect(await play.say(pull, "/promote prod web")).toContain(
      `#${own.number} of \`${WEB}\` was opened by grace, not by Sluice`,
    );
    expect(github.pull(own)).toMatchObject({ state: "open", title: "Mine", body: "By hand.", labels: [] });
    await play.gatesSay(own, "no promotion of Sluice's");
    await github.closePull({ ...own, by: "grace" });
    await play.say(pull, "/promote prod web");
    await play.gatesSay(await play.promotion(repository), /^Ready: /);
  });
});

describe("an open promotion", () => {
  it("is closed with the reason when what it carries came another way", async () => {
    const { github } = play;
    const repository = await repositoryWith();
    await play.say(await play.merged(repository), "/promote prod web");
    const promotion = await play.promotion(repository);
    await github.commit({ ...repository, branch: "main", files: release("prod", "1.4.0"), by: "grace" });
    await comment(promotion, "Closed: prod already has ");
    await eventually("it to be closed", () => github.pull(promotion).state === "closed");
    await eventually("its branch to go", () => !play.branches(repository).includes(WEB));
  });

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

  it("has the title that says what it carries: a person's lasts until the next version", async () => {
    const { github } = play;
    const repository = await repositoryWith();
    const pull = await play.merged(repository);
    await play.say(pull, "/promote prod web");
    const promotion = await play.promotion(repository);
    await play.quiet();
    await github.editPull({ ...promotion, title: "Mine" });
    expect(await play.say(pull, "/promote prod web")).toContain("is open already");
    expect(github.pull(promotion).title).toBe("Mine");
    await play.merged(repository, release("staging", "1.5.0"));
    expect(await play.say(pull, "/promote prod web")).toContain("Updated #");
    expect(github.pull(promotion).title).toBe("Promote web to prod: 1.2.0 → 1.5.0");
    await comment(promotion, "**Now web 1.2.0 → 1.5.0**, no longer web 1.2.0 → 1.4.0");
  });
});
