import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { appFiles, type PromotionWorld, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const both = (app: string) => ({ ...appFiles(app, "staging", "1.4.0"), ...appFiles(app, "prod", "1.4.0") });

/** `prod`, whose `pay` is for mona alone. */
function config(prod = "gates: { healthy: false }\npromote: { merge: automatic }", pay = ""): string {
  return `${worldConfig(prod)}apps:\n  pay: { environments: { prod: { allow: { users: [mona] }${pay} } } }\n`;
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
    expect(said).toContain("✅ **Opened #2** with 1 of 2 apps: web 1.4.0 → 1.5.0.");
    expect(said).toContain("❌ **Not included: pay.** Only mona may act on `prod`. Ask mona.");
  });

  it("waits on where the merge came after the sweep had read the base", async () => {
    const world = worldOf();
    const pull = await world.propose(appFiles("web", "staging", "1.5.0"), "bob");
    await world.say("/promote prod web", "bob", pull);
    const merged = { ...pull, state: "closed", merged: true, mergeCommit: "f".repeat(40) } as const;
    world.github.pulls.set(pull.number, merged);
    await world.settle();
    expect(await waiting(world)).toHaveLength(1);
    world.github.pulls.set(pull.number, pull);
    await world.land(pull, "ada");
    expect(await versionIn(world, "prod", "web")).toBe("1.5.0");
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
    expect(said).toContain(
      "❌ **Not promoted:** only people with write access may act on `prod`. Ask one of them.\n\n<sub>Asked for by `bob` before the merge</sub>",
    );
    expect(await waiting(world)).toEqual([]);
  });

  it("is refused by the configuration that is there at the merge", async () => {
    const world = worldOf();
    const pull = await world.propose(appFiles("web", "staging", "1.5.0"), "bob");
    await world.say("/promote prod web", "bob", pull);
    await world.merge({ ".sluice.yaml": config("gates: { healthy: false }\nallow: { users: [ada] }") });
    await world.land(pull, "ada");
    expect(world.promotions()).toEqual([]);
    expect([...world.comments(pull).values()].join("\n")).toContain(
      "❌ **Not promoted:** only ada may act on `prod`. Ask ada.\n\n<sub>Asked for by `bob` before the merge</sub>",
    );
  });

  it("is not ended by that of somebody else who may not promote any more", async () => {
    const world = worldOf();
    const pull = await world.propose(appFiles("web", "staging", "1.5.0"), "bob");
    await world.say("/promote prod", "ada", pull);
    await world.say("/promote prod", "bob", pull);
    world.github.permissions.set("bob", "read");
    await world.land(pull, "ada");
    expect(await versionIn(world)).toBe("1.5.0");
    const said = [...world.comments(pull).values()].join("\n");
    expect(said).toContain("✅ **Opened #2:**");
    expect(said).toContain("<sub>Asked for by `bob` before the merge</sub>");
    expect(await waiting(world)).toEqual([]);
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

describe("promotions that were asked for before the merge", () => {
  /** So many requests for `web`, on pull requests of their own. */
  async function asked(world: PromotionWorld, count: number): Promise<readonly PullRequest[]> {
    const pulls: PullRequest[] = [];
    for (let nth = 0; nth < count; nth += 1) {
      const pull = await world.propose({ [`docs/${nth}.md`]: "x" }, "ada");
      const about = { by: "ada", environment: "prod", apps: ["web"], pullRequest: pull.number };
      const at = new Date(world.now()).toISOString();
      await world.ports.state.record(where, { kind: "waiting", id: `waiting-${nth}`, at, ...about }, signal());
      pulls.push(pull);
    }
    return pulls;
  }

  it("on a hundred open pull requests keep no later one waiting, and cost one call", async () => {
    const world = worldOf();
    await asked(world, 100);
    const pull = await world.propose(appFiles("web", "staging", "1.5.0"), "bob");
    await world.say("/promote prod", "bob", pull);
    world.github.calls.length = 0;
    await world.settle();
    expect(world.github.calls.filter((call) => call.includes("ull"))).toEqual(["openPullRequests"]);
    await world.land(pull, "bob");
    expect(await versionIn(world)).toBe("1.5.0");
    expect(await waiting(world)).toHaveLength(100);
  });

  it("on a hundred merged pull requests whose version is not healthy keep no later one waiting for ever", async () => {
    const unhealthy = config("promote: { merge: automatic }", ", gates: { healthy: false }");
    const files = { ".sluice.yaml": unhealthy, ...both("web"), ...both("pay") };
    const world = promotionWorld({ comments: false, files });
    const main = world.github.repository.branches.get("main");
    for (const { number } of await asked(world, 110)) world.github.closePull(number, main);
    const pull = await world.propose(appFiles("pay", "staging", "1.5.0"), "mona");
    await world.say("/promote prod pay", "mona", pull);
    await world.landUnheard(pull, "mona");
    for (let nth = 0; nth < 20 && (await versionIn(world, "prod", "pay")) !== "1.5.0"; nth += 1) {
      await world.pass(1);
      await world.settle();
    }
    expect(await versionIn(world, "prod", "pay")).toBe("1.5.0");
    expect(await waiting(world)).toHaveLength(110);
  });

  it("fall away with a pull request that goes into another branch by now, and say so", async () => {
    const world = worldOf();
    const pull = await world.propose(appFiles("web", "staging", "1.5.0"), "bob");
    await world.say("/promote prod", "bob", pull);
    world.github.pulls.set(pull.number, { ...pull, base: { ...pull.base, ref: "next" } });
    await world.settle();
    expect([...world.comments(pull).values()].join("\n")).toContain(
      "`/promote prod` falls away: the pull request goes into `next` by now, and promotions live on `main`.",
    );
    expect(await waiting(world)).toEqual([]);
  });
});

const where = { installationId: 1, repository: { owner: "acme", name: "gitops" } };
const signal = () => new AbortController().signal;

async function waiting(world: PromotionWorld) {
  return (await world.ports.state.read(where, signal())).deferredRequests();
}
