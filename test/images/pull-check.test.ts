import { describe, expect, it } from "vitest";
import { Fault } from "../../src/model/errors.ts";
import type { PullRequest } from "../../src/model/github.ts";
import { entry, type ImageWorld, imageOf, imageWorld } from "./support/memory-world.ts";

const automatic = entry(", pullRequest: { autoMerge: true, labels: [images] }");
/** Another build of the same tag. */
const rebuilt = { created: "2026-01-02T03:04:05Z" };
const short = (digest: string) => digest.slice(7, 19);

async function checkOf(world: ImageWorld, pull: PullRequest): Promise<string> {
  const check = await world.check(pull);
  return `${check?.title}\n${check?.summary}`;
}

describe("the image check", () => {
  it("fails when a tag was moved in the registry, and then the pull request is brought up to date", async () => {
    const world = await imageWorld(entry(", pin: tag"));
    const one = await world.release("web:1.4.0");
    const pull = world.bump();
    expect(await checkOf(world, pull)).toContain(short(one));
    await world.approve(pull, "ada");
    // The registry says nothing of it: the check finds out when it is asked for again.
    const two = world.registry.push(imageOf("web"), "1.4.0", rebuilt);
    expect(two).not.toBe(one);
    await world.checkAgain(pull);
    expect(await checkOf(world, pull)).toContain(`as described, \`${short(two)}\``);
    expect(await world.check(pull)).toMatchObject({ conclusion: "success" });
    const { body } = await world.again(pull);
    expect(body).toContain(two);
    expect(body).not.toContain(one);
    expect(world.github.reviewsOf.get(pull.number)).toMatchObject([{ state: "dismissed" }]);
    const told = [...world.comments(pull).values()].filter((text) => text.includes("is another image now"));
    expect(told).toHaveLength(1);
  });

  it("says whom it waits for while the registry does not answer", async () => {
    const world = await imageWorld(entry(", pin: tag"));
    await world.release("web:1.4.0");
    const pull = world.bump();
    world.registry.digest = () => Promise.reject(new Fault("unavailable", "502", { peer: "ghcr.io" }));
    await world.checkAgain(pull).catch((error: unknown) => expect(error).toBeInstanceOf(Fault));
    const waiting = {
      status: "in_progress",
      title: expect.stringMatching(/^Waiting for the registry ghcr\.io since /),
    };
    expect(await world.check(pull)).toMatchObject(waiting);
  });

  it("is not asked about a tag that lacks a platform: the log says which", async () => {
    const world = await imageWorld(entry(", platforms: [linux/amd64, linux/arm64]"));
    const both = { platforms: ["linux/amd64", "linux/arm64"] };
    await world.release("web:1.4.0", both);
    const pull = world.bump();
    await world.release("web:1.5.0");
    expect((await world.again(pull)).title).toContain("1.4.0");
    const [conclusion] = await world.conclusions();
    expect(conclusion?.tags.find(({ tag }) => tag === "1.5.0")).toMatchObject({
      outcome: "not-chosen",
      reason: "1.5.0 lacks linux/arm64 (it has linux/amd64): the rest may still be on its way",
    });
    await world.release("web:1.5.0", both);
    expect((await world.again(pull)).title).toContain("1.5.0");
  });
});

describe("autoMerge", () => {
  it("waits for checks, merges when they passed, and the rest follows: history, branch, chain", async () => {
    const world = await imageWorld(automatic);
    const digest = await world.release("web:1.4.0");
    const pull = world.bump();
    await world.ci(pull, "pending");
    expect(await checkOf(world, pull)).toContain("as described");
    expect(await world.again(pull)).toMatchObject({ state: "open", labels: ["images"] });
    await world.ci(pull, "failed");
    expect((await world.again(pull)).state).toBe("open");

    const asked = world.registry.calls.length;
    await world.ci(pull, "passed");
    expect((await world.again(pull)).merged).toBe(true);
    expect(world.registry.calls.slice(asked)).toContain(`digest ${imageOf("web")}:1.4.0`);
    expect(await world.file("apps/web/staging/app.yaml")).toContain(`web:1.4.0`);
    expect(await world.history()).toMatchObject([
      { kind: "bumped", versions: [{ from: "1.2.0", to: expect.stringContaining("1.4.0") }] },
    ]);
    expect(world.comments(pull).has("chain")).toBe(true);
    expect(world.branches()).toEqual([]);
    expect(pull.body).toContain(digest);
  });

  it("does not merge what the registry no longer has under the tag", async () => {
    const world = await imageWorld(automatic);
    const one = await world.release("web:1.4.0");
    const pull = world.bump();
    await world.ci(pull, "pending");
    const two = world.registry.push(imageOf("web"), "1.4.0", rebuilt);
    await world.ci(pull, "passed");
    expect(await checkOf(world, pull)).toContain(`as described, \`${short(two)}\``);
    const merged = await world.again(pull);
    expect(merged.merged).toBe(true);
    expect(merged.body).toContain(two);
    expect(merged.body).not.toContain(one);
    expect([...world.comments(pull).values()].join()).toContain("is another image now");
  });

  it("waits while a hold is on", async () => {
    const world = await imageWorld(automatic);
    await world.release("web:1.4.0");
    const pull = world.bump();
    await world.say("/hold staging not on Fridays", "ada", pull);
    await world.ci(pull, "passed");
    const held = await world.again(pull);
    expect(held.state).toBe("open");
    const [first, next] = held.body.split("\n").filter((line) => line.startsWith("**"));
    expect(first).toBe('**⏸️ On hold: staging gets web 1.4.0 later.** `ada` holds staging: "not on Fridays".');
    expect(next).toBe(
      "**Next:** comment `/release staging` (anyone with write access). Until then Sluice neither updates nor merges this.",
    );
    expect(await checkOf(world, pull)).toContain(`On hold by ada\n${first}\n\n${next}\n\n`);
    await world.say("/release staging", "ada", pull);
    const merged = await world.again(pull);
    expect(merged.merged).toBe(true);
    expect(merged.body).not.toContain("On hold");
  });

  it("needs no checks where there are none, once it is clear that none come", async () => {
    const world = await imageWorld(automatic);
    await world.release("web:1.4.0");
    const pull = world.bump();
    await world.settle();
    expect((await world.again(pull)).state).toBe("open");
    await world.pass(40 / 60);
    expect((await world.again(pull)).merged).toBe(true);
  });
});
