import { describe, expect, it } from "vitest";
import { appFiles, type PromotionWorld, promotionWorld, worldConfig } from "./support/memory-world.ts";

const gated = "gates: { healthy: false, approvals: 1 }\npromote: { merge: automatic }";
const both = (app: string) => ({ ...appFiles(app, "staging", "1.4.0"), ...appFiles(app, "prod", "1.4.0") });

/** Prod promotes from one of two environments, once its source is healthy. */
function twoSources(from: "staging" | "qa"): string {
  return `version: 1
environments:
  - { name: qa, path: "apps/{app}/qa" }
  - { name: staging, path: "apps/{app}/staging" }
  - { name: prod, path: "apps/{app}/prod", from: ${from}, promote: { merge: automatic } }
`;
}

const told = (world: PromotionWorld) =>
  world.promotions().map((pull) => `${pull.state}: ${world.comments(pull).get("closed")}`);

describe("an open promotion whose source is another one by now", () => {
  it("is closed with the reason when the configuration takes its versions from elsewhere", async () => {
    const files = { ...both("web"), ...appFiles("web", "qa", "2.0.0-beta") };
    const world = promotionWorld({ files: { ".sluice.yaml": twoSources("staging"), ...files } });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.say("/promote prod web");
    await world.merge({ ".sluice.yaml": twoSources("qa") });
    expect(told(world)).toEqual([
      "closed: **Closed: prod promotes web from qa now, and this came from staging.** To plan it from what is there now: `/promote prod <app>`.",
    ]);
    await world.deploy("staging");
    expect(await world.file("apps/web/prod/app.yaml")).toContain("web:1.4.0");
  });

  it("is not merged by an approval that comes before it is closed", async () => {
    const config = (from: string) =>
      `${worldConfig(gated).replace("from: staging", `from: ${from}`)}  - { name: qa, path: "apps/{app}/qa" }\n`;
    const files = { ...both("web"), ...appFiles("web", "qa", "2.0.0-beta") };
    const world = promotionWorld({ files: { ".sluice.yaml": config("staging"), ...files } });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.say("/promote prod web");
    const [promotion] = world.promotions("open");
    if (promotion === undefined) throw new Error("nothing opened");
    await world.landUnheard(await world.propose({ ".sluice.yaml": config("qa") }));
    await world.approve(promotion);
    expect(await world.file("apps/web/prod/app.yaml")).toContain("web:1.4.0");
    expect(told(world)).toEqual([
      "closed: **Closed: prod promotes web from qa now, and this came from staging.** To plan it from what is there now: `/promote prod <app>`.",
    ]);
  });

  it("is closed with the reason when one of its apps left the source, and nothing else opens", async () => {
    const world = promotionWorld({ files: { ".sluice.yaml": worldConfig(gated), ...both("web"), ...both("api") } });
    await world.merge({ ...appFiles("web", "staging", "1.5.0"), ...appFiles("api", "staging", "1.5.0") });
    await world.say("/promote prod web api");
    await world.merge({ "apps/api/staging/app.yaml": null, ...appFiles("web", "prod", "1.4.0", 3) });
    expect(told(world)).toEqual([
      expect.stringContaining("closed: **Closed: api has no target in staging any more.**"),
    ]);
  });

  it("stays open when one of its apps left the environment, and nothing else opens", async () => {
    const world = promotionWorld({ files: { ".sluice.yaml": worldConfig(gated), ...both("web"), ...both("api") } });
    await world.merge({ ...appFiles("web", "staging", "1.5.0"), ...appFiles("api", "staging", "1.5.0") });
    await world.say("/promote prod web api");
    await world.merge({ "apps/api/prod/app.yaml": null });
    expect(told(world)).toEqual(["open: undefined"]);
    const [promotion] = world.promotions("open");
    expect((promotion && (await world.check(promotion)))?.summary).toContain("`api` has no target in `prod` any more");
  });
});
