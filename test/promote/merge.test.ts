import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { appFiles, type PromotionWorld, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const WEB = "sluice/promote/prod/web";

/** A world whose promotions to prod Sluice merges; staging has 1.4.0 and prod 1.2.0. */
function automatic({ promote = "merge: automatic", gates = "healthy: false" } = {}): PromotionWorld {
  const apps = { ...appFiles("web", "staging", "1.4.0"), ...appFiles("web", "prod", "1.2.0") };
  const config = worldConfig(`promote: { ${promote} }\ngates: { ${gates} }`);
  return promotionWorld({ files: { ".sluice.yaml": config, ...apps } });
}

/** A promotion of 1.4.0 that ada asked for. */
async function asked(world: PromotionWorld): Promise<PullRequest> {
  await world.merge({ "docs/note.md": "x" });
  await world.say("/promote prod web");
  const [promotion] = world.promotions();
  if (promotion === undefined) throw new Error("nothing opened");
  return promotion;
}

/** It was merged, the history has it, and the branch is gone. */
async function settled(world: PromotionWorld, promotion: PullRequest): Promise<void> {
  const { merged, mergeCommit } = await world.again(promotion);
  expect(merged).toBe(true);
  expect(await world.history()).toContainEqual(
    expect.objectContaining({ id: `merged-${promotion.number}`, mergeCommit }),
  );
  expect(world.github.repository.branches.has(WEB)).toBe(false);
}

const merges = (world: PromotionWorld) => world.github.calls.filter((call) => call === "merge").length;

describe("merge: automatic", () => {
  it.for([
    { method: "squash", parents: 1, subject: /^Promote web to prod: 1\.2\.0 → 1\.5\.0 \(#\d+\)$/ },
    { method: "merge", parents: 2, subject: /^Merge pull request #\d+ from / },
    { method: "rebase", parents: 1, subject: /^Promote web to prod: 1\.2\.0 → 1\.5\.0$/ },
  ])("merges by $method, writes the history, deletes the branch, updates the status comment", async (given) => {
    const world = automatic({ promote: `merge: automatic, method: ${given.method}` });
    const pull = await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.say("/promote prod");
    const [promotion] = world.promotions("closed");
    if (promotion === undefined) throw new Error("nothing was merged");
    expect((await world.again(promotion)).mergedBy).toBe("sluice");
    await settled(world, promotion);
    const [head] = await world.github.repository.log({ to: "main", limit: 1 });
    expect(head?.parents).toHaveLength(given.parents);
    expect(head?.message).toMatch(given.subject);
    expect(await versionIn(world)).toBe("1.5.0");
    expect(world.comments(pull).get("chain")).toContain(`(#${promotion.number})`);
  });

  it("merges again soon when GitHub asks to", async () => {
    const world = automatic();
    const reason = "Base branch was modified. Review and try the merge again.";
    world.github.nextMerge = { kind: "retry", reason };
    // No event, and no time that passes.
    const promotion = await asked(world);
    await settled(world, promotion);
    expect(merges(world)).toBe(2);
  });

  it("never merges another head than the one that was evaluated", async () => {
    const world = automatic({ gates: "healthy: false, approvals: 1" });
    const promotion = await asked(world);
    expect(await world.gates(promotion)).toMatch(/^Waiting for \d approvals?/);
    world.github.before("merge", async () => {
      await world.push(WEB, appFiles("web", "prod", "6.6.6"), "grace");
    });
    await world.approve(promotion, "grace");
    await world.settle();
    const gates = await world.gates(promotion);
    expect(gates).toContain("`grace` changed what prod gets here");
    expect(gates).toContain("0 of 1.");
    expect(merges(world)).toBe(1);
    expect((await world.again(promotion)).state).toBe("open");
    expect(await versionIn(world)).toBe("1.2.0");
  });

  it("merges by itself what changes nothing in the render, where that is so configured, and says so", async () => {
    const promote = "strategy: directory, exclude: [app.yaml], mergeEmpty: true";
    const world = automatic({ promote });
    await world.merge({ "apps/web/staging/NOTES.md": "Read me.\n" });
    await world.say("/promote prod web");
    const [promotion] = world.promotions("closed");
    if (promotion === undefined) throw new Error("nothing was merged");
    expect(promotion.body).toContain("the render stays the same; nothing changes in the cluster");
    await settled(world, promotion);
    expect(await world.file("apps/web/prod/NOTES.md")).toBe("Read me.\n");
  });

  it("enters the merge queue where the base has one, says so, and settles when the queue has merged it", async () => {
    const world = automatic();
    world.github.nextMerge = { kind: "queue", reason: "Changes must be made through the merge queue" };
    const promotion = await asked(world);
    expect(await world.gates(promotion)).toContain("It is in the merge queue");
    expect(world.github.calls).toContain("enqueue");
    expect((await world.again(promotion)).state).toBe("open");
    await world.land(promotion, "github-merge-queue[bot]");
    await settled(world, promotion);
  });
});
