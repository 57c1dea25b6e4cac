import { describe, expect, it } from "vitest";
import { UserError } from "../../src/model/errors.ts";
import type { HandledEvent } from "../../src/model/events.ts";
import type { Prometheus } from "../../src/model/prometheus.ts";
import { where } from "../support/memory-world.ts";
import { appFiles, type PromotionWorld, promotionWorld, versionIn, worldConfig } from "./support/memory-world.ts";

const deploy = "deploy: { engine: apply, cluster: prod }\n";
const proposing = `${deploy}rollback: { propose: true }\n`;
const job = { type: "rollback", ...where, defaultBranch: "main", environment: "prod" } as const;

interface Given {
  readonly prometheus?: Prometheus;
  readonly on?: (event: HandledEvent) => void;
}

/** Prod had 1.4.0, live and healthy, and has 1.5.0 since a minute. */
async function upgraded(prod = proposing, given: Given = {}): Promise<PromotionWorld> {
  const files = { ...appFiles("web", "staging", "1.5.0"), ...appFiles("web", "prod", "1.4.0") };
  const world = promotionWorld({ files: { ".sluice.yaml": worldConfig(prod), ...files }, comments: false, ...given });
  await world.deployOurs("success", "web 1.4.0 is live and healthy in prod");
  await world.pass(60);
  await world.merge(appFiles("web", "prod", "1.5.0"));
  return world;
}

const failure = "web 1.5.0: image cannot be pulled. 3 of 3 pods still run 1.4.0";

async function failed(prod?: string, given?: Given): Promise<PromotionWorld> {
  const world = await upgraded(prod, given);
  await world.deployOurs("in_progress", "Deploying web 1.5.0 to prod");
  await world.pass(10);
  await world.deployOurs("failure", failure);
  return world;
}

function only(world: PromotionWorld, state?: "open" | "closed") {
  const [pull, ...more] = world.promotions(state);
  if (pull === undefined || more.length > 0) throw new Error(`${more.length + 1} pull requests`);
  return pull;
}

