import { describe, expect, it } from "vitest";
import { appFiles, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const files = { ...appFiles("web", "staging", "1.4.0"), ...appFiles("web", "prod", "1.4.0") };

/** An open promotion of 1.5.0, soaked, to whose branch grace pushed another version. */
async function pushedTo(gates: string) {
  const world = promotionWorld({ files: { ".sluice.yaml": worldConfig(gates), ...files } });
  await world.merge(appFiles("web", "staging", "1.5.0"));
  await world.deploy("staging");
  await world.say("/promote prod");
  await world.pass(60);
  const [pull] = world.promotions("open");
  if (pull === undefined) throw new Error("no promotion");
  await world.push(pull.head.ref, appFiles("web", "prod", "9.9.9"), "grace");
  return { world, pull };
}

describe("what a person pushed to a promotion", () => {
  it("passes no gate that is about the version that was verified", async () => {
    const { world, pull } = await pushedTo("gates: { soak: 30m }");
    await world.settle();
    const check = await world.check(pull);
    expect(check?.conclusion).not.toBe("success");
    expect(check?.summary.match(/what was pushed to the branch is not what was verified/g)).toHaveLength(3);
    expect(check?.summary).not.toContain("9.9.9 was healthy");
  });

  it("is not approved by who pushed it", async () => {
    const { world, pull } = await pushedTo("gates: { healthy: false, current: false, approvals: 1 }");
    await world.approve(pull, "grace");
    expect((await world.check(pull))?.summary).toContain(
      "The approval of `grace`, who pushed to this branch, does not count",
    );
    expect((await world.check(pull))?.conclusion).not.toBe("success");
    await world.approve(pull, "bob");
    expect((await world.check(pull))?.conclusion).toBe("success");
  });

  it("can be passed by an override, gate by gate", async () => {
    const { world, pull } = await pushedTo("gates: { healthy: false, soak: 30m, current: false }");
    await world.settle();
    expect((await world.check(pull))?.conclusion).not.toBe("success");
    await world.say("/override soak a hotfix that was tried by hand", "mona", pull);
    expect((await world.check(pull))?.conclusion).toBe("success");
    expect(await versionIn(world)).toBe("1.4.0");
  });
});
