import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { appFiles, behindWorld, type PromotionWorld } from "./support/memory-world.ts";

const WEB = "sluice/promote/prod/web";
const plain = "gates: { healthy: false }";
const staging = (version: string, app = "web") => appFiles(app, "staging", version);

const worldWith = (prod = plain, apps?: readonly string[]): PromotionWorld => behindWorld(prod, apps);

/** A merged pull request that changes nothing that is deployed. */
const note = (world: PromotionWorld) => world.merge({ "docs/note.md": String(world.now()) });

/** The open promotion of web alone. */
function opened(world: PromotionWorld): PullRequest {
  const promotion = world.promotions("open").find(({ head }) => head.ref === WEB);
  if (promotion === undefined) throw new Error("nothing is open");
  return promotion;
}

const branches = (world: PromotionWorld) =>
  [...world.github.repository.branches.keys()].filter((name) => name.startsWith("sluice"));
const said = (world: PromotionWorld, pull: PullRequest) => [...world.comments(pull).values()].join("\n");

describe("/promote on a pull request that is still open", () => {
  it("falls away when that is closed unmerged", async () => {
    const world = worldWith();
    const pull = await world.propose(staging("1.5.0"));
    await world.say("/promote prod");
    await world.close(pull);
    expect(said(world, pull)).toContain("`/promote prod` falls away");
    expect(await world.deferred()).toEqual([]);
    expect(world.promotions()).toEqual([]);
    expect(await world.say("/promote prod web")).toContain("was closed without being merged");
  });
});

describe("/promote", () => {
  it("says with --dry-run what it would do, and does nothing", async () => {
    const world = worldWith();
    await world.merge(staging("1.5.0"));
    const reply = await world.say("/promote prod --dry-run");
    expect(reply).toContain("Dry run, nothing was changed.");
    expect(reply).toContain("| web | `1.2.0` | `1.5.0` |");
    expect(reply).toContain(" # apps/web/prod/app.yaml");
    expect(branches(world)).toEqual([]);
    expect(world.promotions()).toEqual([]);
    expect(await world.history()).toEqual([]);
  });

  it("carries several apps in one pull request, and each alone in its own", async () => {
    const world = worldWith(plain, ["web", "api", "jobs"]);
    await world.merge({ ...staging("1.5.0", "web"), ...staging("1.5.0", "api") });
    // Without names it means the apps that this pull request touched.
    expect(await world.say("/promote prod")).toContain("api 1.2.0 → 1.5.0, web 1.2.0 → 1.5.0");
    const [group] = world.promotions();
    if (group === undefined) throw new Error("nothing opened");
    expect(group.head.ref).toMatch(/^sluice\/promote\/prod\/\+group\/[0-9a-f]{12}$/);
    expect(group.title).toBe("Promote api, web to prod");
    expect(await world.say("/promote prod api web")).toContain(`#${group.number} is open already`);
    await world.say("/promote prod web");
    expect(world.promotions("open")).toHaveLength(2);
    const single = opened(world);

    await world.land(group, "grace");
    expect((await world.again(single)).state).toBe("closed");
    expect(said(world, single)).toContain("Closed: prod already has ");
    expect(branches(world)).toEqual([]);
    for (const app of ["web", "api"]) expect((await world.history(app)).map(({ kind }) => kind)).toContain("promoted");
  });

  it("takes a branch that is left over, and no pull request that a person made of it", async () => {
    const world = worldWith();
    await note(world);
    await world.say("/promote prod web");
    const first = opened(world);
    await world.close(first);
    expect(branches(world)).toContain(WEB);
    await world.say("/promote prod web");
    const second = opened(world);
    expect(second.number).toBeGreaterThan(first.number);
    expect(second.head.sha).toBe(first.head.sha);

    await world.close(second);
    const own = world.github.addPull({ head: second.head, title: "Mine", body: "By hand.", author: "grace" });
    expect(await world.say("/promote prod web")).toContain(
      `#${own.number} of \`${WEB}\` was opened by grace, not by Sluice`,
    );
    expect(await world.again(own)).toMatchObject({ state: "open", title: "Mine", body: "By hand.", labels: [] });
    await world.close(own);
    await world.reopen(own);
    expect(await world.gates(own)).toContain("no promotion of Sluice's");
    await world.close(own);
    await world.say("/promote prod web");
    expect(await world.gates(opened(world))).toMatch(/^Ready: /);
  });
});

describe("an open promotion", () => {
  it("is closed with the reason when what it carries came another way", async () => {
    const world = worldWith();
    await note(world);
    await world.say("/promote prod web");
    const promotion = opened(world);
    await world.push("main", appFiles("web", "prod", "1.4.0"), "grace");
    await world.settle();
    expect(said(world, promotion)).toContain("Closed: prod already has ");
    expect((await world.again(promotion)).state).toBe("closed");
    expect(branches(world)).not.toContain(WEB);
  });

  it("has the title that says what it carries: a person's lasts until the next version", async () => {
    const world = worldWith();
    const pull = await note(world);
    await world.say("/promote prod web");
    const promotion = opened(world);
    await world.github.updatePullRequest(promotion.number, { title: "Mine" });
    expect(await world.say("/promote prod web")).toContain("is open already");
    expect((await world.again(promotion)).title).toBe("Mine");
    await world.merge(staging("1.5.0"));
    expect(await world.say("/promote prod web", "ada", pull)).toContain("Updated #");
    expect((await world.again(promotion)).title).toBe("Promote web to prod: 1.2.0 → 1.5.0");
    expect(said(world, promotion)).toContain("**Now 1.2.0 → 1.5.0**, no longer 1.2.0 → 1.4.0");
  });
});