describe("a deploy that failed", () => {
  it("has its rollback proposed once, with what is known of it, and automation held until that is decided", async () => {
    const world = await failed();
    const pull = only(world, "open");
    expect(pull.title).toBe("Roll back web in prod: 1.5.0 → 1.4.0 (proposed)");
    expect(pull.body).toContain(
      "**↩️ Proposal: take prod back to web 1.4.0.** The deploy of 1.5.0 failed after 10 minutes: image cannot be pulled. 3 of 3 pods still run 1.4.0.",
    );
    expect(pull.body).toContain("- agree: anyone with write access merges this\n- decline: close this. 1.5.0 stays");
    expect(pull.body).toContain("[Failed deploy](https://github.test/why) · 1.4.0 was healthy in prod from 23 Nov");
    expect(pull.body).toContain("until this is closed, or a newer version is live there");
    expect(await world.held()).toMatchObject({ cause: "rollback", by: "sluice", proposal: pull.number });
    for (let times = 0; times < 3; times += 1) await world.run(job);
    expect(world.promotions()).toHaveLength(1);
    expect(await versionIn(world)).toBe("1.5.0");
  });

  it.each([
    ["nobody asked for proposals", deploy],
    ["another tool deploys", "rollback: { propose: true }\n"],
  ])("is left alone where %s", async (_, prod) => {
    const world = await failed(prod);
    expect(world.promotions()).toEqual([]);
    expect(await world.held()).toBeUndefined();
  });

  it("is told to people who cannot be harmed by what a cluster or a person wrote", async () => {
    const world = await upgraded();
    const evil = "<!-- sluice:gates --> @acme/all [x](https://evil.test) password=hunter2hunter2";
    await world.deployOurs("failure", `web 1.5.0: ${evil}`);
    const { body } = only(world, "open");
    expect(body).not.toMatch(/@acme|\]\(https:\/\/evil|<!-- sluice:gates --> @|hunter2hunter2/);
    expect((await world.held())?.reason).not.toContain("hunter2hunter2");
  });

  it("goes back when a person merges that, and stays held then", async () => {
    const world = await failed();
    await world.land(only(world, "open"));
    expect(await versionIn(world)).toBe("1.4.0");
    expect(await world.held()).toMatchObject({ cause: "rollback" });
    expect(await world.held()).not.toHaveProperty("proposal");
    // The rollback is live: nothing of it is proposed again.
    await world.deployOurs("success");
    expect(world.promotions("open")).toEqual([]);
  });

  it("stays when a person closes that, is not proposed again, and automation goes on", async () => {
    const heard: HandledEvent[] = [];
    const world = await failed(proposing, { on: (event) => heard.push(event) });
    const pull = only(world, "open");
    await world.close(pull);
    expect(world.comments(pull).get("closed-rollback")).toContain("**Declined:** 1.5.0 stays.");
    expect(await world.held()).toBeUndefined();
    await world.deployOurs("in_progress");
    await world.deployOurs("failure", failure);
    expect(world.promotions()).toHaveLength(1);
    expect(world.promotions("open")).toEqual([]);
    expect(new Set(heard.map(({ kind }) => kind))).toEqual(new Set(["hold.set", "hold.ended"]));
    expect((await world.history()).map(({ kind }) => kind)).toEqual(["rollback-proposed", "rollback-declined"]);
  });

  it("ends its hold when it was closed and no event came", async () => {
    const world = await failed();
    const pull = only(world, "open");
    world.github.pulls.set(pull.number, { ...pull, state: "closed", body: "emptied" });
    await world.run(job);
    expect(await world.held()).toBeUndefined();
  });

  it("is fixed forward: the proposal is closed with a word when a later version is live, and the hold ends", async () => {
    const world = await failed();
    const pull = only(world, "open");
    await world.merge(appFiles("web", "prod", "1.5.1"));
    expect((await world.again(pull)).body).toContain("prod has got something else since");
    expect(await world.held()).toMatchObject({ proposal: pull.number });
    await world.deployOurs("in_progress");
    await world.deployOurs("success");
    expect((await world.again(pull)).state).toBe("closed");
    expect(world.comments(pull).get("closed")).toContain("web 1.5.1 is live and healthy in prod");
    expect(await world.held()).toBeUndefined();
    expect((await world.history()).at(-1)).toMatchObject({ kind: "rollback-dropped" });
  });

  it("is fixed forward after somebody ended the hold: the proposal is closed all the same", async () => {
    const world = await failed();
    const pull = only(world, "open");
    await world.say("/release prod/web", "ada", pull);
    expect(await world.held()).toBeUndefined();
    await world.merge(appFiles("web", "prod", "1.5.1"));
    await world.deployOurs("success", "web 1.5.1 is live and healthy in prod");
    expect((await world.again(pull)).state).toBe("closed");
  });

  it("that goes well at another attempt needs no rollback any more", async () => {
    const world = await failed();
    await world.deployOurs("in_progress");
    await world.deployOurs("success");
    expect(world.promotions("open")).toEqual([]);
    expect(await world.held()).toBeUndefined();
  });

  it("is followed by another that fails: the one pull request then goes back from that", async () => {
    const world = await failed();
    const pull = only(world, "open");
    await world.merge(appFiles("web", "prod", "1.5.1"));
    await world.deployOurs("failure", "web 1.5.1: hook migrate failed");
    const now = only(world);
    expect(now.number).toBe(pull.number);
    expect(now.title).toBe("Roll back web in prod: 1.5.1 → 1.4.0 (proposed)");
    expect(now.body).toContain("The deploy of 1.5.1 failed: hook migrate failed.");
    expect(await world.held()).toMatchObject({ proposal: pull.number });
  });

  it("of a rollback proposes nothing, and says why", async () => {
    const world = await failed();
    const pull = only(world, "open");
    await world.land(pull);
    await world.deployOurs("in_progress");
    await world.deployOurs("failure", "web 1.4.0: image cannot be pulled");
    expect(world.promotions("open")).toEqual([]);
    expect(world.comments(pull).get("no-rollback")).toContain("is itself a rollback of web");
  });

  it("of a version that was healthy there before proposes nothing: the version is not what broke it", async () => {
    const world = await upgraded();
    await world.deployOurs("success");
    await world.merge(appFiles("web", "prod", "1.5.0", 9));
    await world.deployOurs("failure", "web 1.5.0: quota exceeded");
    expect(world.promotions()).toEqual([]);
  });

  it("is not compared with versions that failed, too", async () => {
    const world = await failed();
    await world.merge(appFiles("web", "prod", "1.5.1"));
    await world.deployOurs("success");
    await world.merge(appFiles("web", "prod", "1.5.2"));
    await world.deployOurs("failure", "web 1.5.2: bad");
    expect(only(world, "open").title).toContain("1.5.2 → 1.5.1");
  });

  it("never goes back to a version that was itself to be taken back, whatever its check says of health", async () => {
    const world = await upgraded(`${proposing}health: { check: healthy }\n`);
    const healthy = () => {
      const sha = world.github.repository.branches.get("main") ?? "";
      world.github.checksOf.set(sha, [
        { name: "healthy", state: "passed", url: undefined, completedAt: new Date(world.now()).toISOString() },
      ]);
    };
    const older = (await world.github.repository.log({ to: "main" }))[1]?.sha ?? "";
    world.github.checksOf.set(older, [{ name: "healthy", state: "passed", url: undefined, completedAt: undefined }]);
    healthy();
    await world.deployOurs("failure", failure);
    expect(only(world, "open").title).toContain("1.5.0 → 1.4.0");
    await world.merge(appFiles("web", "prod", "1.5.1"));
    await world.deployOurs("failure", "web 1.5.1: bad");
    expect(only(world, "open").title).toContain("1.5.1 → 1.4.0");
  });

  it("has nothing proposed where nothing was ever healthy", async () => {
    const files = { ...appFiles("web", "staging", "1.4.0"), ...appFiles("web", "prod", "1.4.0") };
    const world = promotionWorld({ files: { ".sluice.yaml": worldConfig(proposing), ...files }, comments: false });
    await world.deployOurs("failure", "web 1.4.0: bad");
    await world.merge(appFiles("web", "prod", "1.5.0"));
    await world.deployOurs("failure", failure);
    expect(world.promotions()).toEqual([]);
    expect(await world.held()).toBeUndefined();
  });

  it("leaves what a person rolls back to them", async () => {
    const world = await upgraded();
    await world.say("/rollback prod web");
    const pull = only(world, "open");
    await world.deployOurs("failure", failure);
    expect((await world.again(pull)).title).toBe("Roll back web in prod: 1.5.0 → 1.4.0");
    await world.close(pull);
    expect(await world.held()).toMatchObject({ by: "ada", cause: "rollback" });
  });

  it("becomes a person's rollback when one asks for it", async () => {
    const world = await failed();
    await world.say("/rollback prod web", "ada", only(world, "open"));
    const pull = only(world, "open");
    expect(pull.title).toBe("Roll back web in prod: 1.5.0 → 1.4.0");
    await world.close(pull);
    expect(await world.held()).toMatchObject({ by: "ada" });
  });
});

