import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { appFiles, type PromotionWorld, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const WEB = "sluice/promote/prod/web";

/** A world in which promotions merge by themselves; mallory has write and may not promote. */
function victim(gates = "healthy: false"): PromotionWorld {
  const apps = { ...appFiles("web", "staging", "1.4.0"), ...appFiles("web", "prod", "1.2.0") };
  const config = worldConfig(`allow: { users: [ada] }\ngates: { ${gates} }\npromote: { merge: automatic }`);
  const world = promotionWorld({ files: { ".sluice.yaml": config, ...apps } });
  world.github.permissions.set("mallory", "write");
  return world;
}

/** What ada's command opened. */
async function promoted(world: PromotionWorld): Promise<PullRequest> {
  await world.say("/promote prod web");
  const promotion = world.promotions().at(-1);
  if (promotion === undefined) throw new Error("nothing opened");
  return promotion;
}

describe("s2-replay-of-an-old-promotion", () => {
  it("what was merged once is merged by nobody's copy again", async () => {
    const world = victim();
    await world.merge({ "docs/note.md": "x" });
    const first = await promoted(world);
    expect(await versionIn(world)).toBe("1.4.0");
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await promoted(world);
    expect(await versionIn(world)).toBe("1.5.0");

    const { head, body, title } = first;
    world.github.repository.branches.set(WEB, head.sha);
    const copy = world.github.addPull({ head, title, body, author: "mallory" });
    await world.reopen(copy);
    await world.settle();
    expect((await world.again(copy)).state).toBe("open");
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("what was closed is dead when it is opened again by one who may not promote, and alive by one who may", async () => {
    const world = victim("healthy: false, approvals: 1");
    await world.merge({ "docs/note.md": "x" });
    const promotion = await promoted(world);
    expect(await world.gates(promotion)).toMatch(/^Waiting for \d approvals?/);
    await world.close(promotion);
    await world.reopen(promotion);
    await world.approve(promotion, "mallory");
    expect(await world.gates(promotion)).toContain("This promotion was closed");
    expect(await world.check(promotion)).toMatchObject({ conclusion: "action_required" });
    expect(await world.say("/retry", "mallory", promotion)).toContain("❌ **Not allowed:**");
    await world.settle();
    expect((await world.again(promotion)).state).toBe("open");
    expect(await versionIn(world)).toBe("1.2.0");

    await world.say("/retry", "ada", promotion);
    expect(await versionIn(world)).toBe("1.4.0");
  });
});
