import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { appFiles } from "../promote/support/memory-world.ts";
import { where } from "../support/memory-world.ts";
import { entry, type ImageWorld, imageWorld } from "./support/memory-world.ts";

const staging = (version: string) => appFiles("web", "staging", version);
const automatic = entry(", pullRequest: { autoMerge: true }");
const watch = { type: "watch", ...where, defaultBranch: "main" } as const;

/** An open bump from 1.3.0 to 1.4.0. */
async function opened(images = entry()): Promise<{ world: ImageWorld; pull: PullRequest }> {
  const world = await imageWorld(images, staging("1.3.0"));
  await world.release("web:1.3.0");
  await world.release("web:1.4.0");
  return { world, pull: world.bump() };
}

const bumped = [{ kind: "bumped", versions: [{ image: "ghcr.io/acme/web", from: "1.3.0", to: "1.4.0" }] }];

describe("an image pull request of whose merge no event told", () => {
  it.each(["", "Emptied."])("is in the history at the next push, and what is reverted stays away: %s", async (body) => {
    const { world, pull } = await opened();
    if (body !== "") await world.github.updatePullRequest(pull.number, { body });
    await world.landUnheard(pull, "ada");
    world.github.repository.branches.delete(pull.head.ref);
    await world.push("main", staging("1.3.0"), "ada");
    await world.run(watch);
    expect(await world.history()).toMatchObject(bumped);
    expect(world.bumps("open")).toEqual([]);
    await world.release("web:1.3.9");
    expect(world.bumps("open")).toEqual([]);
  });

  it("says so in its description, once", async () => {
    const { world, pull } = await opened();
    await world.landUnheard(pull, "ada");
    await world.run(watch);
    const { body } = await world.again(pull);
    expect(body).toMatch(/^Merged by `ada` on /m);
    expect(body).not.toContain("review and merge");
    const before = world.github.calls.length;
    await world.run(watch);
    expect(world.github.calls.slice(before)).not.toContain("updatePullRequest");
  });

  it("is in the history when its branch is still there", async () => {
    const { world, pull } = await opened();
    await world.landUnheard(pull, "ada");
    await world.run(watch);
    expect(await world.history()).toMatchObject(bumped);
    expect(world.branches()).toEqual([]);
  });

  it("is in the history before the next version takes its branch, whatever took the description", async () => {
    const { world, pull } = await opened();
    await world.github.updatePullRequest(pull.number, { body: "Emptied." });
    await world.landUnheard(pull, "ada");
    world.github.repository.branches.delete(pull.head.ref);
    await world.pass(1);
    await world.release("web:1.5.0");
    expect(await world.history()).toMatchObject(bumped);
    expect(world.bump("open").title).toContain("1.4.0 → 1.5.0");
  });
});

describe("an image pull request in the merge queue", () => {
  it("is taken out by a hold", async () => {
    const world = await imageWorld(automatic, staging("1.3.0"));
    world.github.mergeQueue = true;
    await world.release("web:1.4.0");
    const pull = world.bump();
    await world.ci(pull, "passed");
    expect(world.github.queued).toContain(pull.number);
    await world.say("/hold staging/web stop", "ada", pull);
    expect(world.github.queued).not.toContain(pull.number);
  });
});

it("a merge of Sluice's under way is stopped by an objection", async () => {
  const { world, pull } = await opened(automatic);
  const at = new Date(world.now()).toISOString();
  const review = { id: 1, user: "grace", bot: false, state: "changes-requested", commit: pull.head.sha, at } as const;
  // After the reviews were looked at, and before it is merged.
  world.github.before("reviews", () =>
    world.github.before("reviews", () => void world.github.reviewsOf.set(pull.number, [review])),
  );
  await world.ci(pull, "passed");
  expect(world.github.reviewsOf.get(pull.number)).toHaveLength(1);
  expect((await world.again(pull)).state).toBe("open");
});