describe("a proposal that Sluice may merge", () => {
  const automatic = `${deploy}rollback: { propose: true, merge: automatic }\n`;

  it("is merged when its gates pass, and not before a person approved where that is asked for", async () => {
    const world = await failed(`${automatic}gates: { approvals: 1 }\n`);
    const pull = only(world, "open");
    expect(pull.body).toContain("- agree: anyone with write access approves; Sluice merges");
    expect(await versionIn(world)).toBe("1.5.0");
    await world.approve(pull, "bob");
    expect(await versionIn(world)).toBe("1.4.0");
  });

  it("is merged at once where no approval is asked for", async () => {
    expect(await versionIn(await failed(automatic))).toBe("1.4.0");
  });

  it("is not merged over what came since", async () => {
    const world = await failed(`${automatic}gates: { approvals: 1 }\n`);
    await world.merge(appFiles("web", "prod", "1.5.1"));
    await world.approve(await world.again(only(world, "open")), "bob");
    expect(await versionIn(world)).toBe("1.5.1");
  });
});

describe("automation of what is held by a proposal", () => {
  it("opens nothing until the proposal ends", async () => {
    const world = await failed(`${proposing}promote: { auto: true }\ngates: { healthy: false }\n`);
    await world.merge(appFiles("web", "staging", "1.6.0"));
    expect(world.promotions("open").map(({ title }) => title)).toEqual([
      "Roll back web in prod: 1.5.0 → 1.4.0 (proposed)",
    ]);
    await world.close(only(world, "open"));
    expect(world.promotions("open").map(({ title }) => title)).toEqual(["Promote web to prod: 1.5.0 → 1.6.0"]);
  });
});

