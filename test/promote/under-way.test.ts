import { describe, expect, it } from "vitest";
import { appFiles, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const files = { ...appFiles("web", "staging", "1.4.0"), ...appFiles("web", "prod", "1.4.0") };
const where = { installationId: 1, repository: { owner: "acme", name: "gitops" } };
const signal = AbortSignal.timeout(600_000);

/** An open promotion of 1.5.0 that is merged by itself when its gates pass. */
async function opened(approvals: number, queue = false) {
  const config = worldConfig(`gates: { healthy: false, approvals: ${approvals} }\npromote: { merge: automatic }`);
  const world = promotionWorld({ files: { ".sluice.yaml": config, ...files } });
  world.github.mergeQueue = queue;
  await world.merge(appFiles("web", "staging", "1.5.0"));
  await world.say("/promote prod");
  const [pull] = world.promotions("open");
  if (pull === undefined) throw new Error("no promotion");
  return { world, pull };
}

describe("a merge under way is stopped", () => {
  it("by a hold that was answered while the gates were evaluated", async () => {
    const { world, pull } = await opened(1);
    const at = new Date(world.now()).toISOString();
    const held = { kind: "held", id: "h", at, by: "ada", environment: "prod", apps: ["web"], reason: "stop" } as const;
    world.github.before("reviews", () => void world.ports.state.record(where, held, signal));
    await world.approve(pull);
    expect(await versionIn(world)).toBe("1.4.0");
    expect((await world.check(pull))?.summary).toContain("stop");
  });

  it("by a step back in the source that was pushed after the gates passed", async () => {
    const { world, pull } = await opened(1);
    world.github.before("upsertCheck", async () => {
      await world.push("main", appFiles("web", "staging", "1.4.0"), "mona");
    });
    await world.approve(pull);
    expect(await versionIn(world)).toBe("1.4.0");
    expect((await world.check(pull))?.conclusion).not.toBe("success");
  });
});

describe("a promotion in the merge queue", () => {
  it("is taken out by a hold, and put back when that ends", async () => {
    const { world, pull } = await opened(0, true);
    expect(world.github.queued).toContain(pull.number);
    await world.say("/hold prod/web stop");
    expect(world.github.queued).not.toContain(pull.number);
    expect((await world.again(pull)).body).not.toContain("merge queue");
    await world.say("/release prod/web");
    expect(world.github.queued).toContain(pull.number);
  });

  it("is asked about only where Sluice put it there", async () => {
    const { world, pull } = await opened(1, true);
    await world.settle();
    expect(world.github.calls).not.toContain("dequeue");
    await world.approve(pull);
    await world.settle();
    expect(world.github.queued).toContain(pull.number);
    expect(world.github.calls).not.toContain("dequeue");
  });
});
