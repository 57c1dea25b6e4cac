import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ImagePlay, type ImageSite, startImagePlay } from "../support/images.ts";
import { eventually } from "../support/wait.ts";

let play: ImagePlay;
beforeAll(async () => {
  play = await startImagePlay();
});
afterAll(() => play.close());

const entry = `  - { image: "{host}/web", policy: { semver: "^1.0" }, environments: [staging] }\n`;
const overlay = "apps/web/overlays/staging/kustomization.yaml";

/** The overlay of staging with this version. */
function staging(version: string): Record<string, string> {
  return {
    [overlay]: `namespace: staging\nresources:\n  - ../../base\nimages:\n  - name: ghcr.io/acme/web\n    newTag: ${version}\n`,
  };
}

/** A site at which a bump to 1.4.0 was merged, and is in the history. */
async function bumped(images = entry): Promise<ImageSite> {
  const site = await play.site(images, staging("1.3.0"));
  await site.push("web:1.3.0");
  await site.push("web:1.4.0");
  const pull = await site.bump();
  await play.github.mergePull({ ...pull, by: "ada", method: "squash" });
  await eventually("the history", () => history(site).includes("kind: bumped"));
  await play.quiet();
  expect(site.file(overlay)).toContain("newTag: 1.4.0");
  return site;
}

function history(site: ImageSite): string {
  return site.file("environments/staging/web.yaml", "sluice-state");
}

describe("a person who closes an image pull request", () => {
  it("declines these versions: no event opens it again, a newer tag does, and so does /retry", async () => {
    const { github } = play;
    const site = await play.site(entry, staging("1.3.0"));
    await site.push("web:1.4.0");
    const pull = await site.bump();
    await play.quiet();
    await github.closePull({ ...pull, by: "ada" });
    await site.push("web:1.3.9");
    await site.commit({ "README.md": "Nothing to do with it.\n" });
    await site.concluded(`a person closed #${pull.number} with these versions`);
    await play.quiet();
    expect(site.bumps("open")).toEqual([]);
    expect(site.branches()).toEqual([]);

    expect(await play.say(pull, "/retry", "ada")).toContain("Asking the registry again");
    const again = await site.bump("open", "1.4.0");
    expect(again.number).not.toBe(pull.number);
    await play.quiet();
    await github.closePull({ ...again, by: "ada" });
    await play.quiet();
    expect(site.bumps("open")).toEqual([]);

    await site.push("web:1.5.0");
    expect((await site.bump("open", "1.5.0")).number).toBeGreaterThan(again.number);
    expect(site.bumps()).toHaveLength(3);
  });

  it("is heeded even when an event comes in the same moment", async () => {
    const { github } = play;
    const site = await play.site(entry, staging("1.3.0"));
    await site.push("web:1.4.0");
    const pull = await site.bump();
    await play.quiet();
    await Promise.all([github.closePull({ ...pull, by: "ada" }), site.push("web:1.3.9"), site.commit({ a: "1" })]);
    await play.quiet();
    expect(site.bumps("open")).toEqual([]);
    expect(site.bumps()).toHaveLength(1);
  });
});

describe("what was merged while nothing was heard", () => {
  /** A bump that was merged, its branch deleted as GitHub does it, and nothing of it was delivered. */
  async function mergedUnheard(body?: string): Promise<ImageSite> {
    const { github } = play;
    const site = await play.site(entry, staging("1.3.0"));
    await site.push("web:1.3.0");
    await site.push("web:1.4.0");
    const pull = await site.bump();
    await play.quiet();
    github.setPermission({ ...site.repository, login: "ada", permission: "write" });
    github.setDeliveryMode("fail");
    if (body !== undefined) await github.editPull({ ...pull, body, by: "ada" });
    await github.mergePull({ ...pull, by: "ada", method: "squash" });
    const { owner, name } = site.repository;
    const { token } = github.user("ada");
    const address = `${github.apiUrl}/repos/${owner}/${name}/git/refs/heads/${pull.headRef}`;
    const deleted = await fetch(address, { method: "DELETE", headers: { authorization: `token ${token}` } });
    expect(deleted.status).toBe(204);
    github.setDeliveryMode("deliver");
    return site;
  }

  it.each([undefined, "Emptied."])("is in the history at the next push, and a revert counts: %s", async (body) => {
    const site = await mergedUnheard(body);
    expect(site.branches()).toEqual([]);
    await site.commit(staging("1.3.0"));
    await eventually("the history", () => history(site).includes("kind: bumped"));
    await play.quiet();
    expect(history(site)).toContain("to: 1.4.0");
    expect(site.bumps("open")).toEqual([]);
  });
});

