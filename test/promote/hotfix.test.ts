import { describe, expect, it } from "vitest";
import { appFiles, type PromotionWorld, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const automatic = "gates: { healthy: false }\npromote: { auto: true, merge: automatic }";

interface Start {
  readonly prod?: string;
  readonly version?: string;
}

/** Both environments have the same version, and nothing was ever promoted. */
function equal({ prod = automatic, version = "1.4.0" }: Start = {}): PromotionWorld {
  const apps = { ...appFiles("web", "staging", version), ...appFiles("web", "prod", version) };
  return promotionWorld({ files: { ".sluice.yaml": worldConfig(prod), ...apps } });
}

/** Staging and prod have 1.5.0, which automation brought to prod. */
async function promoted(start?: Start): Promise<PromotionWorld> {
  const world = equal(start);
  await world.merge(appFiles("web", "staging", "1.5.0"));
  return world;
}

const hotfix = (version = "1.5.1") => appFiles("web", "prod", version);

describe("01-automation-undoes-a-hotfix", () => {
  it("a person moves prod ahead", async () => {
    const world = await promoted();
    expect(await versionIn(world)).toBe("1.5.0");
    await world.merge(hotfix(), "bob");
    await world.merge({ "docs/note.md": "A file that no target reads.\n" });
    await world.merge(appFiles("web", "staging", "1.5.0", 5));
    expect(await versionIn(world)).toBe("1.5.1");
    expect(world.promotions()).toHaveLength(1);
  });

  it("the same with health", async () => {
    const world = equal({ prod: "promote: { auto: true, merge: automatic }" });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.deploy("staging");
    expect(await versionIn(world)).toBe("1.5.0");
    await world.merge(hotfix(), "bob");
    await world.deploy("staging");
    expect(await versionIn(world)).toBe("1.5.1");
  });

  it("people merge", async () => {
    const world = await promoted({ prod: "gates: { healthy: false }\npromote: { auto: true }" });
    const [promotion] = world.promotions("open");
    if (promotion !== undefined) await world.land(promotion, "mona");
    expect(await versionIn(world)).toBe("1.5.0");
    await world.merge(hotfix(), "bob");
    await world.settle();
    expect(world.promotions("open")).toEqual([]);
  });

  it("hold, hotfix, release", async () => {
    const world = await promoted();
    await world.say("/hold prod/web a hotfix comes");
    await world.merge(hotfix(), "bob");
    expect(await world.say("/release prod/web")).toContain("staging has nothing newer to bring");
    expect(await versionIn(world)).toBe("1.5.1");
    expect(world.promotions("open")).toEqual([]);
  });

  it("the merge of a promotion is heard of after its rollback", async () => {
    const world = equal({ prod: "gates: { healthy: false }" });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.say("/promote prod");
    const [promotion] = world.promotions("open");
    if (promotion === undefined) throw new Error("no promotion");
    await world.merge({ ".sluice.yaml": worldConfig("gates: { healthy: false }\npromote: { auto: true }") });
    const merged = await world.landUnheard(promotion, "mona");
    expect(await world.say("/rollback prod web", "ada", promotion)).toContain("**On hold:** nothing promotes");
    await world.hear(merged);
    const [rollback] = world.promotions("open");
    if (rollback === undefined) throw new Error("no rollback");
    world.github.pulls.set(rollback.number, { ...rollback, state: "closed" });
    await world.merge(appFiles("web", "staging", "1.6.0"));
    expect(await versionIn(world)).toBe("1.5.0");
    expect(world.promotions("open")).toEqual([]);
  });

  it("the source goes back", async () => {
    const world = equal({ version: "1.5.0" });
    const pull = await world.merge(appFiles("web", "staging", "1.4.0"));
    expect(await versionIn(world)).toBe("1.5.0");
    expect(world.promotions()).toEqual([]);
    const ahead = "prod | ◻️ newer than staging, which stays until somebody takes it back; has `1.5.0`";
    expect(world.comments(pull).get("chain")).toContain(ahead);
    expect(await world.say("/status", "ada", pull)).toContain(ahead);
  });

  it("tags without an order", async () => {
    for (const brought of [true, false]) {
      const world = equal({ version: brought ? "build-a" : "build-b" });
      if (brought) await world.merge(appFiles("web", "staging", "build-b"));
      expect(await versionIn(world)).toBe("build-b");
      await world.merge(hotfix("urgent-1"), "bob");
      await world.merge(appFiles("web", "staging", "build-b", 5));
      expect(await versionIn(world)).toBe("urgent-1");
      // What staging gets next may lack the fix: nobody can tell from the tags.
      await world.merge(appFiles("web", "staging", "build-c"));
      expect(await versionIn(world)).toBe("urgent-1");
      await world.say("/release prod/web");
      expect(await versionIn(world)).toBe("build-c");
    }
  });

  it("tags without an order, from a branch that is called like one of Sluice's", async () => {
    const world = await promoted({ version: "build-a" });
    await world.merge(appFiles("web", "staging", "build-b"));
    const pull = await world.propose(hotfix("urgent-1"), "bob");
    const ref = "sluice/hotfix";
    world.github.repository.branches.set(ref, pull.head.sha);
    world.github.pulls.set(pull.number, { ...pull, head: { ...pull.head, ref } });
    await world.land(pull, "bob");
    await world.merge(appFiles("web", "staging", "build-c"));
    expect(await versionIn(world)).toBe("urgent-1");
  });

  it("tags without an order, released before the source moves", async () => {
    const world = await promoted({ version: "build-a" });
    await world.merge(appFiles("web", "staging", "build-b"));
    await world.merge(hotfix("urgent-1"), "bob");
    expect(await world.say("/release prod/web")).toContain("staging has nothing newer to bring");
    expect(await versionIn(world)).toBe("urgent-1");
    await world.merge(appFiles("web", "staging", "build-c"));
    expect(await versionIn(world)).toBe("build-c");
  });

  it("automation goes on", async () => {
    const world = await promoted();
    await world.merge(hotfix(), "bob");
    await world.merge(appFiles("web", "staging", "1.6.0"));
    expect(await versionIn(world)).toBe("1.6.0");
  });

  it("what the source had gone past already still comes", async () => {
    const world = await promoted({ prod: `${automatic.replace("healthy: false", "healthy: false, approvals: 1")}` });
    const [promotion] = world.promotions("open");
    if (promotion !== undefined) await world.approve(promotion);
    expect(await versionIn(world)).toBe("1.5.0");
    await world.merge(appFiles("web", "staging", "1.7.0"));
    await world.merge(hotfix(), "bob");
    const [next] = world.promotions("open");
    expect(next?.title).toContain("1.5.1 → 1.7.0");
  });

  it("what a person took back stays, until the source moves or somebody releases it", async () => {
    const world = await promoted();
    await world.merge(hotfix("1.2.0"), "bob");
    await world.merge({ "docs/note.md": "A file that no target reads.\n" });
    expect(await versionIn(world)).toBe("1.2.0");
    await world.merge(appFiles("web", "staging", "1.6.0"));
    expect(await versionIn(world)).toBe("1.6.0");
  });

  it("a person may still go back", async () => {
    const world = await promoted();
    await world.merge(hotfix(), "bob");
    await world.say("/promote prod web");
    const [promotion] = world.promotions("open");
    expect(promotion?.title).toContain("1.5.1 → 1.5.0");
    expect(await versionIn(world)).toBe("1.5.1");
    if (promotion !== undefined) await world.land(promotion, "mona");
    expect(await versionIn(world)).toBe("1.5.0");
  });
});

describe("02-approved-upgrade-becomes-a-downgrade", () => {
  const soaked = "gates: { approvals: 1, soak: 30m }\npromote: { merge: automatic }";

  /** A promotion of 1.5.0 to prod, which has 1.2.0, approved by bob while it soaks. */
  async function approved(): Promise<PromotionWorld> {
    const world = equal({ prod: soaked, version: "1.2.0" });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.deploy("staging");
    await world.say("/promote prod");
    const [promotion] = world.promotions("open");
    if (promotion !== undefined) await world.approve(promotion);
    return world;
  }

  it("a hotfix passes the promotion while it soaks", async () => {
    const world = await approved();
    await world.merge(hotfix(), "bob");
    await world.pass(31);
    expect(await versionIn(world)).toBe("1.5.1");
    const [promotion] = world.promotions("open");
    if (promotion === undefined) throw new Error("it was closed");
    expect(promotion.title).toContain("1.5.1 → 1.5.0");
    expect(promotion.body).toContain("would go back to web 1.5.0");
    expect(world.github.reviewsOf.get(promotion.number)).toMatchObject([{ state: "dismissed" }]);
    // Not even when somebody approves that: a person merges it.
    await world.approve(promotion, "grace");
    expect(await versionIn(world)).toBe("1.5.1");
  });

  it("prod is put back meanwhile", async () => {
    const world = await approved();
    await world.merge(hotfix("1.1.0"), "bob");
    await world.pass(31);
    expect(await versionIn(world)).toBe("1.1.0");
    const [promotion] = world.promotions("open");
    if (promotion !== undefined) await world.approve(promotion, "grace");
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("main moves elsewhere", async () => {
    const world = await approved();
    await world.merge({ "docs/note.md": "A file that prod does not read.\n" });
    await world.pass(31);
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("prod changes in another file than the one that is edited", async () => {
    const world = await approved();
    const more = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: more, namespace: prod }\ndata: { a: b }\n";
    await world.merge({ "apps/web/prod/more.yaml": more }, "bob");
    await world.pass(31);
    expect(await versionIn(world)).toBe("1.2.0");
    const [promotion] = world.promotions("open");
    if (promotion !== undefined) await world.approve(promotion, "grace");
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("the branch is rewound to an older head of ours: approvals of the newer one do not count", async () => {
    const world = equal({ prod: "gates: { approvals: 1, healthy: false }\npromote: { merge: automatic }" });
    await world.merge(appFiles("web", "staging", "1.5.0"));
    await world.say("/promote prod");
    const [first] = world.promotions("open");
    if (first === undefined) throw new Error("nothing opened");
    const { head, body } = await world.again(first);
    await world.merge(appFiles("web", "staging", "1.6.0"));
    await world.say("/promote prod");
    const newer = await world.again(first);
    world.github.reviewsOf.set(first.number, [
      {
        id: 1,
        user: "bob",
        bot: false,
        state: "approved",
        commit: newer.head.sha,
        at: new Date(world.now()).toISOString(),
      },
    ]);
    world.github.repository.branches.set(head.ref, head.sha);
    await world.github.updatePullRequest(first.number, { body });
    await world.ports.queue.add({
      type: "gates",
      installationId: 1,
      repository: { owner: "acme", name: "gitops" },
      pullRequest: first.number,
    });
    await world.pass(0);
    expect(await versionIn(world)).toBe("1.4.0");
  });
});

describe("03-source-took-the-version-back", () => {
  const gated = (more: string) => `gates: { approvals: 1${more} }\npromote: { merge: automatic }`;

  /** A promotion of 1.5.0 to prod, which has 1.2.0, that waits for an approval. */
  async function waiting(prod: string, staging = "", app = "web"): Promise<PromotionWorld> {
    const apps = ["web", "api"].map((one) => ({
      ...appFiles(one, "staging", "1.2.0"),
      ...appFiles(one, "prod", "1.2.0"),
    }));
    const files = Object.assign({ ".sluice.yaml": worldConfig(prod, staging) }, ...apps);
    const world = promotionWorld({ files });
    await world.merge({ ...appFiles("web", "staging", "1.5.0"), ...appFiles("api", "staging", "1.5.0") });
    await world.say(`/promote prod ${app}`);
    return world;
  }

  async function approve(world: PromotionWorld): Promise<void> {
    const [promotion] = world.promotions("open");
    if (promotion !== undefined) await world.approve(promotion);
  }

  const green = { name: "health/web", state: "passed", url: undefined } as const;

  it("health by a check", async () => {
    const world = await waiting(gated(""), 'health: { check: "health/{app}" }');
    const { branches } = world.github.repository;
    const pass = () =>
      world.github.checksOf.set(branches.get("main") ?? "", [
        { ...green, completedAt: new Date(world.now()).toISOString() },
      ]);
    pass();
    await world.merge(appFiles("web", "staging", "1.4.0"), "bob");
    pass();
    await approve(world);
    expect(await versionIn(world)).toBe("1.2.0");
  });

  it("health by deployments, a soak", async () => {
    const world = await waiting("gates: { soak: 30m }\npromote: { merge: automatic }");
    await world.deploy("staging");
    await world.merge(appFiles("web", "staging", "1.4.0"), "bob");
    await world.pass(31);
    expect(await versionIn(world)).toBe("1.2.0");
  });

  it("no health", async () => {
    const world = await waiting(gated(", healthy: false"));
    const pull = await world.merge(appFiles("web", "staging", "1.4.0"), "bob");
    await approve(world);
    expect(await versionIn(world)).toBe("1.2.0");
    const [first] = world.github.pulls.values();
    const chain = first && world.comments(first).get("chain");
    expect(chain).toMatch(
      new RegExp(`staging · web \\| .*taken back by \`bob\` with #${pull.number}, .*; has \`1\\.4\\.0\``),
    );
    const [promotion] = world.promotions("open");
    expect(promotion?.body.replaceAll("\u200b", "")).toContain(`#${pull.number}`);
    const check = promotion && (await world.check(promotion));
    expect(check?.summary).toContain("1.4.0");
  });

  it("one of a group", async () => {
    const world = await waiting(gated(", healthy: false"), "", "web api");
    await world.merge(appFiles("api", "staging", "1.4.0"), "bob");
    await approve(world);
    expect(await versionIn(world, "prod", "api")).toBe("1.2.0");
    await world.say("/promote prod web");
    const [, alone] = world.promotions("open");
    if (alone !== undefined) await world.approve(alone);
    expect(await versionIn(world)).toBe("1.5.0");
    expect(await versionIn(world, "prod", "api")).toBe("1.2.0");
  });

  it("it comes again", async () => {
    const world = await waiting(gated(", healthy: false"));
    await world.merge(appFiles("web", "staging", "1.4.0"), "bob");
    await world.merge(appFiles("web", "staging", "1.5.0"), "bob");
    await approve(world);
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("it comes again and is asked for again", async () => {
    const world = await waiting(gated(", healthy: false"));
    await world.merge(appFiles("web", "staging", "1.4.0"), "bob");
    await world.merge(appFiles("web", "staging", "1.5.0"), "bob");
    await world.say("/promote prod web");
    await approve(world);
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("went back and on from there: it was taken back all the same", async () => {
    const world = await waiting(gated(", healthy: false"));
    await world.merge(appFiles("web", "staging", "1.4.0"), "bob");
    await world.merge(appFiles("web", "staging", "1.6.0"), "bob");
    await approve(world);
    expect(await versionIn(world)).toBe("1.2.0");
  });

  it("staging goes forward meanwhile", async () => {
    const world = await waiting(gated(", healthy: false"));
    await world.merge(appFiles("web", "staging", "1.6.0"), "bob");
    await approve(world);
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it("tags without an order go back to what was there before", async () => {
    const world = equal({ prod: gated(", healthy: false"), version: "build-a" });
    await world.merge(appFiles("web", "staging", "build-b"));
    await world.say("/promote prod web");
    await world.merge(appFiles("web", "staging", "build-a"), "bob");
    await approve(world);
    expect(await versionIn(world)).toBe("build-a");
  });

  it("is overridden like any gate", async () => {
    const world = await waiting(gated(", healthy: false"));
    await world.merge(appFiles("web", "staging", "1.4.0"), "bob");
    await approve(world);
    const [promotion] = world.promotions("open");
    await world.say("/override current we need it now", "mona", promotion);
    expect(await versionIn(world)).toBe("1.5.0");
  });
});
