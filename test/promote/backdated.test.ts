import { describe, expect, it } from "vitest";
import type { Files } from "../support/memory-world.ts";
import { appFiles, type PromotionWorld, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const automatic = "gates: { healthy: false }\npromote: { auto: true, merge: automatic }";
const where = { installationId: 1, repository: { owner: "acme", name: "gitops" } };

/** Automation brought 1.5.0 to prod. */
async function promoted(prod = automatic): Promise<PromotionWorld> {
  const files = { ...appFiles("web", "staging", "1.4.0"), ...appFiles("web", "prod", "1.4.0") };
  const world = promotionWorld({ files: { ".sluice.yaml": worldConfig(prod), ...files } });
  await world.merge(appFiles("web", "staging", "1.5.0"));
  await world.pass(60);
  return world;
}

/** Puts a commit that says this date onto `main` now. */
async function pushDated(world: PromotionWorld, files: Files, date: number): Promise<void> {
  const { repository } = world.github;
  const head = repository.branches.get("main") ?? "";
  const { oid } = await repository.tree(head);
  const changes = Object.entries(files).map(([path, text]) => {
    const bytes = Buffer.from(text ?? "");
    return { kind: "write", path, bytes, executable: false } as const;
  });
  const about = { parents: [head], message: "Back to 1.4.0", date: new Date(date).toISOString(), author: "bob" };
  repository.branches.set("main", await repository.commitChanges(oid, changes, about));
  await world.settle();
}

const holdOf = async (world: PromotionWorld) =>
  (await world.ports.state.read(where, new AbortController().signal)).hold("prod", "web", world.now());

describe("a revert that was committed before a release and pushed after it", () => {
  it("holds automation, which does not bring the version again", async () => {
    const world = await promoted();
    expect(await versionIn(world)).toBe("1.5.0");
    const committed = world.now();
    await world.pass(10);
    await world.say("/hold prod/web look at it");
    await world.say("/release prod/web");
    await world.pass(30);
    await pushDated(world, appFiles("web", "prod", "1.4.0"), committed);
    await world.merge({ "docs/note.md": "x" });
    expect(await versionIn(world)).toBe("1.4.0");
    expect((await holdOf(world))?.cause).toBe("revert");
    await world.say("/release prod/web");
    expect(await holdOf(world)).toBeUndefined();
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("holds automation after a hold that ended by itself", async () => {
    const world = await promoted();
    const committed = world.now();
    await world.pass(10);
    await world.say("/hold prod/web --until 15m look at it");
    await world.pass(30);
    await pushDated(world, appFiles("web", "prod", "1.4.0"), committed);
    expect((await holdOf(world))?.cause).toBe("revert");
    expect(await versionIn(world)).toBe("1.4.0");
  });

  it("stops a promotion that was asked for before it was pushed", async () => {
    const gated = "gates: { healthy: false, approvals: 1 }\npromote: { merge: automatic }";
    const world = await promoted(gated);
    await world.say("/promote prod web");
    const [first] = world.promotions("open");
    if (first === undefined) throw new Error("nothing opened");
    await world.approve(first);
    const committed = world.now();
    await world.merge(appFiles("web", "staging", "1.6.0"));
    await world.pass(10);
    await world.say("/promote prod web");
    await pushDated(world, appFiles("web", "prod", "1.4.0"), committed);
    const [next] = world.promotions("open");
    if (next === undefined) throw new Error("nothing opened");
    await world.approve(next);
    expect(await versionIn(world)).toBe("1.4.0");
  });
});

describe("a revert whose date is in the future", () => {
  it("is released like any other", async () => {
    const world = await promoted();
    await pushDated(world, appFiles("web", "prod", "1.4.0"), world.now() + 7 * 24 * 3_600_000);
    expect((await holdOf(world))?.cause).toBe("revert");
    await world.say("/release prod/web");
    expect(await holdOf(world)).toBeUndefined();
    expect(await versionIn(world)).toBe("1.5.0");
  });
});
