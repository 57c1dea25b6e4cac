import { describe, expect, it } from "vitest";
import { appFiles } from "../../promote/support/memory-world.ts";
import { failed, live, progressing, reportWorld, waiting } from "./world.ts";

describe("gates, where Sluice deploys", () => {
  it("look at the Deployments that name the app, and need nothing else to be set up", async () => {
    const world = reportWorld(["web", "api"]);
    const change = await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.say("/promote prod web", "ada", change);
    const gates = async () => {
      await world.settle();
      const [promotion] = world.promotions("open");
      return promotion === undefined ? "" : world.gates(promotion);
    };
    expect(await gates()).not.toMatch(/set up|deployments: write/i);
    await world.tell({ web: progressing(), api: live(world.now()) }, "staging");
    expect(await gates()).toContain("**Healthy in staging:** not yet, the deployment to staging is in progress");
    await world.tell({ web: live(world.now()), api: live(world.now()) }, "staging");
    // Another app of the same environment fails later: nothing of that is about this one.
    await world.merge(appFiles("api", "staging", "1.5.0"));
    await world.tell({ web: live(world.now()), api: failed(world.now()) }, "staging");
    expect(await gates()).toContain("✅ **Healthy in staging** since 23 Nov, 09:00 UTC (deployment to staging)");
  });
});

describe("gates, where Sluice applies to a cluster", () => {
  const gated = async () => {
    const world = reportWorld();
    const change = await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.say("/promote prod web", "ada", change);
    const [promotion] = world.promotions("open");
    return { ...world, gates: async () => (promotion === undefined ? "" : world.gates(promotion)) };
  };

  it("are passed by no Deployment that a person makes", async () => {
    const world = await gated();
    await world.deploy("staging", "success");
    expect(await world.gates()).not.toContain("✅ **Healthy in staging**");
  });

  it("are passed by no status that a person adds to Sluice's own Deployment", async () => {
    const world = await gated();
    await world.tell({ web: failed(world.now()) }, "staging");
    await world.deploy("staging", "success");
    expect(await world.gates()).not.toContain("✅ **Healthy in staging**");
    await world.tell({ web: live(world.now()) }, "staging");
    await world.settle();
    expect(await world.gates()).toContain("✅ **Healthy in staging**");
  });
});

describe("where a change is", () => {
  const rows = (text = "") =>
    text.split("\n").filter((line) => line.startsWith("###") || /^\| (?:prod|staging)/.test(line));

  it("follows the deploy, and says why it failed", async () => {
    const world = reportWorld();
    const change = await world.merge(appFiles("web", "staging", "1.5.0"));
    const told = async (state: Parameters<typeof world.tell>[0][string], environment: string) => {
      await world.tell({ web: state }, environment);
      await world.settle();
      return rows(world.comments(change).get("chain"));
    };
    const prod = "| prod | ◻️ not yet, has `1.4.0` |";
    expect(await told(waiting, "staging")).toEqual([
      "### web 1.5.0: deploying to staging",
      prod,
      "| staging | ⏸️ waits: prod is on hold by mona |",
    ]);
    expect(await told(progressing(), "staging")).toEqual([
      "### web 1.5.0: deploying to staging",
      prod,
      "| staging | ⏳ deploying since 09:00 UTC: 1 of 3 pods ready |",
    ]);
    expect(await told(live(world.now()), "staging")).toEqual([
      "### web 1.5.0: live in staging, not yet in prod",
      prod,
      "| staging | ✅ live and healthy since 23 Nov, 09:00 UTC |",
    ]);
    await world.tell({ web: live(world.now()) }, "prod");
    await world.say("/promote prod", "ada", change);
    const [promotion] = world.promotions("open");
    if (promotion !== undefined) await world.land(promotion, "bob");
    expect(await told(failed(world.now()), "prod")).toEqual([
      "### ❌ web 1.5.0: deploy to prod failed",
      expect.stringMatching(/^\| prod \| ❌ failed 23 Nov, 09:\d\d UTC; still `1\.4\.0` \|$/),
      "| staging | ✅ live and healthy since 23 Nov, 09:00 UTC |",
    ]);
    expect(world.comments(change).get("chain")).toContain(
      "**Reason:** image cannot be pulled. 3 of 3 pods still run 1.4.0. [Details](https://github.test/acme/gitops/pull/",
    );
    expect(promotion && world.said(promotion.number)[0]).toContain(
      "<sub>Merged in #2 by `bob`, asked for by `ada` · main",
    );
    expect(await told(live(world.now()), "prod")).toEqual([
      "### web 1.5.0: live in prod",
      expect.stringMatching(/^\| prod \| ✅ live since 23 Nov, 09:\d\d UTC \(#2\) \|$/),
      "| staging | ✅ live and healthy since 23 Nov, 09:00 UTC |",
    ]);
  });
});
