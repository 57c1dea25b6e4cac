import { describe, expect, it } from "vitest";
import type { Files } from "../support/memory-world.ts";
import { appFiles, type PromotionWorld, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const automatic = "gates: { healthy: false }\npromote: { auto: true, merge: automatic }";

/** Everything in the first commit of all. */
function begun(versions: Readonly<Record<string, string>>, prod = automatic): PromotionWorld {
  const apps = Object.entries(versions).map(([environment, version]) => appFiles("web", environment, version));
  return promotionWorld({ files: Object.assign({ ".sluice.yaml": worldConfig(prod) }, ...apps) });
}

/** The folder of an app gets another name, and nothing else changes. */
async function renamed(world: PromotionWorld, environments: readonly string[] = ["staging", "prod"]): Promise<void> {
  const moved: Record<string, string | null> = {};
  for (const environment of environments) {
    moved[`apps/shop/${environment}/app.yaml`] = await world.file(`apps/web/${environment}/app.yaml`);
    moved[`apps/web/${environment}/app.yaml`] = null;
  }
  await world.merge(moved);
}

const inShop = async (world: PromotionWorld) =>
  /image: "\S+:([^"]+)"/.exec(await world.file("apps/shop/prod/app.yaml"))?.[1];

/** What staging gets next, under the new name. */
async function next(world: PromotionWorld, version: string): Promise<void> {
  const path = "apps/shop/staging/app.yaml";
  await world.merge({ [path]: (await world.file(path)).replace(/(image: "\S+:)[^"]+/, `$1${version}`) });
}

describe("an app whose folder gets another name", () => {
  it("stays rolled back", async () => {
    const world = begun({ staging: "1.4.0", prod: "1.4.0" });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.say("/rollback prod web");
    const [rollback] = world.promotions("open");
    if (rollback === undefined) throw new Error("no rollback");
    await world.land(rollback, "mona");
    await renamed(world);
    await world.merge({ "docs/note.md": "x" });
    expect(await inShop(world)).toBe("1.4.0");
    await next(world, "1.5.1");
    expect(await inShop(world)).toBe("1.5.1");
  });

  it.each([
    ["a hotfix whose tag has no order", { "apps/web/prod/app.yaml": "f333333" }, "f333333"],
    ["a version that somebody put back", { "apps/web/prod/app.yaml": "1.3.0" }, "1.3.0"],
  ])("keeps %s", async (_, { "apps/web/prod/app.yaml": version }, stays) => {
    const world = begun({ staging: "1.4.0", prod: "1.4.0" });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.merge(appFiles("web", "prod", version), "bob");
    await renamed(world);
    await world.merge({ "docs/note.md": "x" });
    expect(await inShop(world)).toBe(stays);
  });

  it("keeps what a hold kept", async () => {
    const world = begun({ staging: "1.4.0", prod: "1.4.0" });
    await world.say("/hold prod/web an incident", "ada", await world.merge(appFiles("web", "staging", "1.4.0", 2)));
    await world.merge(appFiles("web", "staging", "1.6.0"));
    await renamed(world);
    await world.merge({ "docs/note.md": "x" });
    expect(await inShop(world)).toBe("1.4.0");
  });

  it("stays as it is where its folder in the environment alone has another place", async () => {
    const world = begun({ staging: "1.4.0", prod: "1.4.0" });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.merge(appFiles("web", "prod", "1.3.0"), "bob");
    const config = worldConfig(automatic).replace("apps/{app}/prod", "live/{app}");
    const files: Files = {
      ".sluice.yaml": config,
      "apps/web/prod/app.yaml": null,
      "live/web/app.yaml": await world.file("apps/web/prod/app.yaml"),
    };
    await world.merge(files);
    await world.merge({ "docs/note.md": "x" });
    expect(await world.file("live/web/app.yaml")).toContain("web:1.3.0");
    await world.merge(appFiles("web", "staging", "1.6.0"));
    expect(await world.file("live/web/app.yaml")).toContain("web:1.6.0");
  });
});

describe("a source that still has what it began with", () => {
  it("opens nothing by itself, and a person promotes it", async () => {
    const world = begun({ staging: "1.5.0", prod: "1.4.0" });
    await world.merge({ "docs/note.md": "x" });
    expect(world.promotions()).toEqual([]);
    await world.say("/promote prod web");
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("is not said to be promoted by itself", async () => {
    const world = begun({ staging: "1.5.0", prod: "1.4.0" }, "promote: { auto: true }");
    const pull = await world.merge(appFiles("web", "staging", "1.5.0", 2));
    const told = () => world.comments(pull).get("chain");
    expect(told()).toContain("| prod | ◻️ not yet");
    expect(told()).toContain("comment `/promote prod`");
    await world.merge(appFiles("web", "staging", "1.5.1"));
    expect((await world.say("/status", "ada", pull)).match(/prod .*/)?.[0]).toContain("promoted automatically");
  });

  it("opens nothing where it came after the target, until it moves", async () => {
    const world = begun({ prod: "1.4.0" });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    expect(world.promotions()).toEqual([]);
    await world.merge(appFiles("web", "staging", "1.5.1"));
    expect(await versionIn(world)).toBe("1.5.1");
  });
});

describe("a target that still has what it began with", () => {
  it("gets what the source moved to since, in a repository that was there before Sluice", async () => {
    const world = begun({ staging: "1.4.0", prod: "1.4.0" }, "gates: { healthy: false }");
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.merge(appFiles("web", "staging", "1.6.0"));
    await world.merge({ ".sluice.yaml": worldConfig(automatic) });
    expect(await versionIn(world)).toBe("1.6.0");
  });

  it("gets the source's next version where it came after the source", async () => {
    const world = begun({ staging: "1.4.0" });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.merge(appFiles("web", "prod", "1.4.0"));
    expect(await versionIn(world)).toBe("1.4.0");
    await world.merge(appFiles("web", "staging", "1.6.0"));
    expect(await versionIn(world)).toBe("1.6.0");
  });
});