describe("a deploy that is live", () => {
  const watched = (verify: string) => `${deploy}rollback: { propose: true, verify: ${verify} }\n`;

  it("and degrades in the time in which it is watched is taken for one that failed", async () => {
    const world = await upgraded(watched("{ for: 10m }"));
    await world.deployOurs("success");
    await world.pass(4);
    await world.deployOurs("failure", "web 1.5.0: crashes");
    expect(only(world, "open").body).toContain("1.5.0 was live for 4 minutes, then failed: crashes.");
  });

  it.each([
    ["later", watched("{ for: 10m }")],
    ["where nothing is watched", proposing],
  ])("and degrades %s is not", async (_, prod) => {
    const world = await upgraded(prod);
    await world.deployOurs("success");
    await world.pass(11);
    await world.deployOurs("failure", "web 1.5.0: crashes");
    expect(world.promotions()).toEqual([]);
  });

  const check = (world: PromotionWorld, state: "passed" | "failed", name = "e2e-prod") => {
    const sha = world.github.repository.branches.get("main") ?? "";
    const completedAt = new Date(world.now()).toISOString();
    world.github.checksOf.set(sha, [{ name, state, url: undefined, completedAt }]);
    return world.settle();
  };

  it("and whose check fails is one that failed, until a person decides", async () => {
    const world = await upgraded(watched('{ checks: ["e2e-{environment}"] }'));
    await world.deployOurs("success");
    await check(world, "failed", "other");
    expect(world.promotions()).toEqual([]);
    await check(world, "failed");
    const pull = only(world, "open");
    expect(pull.body).toMatch(/1\.5\.0 is live, and the check e2e-prod failed on `[0-9a-f]{7}`\./);
    // Its Deployment says that it is live all the time.
    await world.pass(30);
    expect((await world.again(pull)).state).toBe("open");
    await world.merge(appFiles("web", "prod", "1.5.1"));
    await world.deployOurs("success");
    expect((await world.again(pull)).state).toBe("closed");
  });

  it("and whose check fails after that time is none", async () => {
    const world = await upgraded(watched('{ checks: ["e2e-prod"] }'));
    await world.deployOurs("success");
    await world.pass(11);
    await check(world, "failed");
    expect(world.promotions()).toEqual([]);
  });

  const query = watched('{ for: 5m, queries: [{ prometheus: main, query: "errors{app=\\"{app}\\"}", max: 0.05 }] }');

  it("is asked for its values every half minute, and one above its limit is a failure", async () => {
    const asked: string[] = [];
    const values: readonly number[][] = [[0.01], [], [0.2]];
    const prometheus: Prometheus = {
      values: async ({ query: text }) => values[Math.min(asked.push(text), values.length) - 1] ?? [],
    };
    const world = await upgraded(query, { prometheus });
    asked.length = 0;
    await world.deployOurs("success");
    expect(world.promotions()).toEqual([]);
    for (let times = 0; times < 4; times += 1) await world.pass(0.6);
    expect(only(world, "open").body).toContain('1.5.0 is live, and `errors{app="web"}` gives 0.2, above 0.05.');
    expect(new Set(asked)).toEqual(new Set(['errors{app="web"}']));
  });

  it("is asked no more when the time is over, and once for its end where nobody looked", async () => {
    const moments: number[] = [];
    const prometheus: Prometheus = {
      values: async ({ at }) => {
        moments.push(at);
        return [];
      },
    };
    const world = await upgraded(query, { prometheus });
    moments.length = 0;
    await world.deployOurs("success");
    const since = moments[0] ?? 0;
    await world.pass(30);
    await world.pass(30);
    expect(moments.at(-1)).toBe(since + 5 * 60_000);
    expect(world.promotions()).toEqual([]);
    const many = moments.length;
    await world.run(job);
    expect(moments).toHaveLength(many);
  });

  it("is not judged by a Prometheus that does not answer, and who asks in vain is told once", async () => {
    const down: Prometheus = { values: async () => Promise.reject(new Error("down")) };
    const world = await upgraded(query, { prometheus: down });
    await world.deployOurs("success");
    await world.pass(30);
    expect(world.promotions()).toEqual([]);
    const unknown: Prometheus = {
      values: async () =>
        Promise.reject(new UserError("permission", "there is no Prometheus main", { fix: "Correct it." })),
    };
    const other = await upgraded(query, { prometheus: unknown });
    await other.deployOurs("success");
    await other.pass(1);
    const [merged] = other.pulls("change-");
    const told = (world: PromotionWorld, pull = merged) =>
      [...(pull ? world.comments(pull) : [])].filter(([marker]) => marker.startsWith("unverified-"));
    expect(told(other)).toEqual([
      [
        expect.anything(),
        expect.stringContaining("web in prod is not verified:** there is no Prometheus main. Correct it."),
      ],
    ]);
    // A name that no marker can have.
    const odd = promotionWorld({
      files: { ".sluice.yaml": worldConfig(query), ...appFiles("Web.API", "prod", "1.4.0") },
      comments: false,
      prometheus: unknown,
    });
    await odd.merge(appFiles("Web.API", "prod", "1.5.0"));
    await odd.deployOurs("success");
    const payload = { sluice: { operation: "o", apps: ["Web.API"] } };
    const all = odd.github.deploymentsTo.get("prod") ?? [];
    odd.github.deploymentsTo.set(
      "prod",
      all.map((one) => ({ ...one, payload })),
    );
    await odd.run(job);
    expect(told(odd, odd.pulls("change-")[0])).toHaveLength(1);
  });
});