describe("what was reverted", () => {
  it("by git revert is not brought again until there is a newer tag", async () => {
    const site = await bumped();
    await site.commit(staging("1.3.0"));
    await site.push("web:1.3.9");
    await site.concluded("1.4.0");
    await play.quiet();
    expect(site.bumps("open")).toEqual([]);
    const { results } = await site.log();
    expect(results[0]?.tags.find(({ tag }) => tag === "1.4.0")).toMatchObject({
      outcome: "not-chosen",
      reason: expect.stringMatching(/rolled back/),
    });
    // Long after the others: not one of a burst.
    play.pass(60_000);
    await site.push("web:1.4.1");
    expect((await site.bump()).title).toBe("Update web in staging: 1.3.0 → 1.4.1");
  });

  it("by hand to an older version stays there as well", async () => {
    const site = await bumped();
    await site.commit(staging("1.1.0"));
    await site.push("web:1.2.0");
    await play.quiet();
    expect(site.bumps("open")).toEqual([]);
    await site.push("web:2.0.0");
    await play.quiet();
    expect(site.bumps("open")).toEqual([]);
    // Long after the others: not one of a burst.
    play.pass(60_000);
    await site.push("web:1.4.1");
    expect((await site.bump()).title).toBe("Update web in staging: 1.1.0 → 1.4.1");
  });
});

describe("a hold", () => {
  it("stops bumps with its reason in the log, keeps what is open, and /release lets them go on", async () => {
    const { github } = play;
    const site = await play.site(entry, staging("1.3.0"));
    await site.push("web:1.4.0");
    const pull = await site.bump();
    expect(await play.say(pull, "/hold staging the database is being moved", "ada")).toContain("on hold");
    await site.push("web:1.5.0");
    await site.concluded("ada put staging on hold: the database is being moved");
    await play.quiet();
    expect(github.pull(pull)).toMatchObject({ state: "open", title: "Update web in staging: 1.3.0 → 1.4.0" });
    await play.say(pull, "/release staging", "ada");
    expect((await site.bump("open", "1.3.0 → 1.5.0")).number).toBe(pull.number);
  });

  it("ends by itself when its time is over", async () => {
    const site = await play.site(entry, staging("1.3.0"));
    const pull = await play.propose(site.repository, { "docs/a.md": "Something to comment on.\n" });
    expect(await play.say(pull, "/hold staging --until 10m for a moment", "ada")).toContain("on hold until");
    await site.push("web:1.4.0");
    await site.concluded("ada put staging on hold until");
    await play.quiet();
    expect(site.bumps()).toEqual([]);
    play.pass(665_000);
    expect((await site.bump()).title).toContain("1.3.0 → 1.4.0");
  });
});

describe("a person's commits on the branch of an image pull request", () => {
  it("are never overwritten: nothing moves, the check and the log say so, and a person merges", async () => {
    const { github } = play;
    const site = await play.site(
      entry.replace("[staging]", "[staging], pullRequest: { autoMerge: true }"),
      staging("1.3.0"),
    );
    await site.push("web:1.4.0");
    const pull = await site.bump();
    const theirs = await github.commit({
      ...site.repository,
      branch: pull.headRef,
      files: { "docs/why.md": "Because.\n" },
      by: "ada",
    });
    await play.checkSays(pull, "Somebody pushed to this branch, so a person must merge it");
    await github.status({ ...site.repository, sha: theirs, context: "ci", state: "success" });
    await site.push("web:1.5.0");
    await site.concluded(`somebody pushed to \`${pull.headRef}\``);
    await play.quiet();
    expect(github.pull(pull)).toMatchObject({ state: "open", headSha: theirs, title: pull.title });
    await github.mergePull({ ...pull, by: "ada" });
    expect((await site.bump("open", "1.5.0")).title).toBe("Update web in staging: 1.4.0 → 1.5.0");
  });
});

describe("what /rollback took back", () => {
  it("does not come again, and what is newer is not merged by itself", async () => {
    const { github } = play;
    const site = await bumped(entry.replace("[staging]", "[staging], pullRequest: { autoMerge: true }"));
    const [pull] = site.bumps();
    if (pull === undefined) throw new Error("there is no pull request");
    expect(await play.say(pull, "/rollback staging web", "ada")).toContain("Opened #");
    const rollback = github.pulls(site.repository).findLast(({ headRef }) => headRef.startsWith("sluice/rollback/"));
    if (rollback === undefined) throw new Error("there is no rollback");
    await github.mergePull({ ...rollback, by: "ada", method: "squash" });
    await eventually("the history", () => history(site).includes("kind: rolled-back"));
    expect(site.file(overlay)).toContain("newTag: 1.3.0");
    await site.push("web:1.3.9");
    await play.quiet();
    expect(site.bumps("open")).toEqual([]);
    // Long after the others: not one of a burst.
    play.pass(60_000);
    await site.push("web:1.4.1");
    const newer = await site.bump();
    play.pass(31_000);
    await github.status({ ...site.repository, sha: newer.headSha, context: "ci", state: "success" });
    await play.quiet();
    expect(github.pull(newer)).toMatchObject({ state: "open", title: "Update web in staging: 1.3.0 → 1.4.1" });
    await play.say(newer, "/release staging/web", "ada");
    expect((await site.bump("closed", "1.4.1")).merged).toBe(true);
  });
});
