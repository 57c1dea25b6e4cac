import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { appFiles, type PromotionWorld, promotionWorld, worldConfig } from "./support/memory-world.ts";

const WEB = "sluice/promote/prod/web";
const plain = "gates: { healthy: false }";
const staging = (version: string) => appFiles("web", "staging", version);

function worldWith(prod = plain): PromotionWorld {
  return promotionWorld({
    files: { ".sluice.yaml": worldConfig(prod), ...staging("1.4.0"), ...appFiles("web", "prod", "1.2.0") },
  });
}

/** The promotion that ada asks for. */
async function asked(world: PromotionWorld): Promise<PullRequest> {
  await world.say("/promote prod web");
  const promotion = world.promotions("open").at(-1);
  if (promotion === undefined) throw new Error("nothing opened");
  return promotion;
}

/** Promotes, and merges it while nothing is delivered. */
async function mergedUnheard(world: PromotionWorld): Promise<PullRequest> {
  await world.merge({ "docs/note.md": "x" });
  const promotion = await asked(world);
  expect(await world.gates(promotion)).toMatch(/^Ready: /);
  return world.landUnheard(promotion, "grace");
}

async function isInHistory(world: PromotionWorld, { number }: PullRequest): Promise<boolean> {
  return (await world.history()).some(({ id }) => id === `merged-${number}`);
}

describe("a lost event", () => {
  it("of a merge is made good by the next one", async () => {
    const world = worldWith();
    const promotion = await mergedUnheard(world);
    expect(await isInHistory(world, promotion)).toBe(false);
    await world.push("main", { "docs/nudge.md": "x" });
    await world.settle();
    expect(await isInHistory(world, promotion)).toBe(true);
    expect(world.github.repository.branches.has(WEB)).toBe(false);
  });

  it("of a merge leaves the branch that a person pushed to after it", async () => {
    const world = worldWith();
    const promotion = await mergedUnheard(world);
    const theirs = await world.push(WEB, { "docs/after.md": "Not to be lost.\n" });
    expect(await isInHistory(world, promotion)).toBe(false);
    await world.settle();
    expect(await isInHistory(world, promotion)).toBe(true);
    expect(world.github.repository.branches.get(WEB)).toBe(theirs);
  });

  it("that comes late leaves the branch to the promotion that has it by then", async () => {
    const world = worldWith();
    const first = await mergedUnheard(world);
    const pull = await world.propose(staging("1.5.0"));
    await world.landUnheard(pull);
    expect(await world.say("/promote prod web")).toContain("prod gets web 1.5.0 in place of 1.4.0");
    const [second] = world.promotions("open");
    if (second === undefined) throw new Error("nothing opened");
    expect(second.number).not.toBe(first.number);
    await world.hear(first);
    expect(await isInHistory(world, first)).toBe(true);
    expect(await world.again(second)).toMatchObject({ state: "open", head: { ref: WEB } });
    expect(world.github.repository.branches.has(WEB)).toBe(true);
  });
});

describe("an environment that left the configuration", () => {
  it("is what the check of its promotions says, and the others go on", async () => {
    const world = worldWith();
    await world.merge({ "docs/note.md": "x" });
    const promotion = await asked(world);
    expect(await world.gates(promotion)).toMatch(/^Ready: /);
    const config = worldConfig(plain).replace(
      "name: prod\n    path: apps/{app}/prod",
      "name: qa\n    path: apps/{app}/qa",
    );
    await world.push("main", { ".sluice.yaml": config });
    await world.settle();
    expect(await world.gates(promotion)).toContain('there is no environment "prod"');
    expect(await world.check(promotion)).toMatchObject({ conclusion: "failure" });
    expect(await world.say("/retry", "ada", promotion)).toContain("there is no environment `prod`");
    await world.push("main", { ".sluice.yaml": worldConfig("gates: { healthy: false, approvals: 1 }") });
    await world.settle();
    expect(await world.gates(promotion)).toMatch(/^Waiting for \d approvals?/);
  });

  it("or a target that was deleted, the same", async () => {
    const world = worldWith();
    await world.merge({ "docs/note.md": "x" });
    const promotion = await asked(world);
    expect(await world.gates(promotion)).toMatch(/^Ready: /);
    await world.push("main", { "apps/web/prod/app.yaml": null });
    await world.settle();
    expect(await world.gates(promotion)).toContain("has no target");
    expect(await world.check(promotion)).toMatchObject({ conclusion: "failure" });
  });
});

describe("two different commands at once", () => {
  it("end in one pull request with the newest version, whichever is carried out last", async () => {
    const world = worldWith();
    const first = await world.merge(staging("1.5.0"));
    const second = await world.propose(staging("1.6.0"));
    let newer = "";
    // The older command has its plan, and hangs, while the newer one is given.
    world.github.before("commit", async () => {
      await world.land(second);
      newer = await world.say("/promote prod web", "ada", second);
    });
    const older = await world.say("/promote prod web", "ada", first);
    expect(newer).toContain("1.6.0");
    expect(older).toContain("1.6.0");
    await world.settle();
    expect(world.promotions().map(({ state, title }) => ({ state, title }))).toEqual([
      { state: "open", title: "Promote web to prod: 1.2.0 → 1.6.0" },
    ]);
    expect(await world.file("apps/web/prod/app.yaml", WEB)).toContain("1.6.0");
  });
});
