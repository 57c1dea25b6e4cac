import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PullSummary } from "../../sandbox/index.ts";
import { type ImagePlay, startImagePlay } from "../support/images.ts";
import { eventually } from "../support/wait.ts";

let play: ImagePlay;
// Time that passed for one makes the heads of the next old.
beforeEach(async () => {
  play = await startImagePlay();
});
afterEach(() => play.close());

/** The entry of `web` with these further keys. */
function entry(more: string): string {
  return `  - { image: "{host}/web", policy: { semver: "^1.0" }, environments: [staging], ${more} }\n`;
}

const automatic = entry("pullRequest: { autoMerge: true, labels: [images] }");

/** What another system says of the present head, which is no longer new by then. */
function ci(pull: PullSummary, state: "pending" | "success" | "failure"): Promise<void> {
  play.pass(31_000);
  return play.github.status({ ...pull, sha: play.github.pull(pull).headSha, context: "ci", state });
}

/** Pushes while the registry says nothing of it. */
async function unheard<T>(push: () => Promise<T>): Promise<T> {
  play.registry.setNotifications(undefined);
  const pushed = await push();
  await play.registry.settled();
  play.listen();
  return pushed;
}

describe("the image check", () => {
  it("fails when a tag was moved in the registry, and then the pull request is brought up to date", async () => {
    const { github } = play;
    const site = await play.site(entry("pin: tag"));
    const one = await site.push("web:1.4.0");
    const pull = await site.bump();
    await play.checkSays(pull, one.digest.slice(7, 19));
    await play.quiet();
    await github.review({ ...pull, by: "ada", event: "APPROVE" });
    // The registry says nothing of it: the check finds out when it is asked for again.
    const two = await unheard(() => site.push("web:1.4.0", { created: new Date("2026-01-02T03:04:05Z") }));
    expect(two.digest).not.toBe(one.digest);
    const [check] = github.checkRuns({ ...pull, sha: pull.headSha }).filter(({ name }) => name === "Sluice image");
    await github.rerequestCheckRun({ ...site.repository, id: check?.id ?? 0 });
    const after = await play.checkSays(pull, `as described, \`${two.digest.slice(7, 19)}`);
    expect(after.conclusion).toBe("success");
    await play.quiet();
    expect(github.pull(pull).body).toContain(two.digest);
    expect(github.pull(pull).body).not.toContain(one.digest);
    expect(github.reviews(pull).map(({ state }) => state)).toEqual(["DISMISSED"]);
    const told = github.comments(pull).filter(({ body }) => body.includes("is another image now"));
    expect(told).toHaveLength(1);
  });

  it("is not asked about a tag that lacks a platform: the log says which", async () => {
    const site = await play.site(entry("platforms: [linux/amd64, linux/arm64]"));
    await site.push("web:1.4.0", { platforms: ["linux/amd64", "linux/arm64"] });
    const pull = await site.bump();
    await site.push("web:1.5.0");
    await play.quiet();
    expect(play.github.pull(pull).title).toContain("1.4.0");
    const [result] = (await site.log()).results;
    expect(result?.tags.find(({ tag }) => tag === "1.5.0")).toMatchObject({
      outcome: "not-chosen",
      reason: "1.5.0 lacks linux/arm64 (it has linux/amd64): the rest may still be on its way",
    });
    await site.push("web:1.5.0", { platforms: ["linux/amd64", "linux/arm64"] });
    await eventually("the newer one", () => play.github.pull(pull).title.includes("1.5.0"));
  });
});

describe("autoMerge", () => {
  it("waits for checks, merges when they passed, and the rest follows: history, branch, chain", async () => {
    const { github } = play;
    const site = await play.site(automatic);
    await site.push("web:1.4.0");
    const pull = await site.bump();
    await ci(pull, "pending");
    await play.checkSays(pull, "as described");
    await play.quiet();
    expect(github.pull(pull)).toMatchObject({ state: "open", labels: ["images"] });
    await ci(pull, "failure");
    await play.quiet();
    expect(github.pull(pull).state).toBe("open");

    const { registry } = await play.cost(() => ci(pull, "success"));
    expect(github.pull(pull)).toMatchObject({ merged: true });
    expect(registry.some((one) => one.startsWith("HEAD") && one.includes("manifests/1.4.0"))).toBe(true);
    expect(site.file("apps/web/overlays/staging/kustomization.yaml")).toContain("newTag: 1.4.0");
    await eventually("the history", () =>
      site.file("environments/staging/web.yaml", "sluice-state").includes("kind: bumped"),
    );
    await eventually("the chain", () => github.comments(pull).some(({ body }) => body.includes("sluice:chain")));
    await play.quiet();
    expect(site.branches()).toEqual([]);
    expect(site.file("environments/staging/web.yaml", "sluice-state")).toMatch(/from: .?1\.2\.0.?\n +to: .?1\.4\.0/);
  });

  it("does not merge what the registry no longer has under the tag", async () => {
    const { github } = play;
    const site = await play.site(automatic);
    const one = await site.push("web:1.4.0");
    const pull = await site.bump();
    await ci(pull, "pending");
    await play.quiet();
    const two = await unheard(() => site.push("web:1.4.0", { created: new Date("2026-01-02T03:04:05Z") }));
    await ci(pull, "success");
    await play.quiet();
    await play.checkSays(pull, `as described, \`${two.digest.slice(7, 19)}`);
    const merged = await site.bump("closed");
    expect(merged.merged).toBe(true);
    expect(merged.body).toContain(two.digest);
    expect(merged.body).not.toContain(one.digest);
    expect(github.comments(pull).some(({ body }) => body.includes("is another image now"))).toBe(true);
  });

  it("waits while a hold is on", async () => {
    const { github } = play;
    const site = await play.site(automatic);
    await site.push("web:1.4.0");
    const pull = await site.bump();
    await play.say(pull, "/hold staging not on Fridays", "ada");
    await ci(pull, "success");
    await play.quiet();
    expect(github.pull(pull).state).toBe("open");
    await play.say(pull, "/release staging", "ada");
    expect((await site.bump("closed")).merged).toBe(true);
  });

  it("needs no checks where there are none, once it is clear that none come", async () => {
    const site = await play.site(automatic);
    await site.push("web:1.4.0");
    await site.bump();
    await play.quiet();
    expect(site.bumps("closed")).toEqual([]);
    play.pass(40_000);
    const merged = await site.bump("closed");
    expect(merged.merged).toBe(true);
  });
});
