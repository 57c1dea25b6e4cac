import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { appFiles, behindWorld, type PromotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const plain = "gates: { healthy: false }";
const byItself = `promote: { auto: true }\n${plain}`;
const staging = (version: string, app = "web") => appFiles(app, "staging", version);

const worldWith = (prod = plain, apps?: readonly string[]): PromotionWorld => behindWorld(prod, apps);

/** A merged pull request that changes nothing that is deployed. */
const note = (world: PromotionWorld) => world.merge({ "docs/note.md": String(world.now()) });

function opened(world: PromotionWorld): PullRequest {
  const promotion = world.promotions("open").at(-1);
  if (promotion === undefined) throw new Error("nothing is open");
  return promotion;
}

/** Promotes what staging has, and merges it as grace. */
async function promoted(world: PromotionWorld, version: string): Promise<PullRequest> {
  await world.say("/promote prod web");
  const promotion = opened(world);
  expect(await world.gates(promotion)).toMatch(/^Ready: /);
  await world.land(promotion, "grace");
  await inHistory(world, promotion);
  expect(await versionIn(world)).toBe(version);
  return world.again(promotion);
}

/** The history has the merge, and the branch is gone. */
async function inHistory(world: PromotionWorld, promotion: PullRequest): Promise<void> {
  expect(await world.history()).toContainEqual(expect.objectContaining({ id: `merged-${promotion.number}` }));
  expect(world.github.repository.branches.has(promotion.head.ref)).toBe(false);
}

describe("/hold", () => {
  it("blocks promotions with its reason until it is over by itself, or somebody releases it", async () => {
    const world = worldWith();
    await note(world);
    await world.say("/promote prod web");
    const promotion = opened(world);
    expect(await world.gates(promotion)).toMatch(/^Ready: /);
    expect(await world.say("/hold prod --until 2h the big sale", "grace")).toContain("is on hold** until");
    expect(await world.check(promotion)).toMatchObject({ status: "in_progress" });
    const held = await world.gates(promotion);
    expect(held).toContain("On hold by grace");
    expect(held).toMatch(/until (?:\d+ \w+, )?\d\d:\d\d UTC: "the big sale"/);
    expect(held).toContain("`/release prod`");
    await world.pass(121);
    expect(await world.gates(promotion)).toMatch(/^Ready: /);

    await world.say("/hold prod/web checkout is broken");
    expect(await world.gates(promotion)).toContain("checkout is broken");
    expect(await world.say("/release prod/web")).toContain('it was on hold by `ada`: "checkout is broken"');
    expect(await world.gates(promotion)).toMatch(/^Ready: /);
    expect(await world.say("/release prod/web")).toContain("is not on hold");
  });
});

describe("a hold by a person", () => {
  /** ada's promotion of something newer, asked for after a rollback that holds. */
  async function afterRollback(): Promise<{ world: PromotionWorld; promotion: PullRequest }> {
    const world = worldWith();
    await world.merge(staging("1.5.0"));
    await promoted(world, "1.5.0");
    await world.say("/rollback prod web");
    await world.land(opened(world), "grace");
    await world.merge(staging("1.6.0"));
    await world.say("/promote prod web");
    return { world, promotion: opened(world) };
  }

  it("with an end stops a person's promotion, whatever a rollback holds, and what that holds goes on", async () => {
    const { world, promotion } = await afterRollback();
    expect(await world.gates(promotion)).toMatch(/^Ready: /);
    expect(await world.say("/hold prod/web --until 2h load test", "grace")).toContain("is on hold** until");
    expect(await world.gates(promotion)).toContain("On hold by grace");
    await world.pass(121);
    expect(await world.held()).toMatchObject({ cause: "rollback" });
    expect(await world.gates(promotion)).toMatch(/^Ready: /);
  });

  it("of the whole environment stops it too", async () => {
    const { world, promotion } = await afterRollback();
    await world.say("/hold prod the big sale", "grace");
    expect(await world.gates(promotion)).toContain("On hold by grace");
    expect(await world.say("/release prod/web")).toContain("The whole environment is still on hold: `/release prod`");
    expect(await world.gates(promotion)).toContain("On hold by grace");
    await world.say("/release prod");
    expect(await world.gates(promotion)).toMatch(/^Ready: /);
  });

  it("stays where it is rolled back meanwhile", async () => {
    const world = worldWith();
    await world.merge(staging("1.5.0"));
    await promoted(world, "1.5.0");
    await world.say("/hold prod/web --until 5h load test", "grace");
    await world.say("/rollback prod web");
    await world.land(opened(world), "grace");
    await world.merge(staging("1.6.0"));
    await world.say("/promote prod web");
    expect(await world.gates(opened(world))).toContain("On hold by grace");
  });
});

describe("/rollback", () => {
  /** prod had 1.2.0, then 1.5.0, then 1.6.0. */
  async function withPast(prod?: string): Promise<{ world: PromotionWorld; pull: PullRequest; first: PullRequest }> {
    const world = worldWith(prod);
    await world.merge(staging("1.5.0"));
    const first = await promoted(world, "1.5.0");
    const pull = await world.merge(staging("1.6.0"));
    await promoted(world, "1.6.0");
    return { world, pull, first };
  }

  it("restores a version or a commit that is named, or says that there is none", async () => {
    const { world, pull, first } = await withPast();
    expect(await world.say("/rollback prod web --to 0.9.0")).toContain("never had `0.9.0` in `prod`");
    expect(await world.say("/rollback prod web --to 1.2.0")).toContain(
      "prod goes back to web 1.2.0, from 1.6.0. Why this one: it had 1.2.0 there",
    );
    const rollback = opened(world);
    expect(rollback.head.ref).toBe("sluice/rollback/prod/web");
    expect(rollback.title).toBe("Roll back web in prod: 1.6.0 → 1.2.0");
    const said = await world.say(`/rollback prod web --to ${first.mergeCommit?.slice(0, 10)}`);
    expect(said).toContain(
      `Updated #${rollback.number}:** prod goes back to web 1.5.0 now, no longer 1.2.0. Why this one: the commit that was named`,
    );
    await world.land(rollback, "grace");
    await inHistory(world, rollback);
    expect(await versionIn(world)).toBe("1.5.0");
    expect(world.comments(pull).get("chain")).toContain("rolled back by `ada`");
  });

  it("without a version restores the last one that was healthy, and passes over what was not", async () => {
    const world = worldWith();
    await world.deploy("prod");
    await world.merge(staging("1.5.0"));
    await promoted(world, "1.5.0");
    await world.deploy("prod", "failure");
    await world.merge(staging("1.6.0"));
    await promoted(world, "1.6.0");
    await world.deploy("prod", "failure");
    expect(await world.say("/rollback prod web")).toContain(
      "prod goes back to web 1.2.0, from 1.6.0. Why this one: the last version that was healthy",
    );
  });

  it("says when there is nothing to go back to, and holds nothing then", async () => {
    const world = worldWith();
    await note(world);
    expect(await world.say("/rollback prod web")).toContain("has had no other version in `prod`");
    expect(world.promotions()).toEqual([]);
    expect(await world.held()).toBeUndefined();
    expect(await world.history()).toEqual([]);
  });

  it("holds what was asked for before and what promotes by itself, until a person promotes something newer", async () => {
    const { world, pull } = await withPast(byItself);
    await world.merge(staging("1.7.0"));
    const before = opened(world);
    await world.say("/promote prod web", "ada", pull);
    expect(await world.gates(before)).toMatch(/^Ready: /);
    expect(await world.say("/rollback prod web", "ada", pull)).toContain(
      "**On hold:** nothing promotes or updates prod/web",
    );
    expect(await world.gates(before)).toContain("by `ada`, after a rollback");
    const rollback = opened(world);
    expect(await world.gates(rollback)).toMatch(/^Ready: /);
    await world.land(rollback, "grace");
    await inHistory(world, rollback);
    await world.close(before);
    await world.merge(staging("1.8.0"));
    expect(world.promotions("open")).toEqual([]);

    await promoted(world, "1.8.0");
    expect(await world.held()).toBeUndefined();
    await world.merge(staging("1.9.0"));
    expect(opened(world).title).toBe("Promote web to prod: 1.8.0 → 1.9.0");
  });
});

describe("auto: true", () => {
  it("opens when the deployment is healthy: not before, not while held, not again what a person closed, again what is newer", async () => {
    const world = worldWith("promote: { auto: true }");
    await world.merge(staging("1.5.0"));
    await world.deploy("staging", "in_progress");
    expect(world.promotions()).toEqual([]);

    await world.say("/hold prod/web not today");
    await world.deploy("staging");
    expect(world.promotions()).toEqual([]);

    await world.say("/release prod/web");
    const promotion = opened(world);
    expect(promotion.body).toContain("Opened automatically");
    await world.close(promotion);
    await note(world);
    await world.deploy("staging");
    expect(world.promotions("open")).toEqual([]);

    await world.merge(staging("1.6.0"));
    await world.deploy("staging");
    expect(opened(world).title).toBe("Promote web to prod: 1.2.0 → 1.6.0");
  });

  it("leaves alone what a promotion of several apps carries already", async () => {
    const world = worldWith(plain, ["web", "api"]);
    await world.merge({ ...staging("1.5.0"), ...staging("1.5.0", "api") });
    await world.say("/promote prod web api");
    await world.merge({ ".sluice.yaml": worldConfig(byItself) });
    expect(world.promotions()).toHaveLength(1);
    await world.merge(staging("1.6.0"));
    expect(opened(world).title).toBe("Promote web to prod: 1.2.0 → 1.6.0");
    expect(opened(world).head.ref).toBe("sluice/promote/prod/web");
  });
});

describe("the reply to a hold", () => {
  it("counts no more promotions than it looked at", async () => {
    const apps = Array.from({ length: 12 }, (_, index) => `app${index}`);
    const world = behindWorld("gates: { healthy: false, approvals: 1 }\npromote: { auto: true }", apps);
    await world.merge(Object.assign({}, ...apps.map((app) => appFiles(app, "staging", "1.5.0"))));
    expect(world.promotions("open")).toHaveLength(12);
    expect(await world.say("/hold prod")).toContain(" At least 10 open promotions wait: #");
  });
});
