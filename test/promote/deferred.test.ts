import { describe, expect, it } from "vitest";
import { appFiles, type PromotionWorld, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const both = (app: string) => ({ ...appFiles(app, "staging", "1.4.0"), ...appFiles(app, "prod", "1.4.0") });

/** `prod`, whose `pay` is for mona alone. */
function config(prod = "gates: { healthy: false }\npromote: { merge: automatic }"): string {
  return `${worldConfig(prod)}apps:\n  pay: { environments: { prod: { allow: { users: [mona] } } } }\n`;
}

function worldOf(): PromotionWorld {
  return promotionWorld({ files: { ".sluice.yaml": config(), ...both("web"), ...both("pay") } });
}

describe("a promotion that was asked for before the merge", () => {
  it("carries no app that was pushed later and that the person may not promote", async () => {
    const world = worldOf();
    const pull = await world.propose(appFiles("web", "staging", "1.5.0"), "bob");
    await world.say("/promote prod", "bob", pull);
    await world.push(pull.head.ref, appFiles("pay", "staging", "6.6.6"), "bob");
    await world.land(pull, "ada");
    expect(await versionIn(world, "prod", "web")).toBe("1.5.0");
    expect(await versionIn(world, "prod", "pay")).toBe("1.4.0");
    const said = [...world.comments(pull).values()].join("\n");
    expect(said).toContain("As `bob` asked before the merge: opened #2: `web` `1.4.0 → 1.5.0`");
    expect(said).toMatch(/Not carried: `pay`: only mona may act on `prod`/);
  });

  it("frees no app of a rollback's hold that the person may not promote", async () => {
    const world = worldOf();
    const pull = await world.propose(appFiles("web", "staging", "1.5.0"), "bob");
    await world.say("/promote prod", "bob", pull);
    await world.push(pull.head.ref, appFiles("pay", "staging", "6.6.6"), "bob");
    await world.land(pull, "ada");
    const state = await world.ports.state.read(where, signal());
    const asked = (await state.history("prod", "pay")).filter(({ kind }) => kind === "requested");
    expect(asked).toEqual([]);
  });

  it("is refused where the person may promote nothing of it any more", async () => {
    const world = worldOf();
    const pull = await world.propose(appFiles("web", "staging", "1.5.0"), "bob");
    await world.say("/promote prod", "bob", pull);
    world.github.permissions.set("bob", "read");
    await world.land(pull, "ada");
    expect(await versionIn(world)).toBe("1.4.0");
    expect(world.promotions()).toEqual([]);
    const said = [...world.comments(pull).values()].join("\n");
    expect(said).toContain("`/promote prod` of `bob`: 👎 only people with write permission may act on `prod`");
    expect(await waiting(world)).toEqual([]);
  });

  it("is refused by the configuration that is there at the merge", async () => {
    const world = worldOf();
    const pull = await world.propose(appFiles("web", "staging", "1.5.0"), "bob");
    await world.say("/promote prod web", "bob", pull);
    await world.merge({ ".sluice.yaml": config("gates: { healthy: false }\nallow: { users: [ada] }") });
    await world.land(pull, "ada");
    expect(world.promotions()).toEqual([]);
    expect([...world.comments(pull).values()].join("\n")).toContain("👎 only ada may act on `prod`");
  });

  it("carries nothing where the pull request touches no app any more", async () => {
    const world = worldOf();
    await world.merge(appFiles("pay", "staging", "1.5.0"), "ada");
    const pull = await world.propose(appFiles("web", "staging", "1.5.0"), "mona");
    await world.say("/promote prod", "mona", pull);
    await world.push(pull.head.ref, { ...appFiles("web", "staging", "1.4.0"), "docs/note.md": "x" }, "mona");
    await world.land(pull, "ada");
    expect(world.promotions()).toEqual([]);
    expect([...world.comments(pull).values()].join("\n")).toContain("touches no app that is promoted to `prod`");
    expect(await waiting(world)).toEqual([]);
  });
});

const where = { installationId: 1, repository: { owner: "acme", name: "gitops" } };
const signal = () => new AbortController().signal;

async function waiting(world: PromotionWorld) {
  return (await world.ports.state.read(where, signal())).deferredRequests();
}
