import { describe, expect, it } from "vitest";
import { appFiles, type PromotionWorld, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const plain = "gates: { healthy: false }";

/** Staging and prod with these apps, each with its version in both. */
function worldOf(
  apps: Readonly<Record<string, readonly [staging: string | undefined, prod: string | undefined]>>,
  prod = plain,
): PromotionWorld {
  const files = Object.entries(apps).map(([app, [staging, production]]) => ({
    ...(staging === undefined ? {} : appFiles(app, "staging", staging)),
    ...(production === undefined ? {} : appFiles(app, "prod", production)),
  }));
  return promotionWorld({ files: Object.assign({ ".sluice.yaml": worldConfig(prod) }, ...files) });
}

const web = (prod?: string) => worldOf({ web: ["1.4.0", "1.2.0"] }, prod);

describe("07-first-time-dead-end", () => {
  it("a wish on an open pull request: the reply and the chain say what is missing", async () => {
    const world = web("allow: { permission: write }");
    const pull = await world.propose(appFiles("web", "staging", "1.5.0"));
    const reply = await world.say("/promote prod");
    for (const way of ["GitHub Deployments", "health: { check: … }", "gates: { healthy: false }"])
      expect(reply).toContain(way);
    await world.land(pull);
    const chain = world.comments(pull).get("chain");
    for (const way of ["GitHub Deployments", "health: { check: … }", "gates: { healthy: false }"])
      expect(chain).toContain(way);
  });

  it("on a merged pull request: the gate says the same", async () => {
    const world = web("allow: { permission: write }");
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.say("/promote prod");
    const [promotion] = world.promotions("open");
    const check = promotion && (await world.check(promotion));
    const row = check?.summary.split("\n").find((line) => line.includes("**Healthy in staging:**"));
    for (const way of ["GitHub Deployments", "health: { check: … }", "gates: { healthy: false }"])
      expect(row).toContain(way);
  });
});

describe("08-one-new-app-blocks-the-others", () => {
  async function merged(): Promise<PromotionWorld> {
    const world = worldOf({ web: ["1.4.0", "1.2.0"], db: ["1.4.0", "1.2.0"] });
    await world.merge(Object.assign({}, ...["web", "db", "new"].map((app) => appFiles(app, "staging", "1.5.0"))));
    return world;
  }

  it("those that can go do, and the reply says what is missing for the other one", async () => {
    const world = await merged();
    const reply = await world.say("/promote prod");
    expect(world.reaction()).toBe("rocket");
    expect(reply).toContain("Opened #2");
    expect(reply).toContain("apps/new/prod");
    const [promotion] = world.promotions("open");
    expect(promotion?.title).toBe("Promote db, web to prod");
    expect(promotion?.body).toContain("apps/new/prod");
  });

  it("named, it is refused with the path that is missing", async () => {
    const world = await merged();
    const reply = await world.say("/promote prod new");
    expect(world.reaction()).toBe("-1");
    expect(reply).toContain("apps/new/prod");
    expect(reply).not.toContain("sluice targets");
  });
});

describe("11-refusals-get-a-rocket", () => {
  const broken = { "apps/web/staging/nope.yaml": "just text\n" };

  it("the source does not render", async () => {
    const world = web();
    await world.merge({ ...appFiles("web", "staging", "1.5.0"), ...broken });
    const reply = await world.say("/promote prod web");
    expect(world.reaction()).toBe("-1");
    expect(reply).toContain("apps/web/staging/nope.yaml is no resource");
    expect(world.promotions()).toEqual([]);
  });

  it("the target does not render", async () => {
    const world = web();
    await world.merge({ ...appFiles("web", "staging", "1.5.0"), "apps/web/prod/nope.yaml": "just text\n" });
    const reply = await world.say("/promote prod web");
    expect(world.reaction()).toBe("-1");
    expect(reply).toContain("apps/web/prod/nope.yaml is no resource");
    expect(world.promotions()).toEqual([]);
  });

  it("the edit would also change another target", async () => {
    const shared = `${worldConfig(plain)}  - name: eu\n    path: apps/{app}/prod\n`;
    const apps = { ...appFiles("web", "staging", "1.4.0"), ...appFiles("web", "prod", "1.2.0") };
    const world = promotionWorld({ files: { ".sluice.yaml": shared, ...apps } });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    const reply = await world.say("/promote prod web");
    expect(world.reaction()).toBe("-1");
    expect(reply).toContain("would also change web in eu");
    expect(reply).toContain("set the version in a file that only this environment reads");
    expect(world.promotions()).toEqual([]);
  });

  it("some go, some do not", async () => {
    const world = worldOf({ web: ["1.4.0", "1.2.0"], db: ["1.4.0", "1.2.0"] });
    await world.merge({ ...appFiles("web", "staging", "1.5.0"), "apps/db/staging/nope.yaml": "just text\n" });
    const reply = await world.say("/promote prod web db");
    expect(world.reaction()).toBe("rocket");
    expect(reply).toMatch(/Opened #2.*web.*not .*db/is);
  });

  it("nothing to do is no refusal", async () => {
    const world = worldOf({ web: ["1.4.0", "1.4.0"] });
    await world.merge({ "docs/note.md": "x" });
    await world.say("/promote prod web");
    expect(world.reaction()).toBe("rocket");
  });
});

describe("12-dry-run-hides-a-downgrade", () => {
  it("reply, title, table and findings say that it goes back", async () => {
    const world = worldOf({ web: ["1.5.0", "1.9.0"] }, "gates: { healthy: false, findings: warning }");
    await world.merge({ "docs/note.md": "x" });
    expect(await world.say("/promote prod web --dry-run")).toContain("| web | `1.9.0` | `1.5.0` ⬇️ older |");
    expect(await world.say("/promote prod web")).toContain("prod gets web 1.5.0 in place of 1.9.0 ⬇️ older.");
    const [promotion] = world.promotions("open");
    expect(promotion?.title).toMatch(/1\.9\.0 → 1\.5\.0 \(older\)$/);
    expect(promotion?.body).toContain("**⬇️ prod would go back to web 1.5.0**");
    const check = promotion && (await world.check(promotion));
    expect(check?.summary).toContain("/ack older-version");
  });

  it("nothing is said of tags without an order", async () => {
    const world = worldOf({ web: ["build-a", "build-b"] });
    await world.merge({ "docs/note.md": "x" });
    expect(await world.say("/promote prod web")).not.toContain("older");
    expect(world.promotions("open")[0]?.title).not.toContain("older");
  });
});

describe("13-dry-run-on-an-open-pull-request", () => {
  it("says that this pull request is not in it", async () => {
    const world = worldOf({ web: ["1.5.0", "1.2.0"] });
    await world.propose(appFiles("web", "staging", "1.6.0"));
    const reply = await world.say("/promote prod --dry-run");
    expect(reply).toContain("| web | `1.2.0` | `1.5.0` |");
    expect(reply).toContain("this pull request is not merged");
  });
});

describe("a version by name", () => {
  async function moved(): Promise<PromotionWorld> {
    const world = web();
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.merge(appFiles("web", "staging", "1.6.0"));
    return world;
  }

  it.each([
    "/promote prod web=1.5.0",
    "/promote prod web@1.5.0",
    "/promote prod web --version 1.5.0",
    "/promote prod/web@1.5.0",
  ])("%s", async (line) => {
    const world = await moved();
    await world.say(line);
    expect(world.promotions("open").map(({ title }) => title)).toEqual(["Promote web to prod: 1.2.0 → 1.5.0"]);
    const [promotion] = world.promotions("open");
    const check = promotion && (await world.check(promotion));
    expect(check?.summary).toContain("gone on to 1.6.0");
  });

  it("an unknown version is refused with those that staging had", async () => {
    const world = await moved();
    const reply = await world.say("/promote prod web@9.9.9");
    expect(world.reaction()).toBe("-1");
    for (const version of ["1.6.0", "1.5.0", "1.4.0"]) expect(reply).toContain(version);
  });

  it("stays what was asked for when it is planned again", async () => {
    const world = await moved();
    await world.say("/promote prod web@1.5.0");
    await world.merge(appFiles("web", "prod", "1.3.0"), "bob");
    expect(world.promotions("open")[0]?.title).toBe("Promote web to prod: 1.3.0 → 1.5.0");
  });
});

describe("18-chain-of-three", () => {
  const config = `version: 1
environments:
  - name: dev
    path: apps/{app}/dev
  - name: staging
    path: apps/{app}/staging
    from: dev
    gates: { healthy: false }
  - name: prod
    path: apps/{app}/prod
    from: staging
    gates: { healthy: false }
`;

  async function three(): Promise<PromotionWorld> {
    const apps = ["web", "api"].flatMap((app) =>
      ["dev", "staging", "prod"].map((name) => appFiles(app, name, "1.0.0")),
    );
    const world = promotionWorld({ files: Object.assign({ ".sluice.yaml": config }, ...apps) });
    await world.merge({ ...appFiles("web", "dev", "1.1.0"), ...appFiles("api", "dev", "2.0.0") }, "ada", "Speed up");
    return world;
  }

  it("an environment is skipped", async () => {
    const world = await three();
    const reply = await world.say("/promote prod");
    expect(world.reaction()).toBe("-1");
    expect(reply).toContain("in dev only");
    expect(reply).toContain("/promote staging");
    expect(world.promotions()).toEqual([]);
  });

  it("authors stay known", async () => {
    const world = await three();
    await world.say("/promote staging");
    const [first] = world.promotions("open");
    if (first !== undefined) await world.land(first, "mona");
    await world.say("/promote prod");
    const [second] = world.promotions("open");
    expect(second?.title).toContain("prod");
    expect(second?.body).toMatch(/#1 Speed up.*ada/);
    expect(second?.body).toContain(`#${first?.number}`);
    expect(await versionIn(world, "staging")).toBe("1.1.0");
  });
});

describe("19-rollback-words", () => {
  it("to what prod has", async () => {
    const world = web();
    await world.merge(appFiles("web", "prod", "1.5.1"));
    expect(await world.say("/rollback prod web --to 1.5.1")).toContain("prod has web 1.5.1 already");
    expect(world.promotions()).toEqual([]);
    expect(await world.say("/rollback prod web --to 9.9.9")).toContain("1.5.1");
  });

  it("lists what goes away, is named by a promotion, and says what stays when it is closed", async () => {
    const world = web();
    const pull = await world.merge(appFiles("web", "prod", "1.3.0"), "ada", "A bad change");
    await world.say("/rollback prod web");
    const [rollback] = world.promotions("open");
    if (rollback === undefined) throw new Error("nothing opened");
    expect(rollback.body).toMatch(new RegExp(`### What goes away\\n\\n- #${pull.number} A bad change`));
    expect(rollback.body).not.toContain("A newer version replaces");
    expect(await world.say("/promote prod web", "ada", pull)).toContain(`A rollback is open too: #${rollback.number}`);
    const promotion = world.promotions("open").find(({ number }) => number !== rollback.number);
    const bodies = await Promise.all([rollback, promotion].map(async (one) => one && (await world.again(one)).body));
    expect(bodies[0]).toContain(`A promotion is open too: #${promotion?.number}.`);
    expect(bodies[1]).toContain(`A rollback is open too: #${rollback.number}.`);
    await world.github.updatePullRequest(rollback.number, { state: "closed" });
    await world.ports.queue.add({
      type: "gates",
      installationId: 1,
      repository: { owner: "acme", name: "gitops" },
      pullRequest: rollback.number,
    });
    await world.pass(0);
    expect(world.comments(rollback).get("closed-rollback")).toContain("/release prod/web");
  });

  it("to a commit that is none", async () => {
    const world = web();
    await world.merge(appFiles("web", "prod", "1.5.0"));
    const reply = await world.say("/rollback prod web --to deadbeef");
    expect(reply).toContain("never had");
    expect(reply).toContain("1.2.0");
  });
});

describe("23-command-forms", () => {
  it.each([
    ["  /promote prod web"],
    ["/promote prod/web"],
    ["/promote PROD web"],
    ["/promote Prod. web"],
    ["/promote prod w*"],
    ["/promote prod --all"],
    ["/promote prod web,"],
    ["/promote prod WEB"],
  ])("%s is carried out", async (line) => {
    const world = web();
    await world.merge({ "docs/note.md": "x" });
    await world.say(line);
    expect(world.promotions("open").map(({ title }) => title)).toEqual(["Promote web to prod: 1.2.0 → 1.4.0"]);
  });

  it.each([["- /promote prod web"], ["**/promote prod web**"], ["`/promote prod web`"], ["1. `/promote prod web`"]])(
    "%s is answered with how to write it",
    async (line) => {
      const world = web();
      await world.merge({ "docs/note.md": "x" });
      const reply = await world.say(line);
      expect(reply).toContain("alone at the start of its line");
      expect(world.reaction()).toBe("-1");
      expect(world.promotions()).toEqual([]);
    },
  );

  it("/hold and /release take both forms", async () => {
    const world = web();
    await world.merge({ "docs/note.md": "x" });
    for (const place of ["prod/web", "prod web", "PROD web"]) {
      expect(await world.say(`/hold ${place}`)).toContain("**prod/web is on hold.**");
      expect(await world.say(`/release ${place}`)).toContain("**prod/web is released**");
    }
    expect(await world.say("/hold prod web is broken")).toContain("**prod is on hold:**");
    expect(await world.say("/release prod")).toContain("**prod is released**");
  });

  it("globs and --all count what they mean", async () => {
    const world = worldOf(
      Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`app-${index}`, ["1.4.0", "1.2.0"]] as const)),
    );
    await world.merge({ "docs/note.md": "x" });
    expect(await world.say("/promote prod app-1*")).toContain("3 apps");
    expect(await world.say("/promote prod --all")).toContain("12 apps");
    expect(await world.say("/promote prod nothing-*")).toContain("no app of `prod` matches");
  });
});
