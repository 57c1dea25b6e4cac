import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { appFiles, type PromotionWorld, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const soaked = "gates: { approvals: 1, soak: 30m }\npromote: { merge: automatic }";

/** A promotion of 1.5.0, which is deployed to staging, to prod, which has 1.2.0. */
async function soaking(prod = soaked, staging = ""): Promise<{ world: PromotionWorld; promotion: PullRequest }> {
  const apps = { ...appFiles("web", "staging", "1.2.0"), ...appFiles("web", "prod", "1.2.0") };
  const world = promotionWorld({ files: { ".sluice.yaml": worldConfig(prod, staging), ...apps } });
  await world.merge(appFiles("web", "staging", "1.5.0"));
  await world.deploy("staging");
  await world.say("/promote prod");
  const [promotion] = world.promotions("open");
  if (promotion === undefined) throw new Error("nothing opened");
  return { world, promotion };
}

async function summary(world: PromotionWorld, promotion: PullRequest): Promise<string> {
  return (await world.check(promotion))?.summary ?? "";
}

describe("05-config-change-stalls-for-ever", () => {
  it("a change of staging's replicas leaves the version healthy, and the soak goes on", async () => {
    const { world, promotion } = await soaking("gates: { soak: 30m }\npromote: { merge: automatic }");
    await world.pass(10);
    await world.merge(appFiles("web", "staging", "1.5.0", 5), "bob");
    await world.deploy("staging");
    expect(await summary(world, promotion)).toContain("**Healthy in staging** since");
    await world.pass(21);
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("and the same after a source that could not be rendered was mended", async () => {
    const { world } = await soaking("gates: { soak: 30m }\npromote: { merge: automatic }");
    await world.merge({ "apps/web/staging/broken.yaml": "just text\n" }, "bob");
    await world.deploy("staging");
    await world.merge({ "apps/web/staging/broken.yaml": null }, "bob");
    await world.deploy("staging");
    await world.pass(31);
    expect(await versionIn(world)).toBe("1.5.0");
  });
});

describe("06-soaked-version-starves", () => {
  it("the next version comes after the soak", async () => {
    const { world, promotion } = await soaking();
    await world.pass(31);
    await world.merge(appFiles("web", "staging", "1.6.0"), "bob");
    await world.deploy("staging");
    expect(await summary(world, promotion)).toContain("30 min healthy in staging, until 1.6.0 came");
    await world.approve(promotion);
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("is remembered when GitHub's list has it no more", async () => {
    const { world, promotion } = await soaking();
    await world.pass(31);
    await world.merge(appFiles("web", "staging", "1.6.0"), "bob");
    await world.deploy("staging");
    world.github.deploymentsTo.set("staging", world.github.deploymentsTo.get("staging")?.slice(0, 1) ?? []);
    await world.approve(promotion);
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("falls when the version is taken back", async () => {
    const { world, promotion } = await soaking();
    await world.pass(31);
    await world.merge(appFiles("web", "staging", "1.4.0"), "bob");
    await world.deploy("staging");
    await world.approve(promotion);
    expect(await versionIn(world)).toBe("1.2.0");
  });

  it("falls when health failed before it ended", async () => {
    const { world, promotion } = await soaking();
    await world.pass(10);
    await world.deploy("staging", "failure");
    await world.merge(appFiles("web", "staging", "1.6.0"), "bob");
    await world.deploy("staging");
    await world.approve(promotion);
    await world.pass(31);
    expect(await versionIn(world)).toBe("1.2.0");
  });

  it("a team that merges every 20 minutes is told that no version lives long enough", async () => {
    const { world, promotion } = await soaking();
    await world.approve(promotion);
    await world.pass(20);
    await world.merge(appFiles("web", "staging", "1.6.0"), "bob");
    await world.deploy("staging");
    const said = await summary(world, promotion);
    expect(said).toMatch(/\d+ min of 30 min healthy in staging, until 1\.6\.0 came/);
    expect(said).toContain("ask for a shorter soak");
    const [change] = world.github.pulls.values();
    const chain = change && world.comments(change).get("chain");
    expect(chain).toMatch(/\d+ min of 30 min healthy in staging, until 1\.6\.0 came\. .*ask for a shorter soak/);
    await world.pass(31);
    expect(await versionIn(world)).toBe("1.2.0");
  });

  it("a check's version ends when the source moves on", async () => {
    const { world, promotion } = await checked();
    await world.pass(10);
    await world.merge(appFiles("web", "staging", "1.6.0"), "bob");
    await world.approve(promotion);
    await world.pass(31);
    expect(await versionIn(world)).toBe("1.2.0");
  });

  it("a check's version ends when the next one was pushed, whatever later date that commit bears", async () => {
    const { world, promotion } = await checked();
    await world.pass(10);
    await world.push("main", appFiles("web", "staging", "1.6.0"), "bob", { date: "2036-01-01T00:00:00Z" });
    await world.settle();
    await world.approve(promotion);
    await world.pass(31);
    expect(await summary(world, promotion)).toContain("10 min of 30 min healthy in staging, until 1.6.0 came");
    expect(await versionIn(world)).toBe("1.2.0");
  });

  it("a check's soak that was over stays over, whatever earlier date the next version's commit bears", async () => {
    const { world, promotion } = await checked();
    await world.pass(31);
    await world.push("main", appFiles("web", "staging", "1.6.0"), "bob", { date: "2016-01-01T00:00:00Z" });
    await world.settle();
    await world.approve(promotion);
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("a check's version of which GitHub no longer knows when it ended has no soak, unless it is on record", async () => {
    for (const [minutes, version] of [
      [10, "1.2.0"],
      [31, "1.5.0"],
    ] as const) {
      const { world, promotion } = await checked();
      await world.pass(minutes);
      await world.push("main", appFiles("web", "staging", "1.6.0"), "bob");
      world.github.movesOf.delete("main");
      await world.approve(promotion);
      await world.pass(31);
      expect(await versionIn(world)).toBe(version);
    }
  });
});

/** A promotion of 1.5.0, of which the check `smoke` says that staging is healthy with it. */
async function checked(): Promise<{ world: PromotionWorld; promotion: PullRequest }> {
  const { world, promotion } = await soaking(soaked, "health: { check: smoke }");
  const sha = world.github.repository.branches.get("main") ?? "";
  const completedAt = new Date(world.now()).toISOString();
  world.github.checksOf.set(sha, [{ name: "smoke", state: "passed", url: undefined, completedAt }]);
  await world.settle();
  return { world, promotion };
}
