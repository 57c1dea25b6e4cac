import { describe, expect, it } from "vitest";
import type { PullRequest } from "../../src/model/github.ts";
import { appFiles, type PromotionWorld, promotionWorld, worldConfig } from "./support/memory-world.ts";

const WEB = "sluice/promote/prod/web";

/**
 * Only members of the team may act on prod, and only ada may pass its gates: ada and olga (write, in the right team)
 * may act on prod, mallory (write) and the reader (in the team) may not.
 */
function guarded(prod = "", apps: readonly string[] = ["web"]): PromotionWorld {
  const gates = "gates: { healthy: false, approvals: 1, override: { users: [ada], permission: write } }";
  const files = apps.map((app) => ({ ...appFiles(app, "staging", "1.4.0"), ...appFiles(app, "prod", "1.2.0") }));
  const config = worldConfig(`allow: { teams: [release] }\n${gates}\n${prod}`);
  const world = promotionWorld({ files: Object.assign({ ".sluice.yaml": config }, ...files) });
  const { permissions, teams } = world.github;
  for (const login of ["olga", "mallory"]) permissions.set(login, "write");
  permissions.set("reader", "read");
  teams.set("release", ["ada", "olga", "reader"]);
  teams.set("developers", ["mallory"]);
  return world;
}

/** The promotion of an app that ada asked for on a pull request of hers. */
async function asked(
  world: PromotionWorld,
  app = "web",
): Promise<{ readonly pull: PullRequest; readonly promotion: PullRequest }> {
  const pull = await world.merge({ [`docs/${app}.md`]: "x" });
  await world.say(`/promote prod ${app}`);
  const promotion = world.promotions("open").at(-1);
  if (promotion === undefined) throw new Error("nothing opened");
  return { pull, promotion };
}

describe("what is no command", () => {
  it("is not answered: code, quotes, HTML comments", async () => {
    const world = guarded();
    const pull = await world.merge({ "docs/note.md": "x" });
    for (const body of [
      "```\n/promote prod web\n```",
      "    /promote prod web",
      "> /promote prod web",
      "<!--\n/promote prod web\n-->",
      "say `/promote prod web` then",
      "please /promote prod web",
    ])
      expect(await world.say(body)).toBe("");
    expect(await world.say("/status")).toContain("This change touches no app");
    expect([...world.comments(pull).keys()].filter((marker) => marker.startsWith("reply-"))).toHaveLength(1);
    expect(world.promotions()).toEqual([]);
    expect([...world.github.repository.branches.keys()].filter((name) => name.startsWith("sluice"))).toEqual([]);
    expect(await world.history()).toEqual([]);
  });
});

describe("who may", () => {
  it("promotes; gates are passed by those alone who may pass them, for this head", async () => {
    const world = guarded();
    const pull = await world.merge({ "docs/note.md": "x" });
    expect(await world.say("/promote prod web", "olga")).toContain("Opened #");
    const [promotion] = world.promotions("open");
    if (promotion === undefined) throw new Error("nothing opened");
    expect(await world.gates(promotion)).toMatch(/^Waiting for \d approvals?/);
    for (const login of ["mallory", "olga"])
      expect(await world.say("/override approvals I want it", login, promotion)).toContain("❌");
    const elsewhere = await world.say("/override approvals here?", "ada", pull);
    expect(elsewhere).toContain("for an open promotion pull request");
    const said = await world.say("/override approvals the site is down", "ada", promotion);
    expect(said).toContain("overridden** for");
    expect(await world.gates(promotion)).toContain('overridden by `ada`, 23 Nov, 09:00 UTC: "the site is down"');
    expect(await world.check(promotion)).toMatchObject({ conclusion: "success" });
    expect((await world.again(promotion)).body).toContain("overridden by `ada`");
    await world.push(WEB, { "docs/more.md": "x" }, "grace");
    await world.settle();
    expect(await world.gates(promotion)).toMatch(/^Waiting for \d approvals?/);
  });

  it("reviews only with write permission on a public repository, and approves nobody's own wish where that is so configured", async () => {
    const world = guarded();
    const { promotion } = await asked(world);
    await world.review(promotion, "approved", "reader");
    expect(await world.gates(promotion)).toContain("`reader`, who has no write access");
    await world.review(promotion, "changes-requested", "mallory");
    expect(await world.gates(promotion)).toContain("`mallory` requested changes");
    await world.review(promotion, "approved", "mallory");
    expect(await world.gates(promotion)).toContain("by `mallory`");
    expect(await world.check(promotion)).toMatchObject({ conclusion: "success" });
  });
});

describe("the hidden record of a promotion", () => {
  const line = /<!-- sluice:promotion:v1 (\S+) (\S+) -->/;

  async function hidden(world: PromotionWorld, pull: PullRequest) {
    const { body } = await world.again(pull);
    const [whole = "", text = "", seal = ""] = line.exec(body) ?? [];
    return { body, line: whole, text, seal };
  }

  it("cannot be forged or moved: the check says so, no gate is evaluated, and /retry mends it", async () => {
    const world = guarded("promote: { merge: automatic }");
    const { promotion } = await asked(world);
    expect(await world.gates(promotion)).toMatch(/^Waiting for \d approvals?/);
    const { body, text, seal } = await hidden(world, promotion);
    const said = JSON.parse(Buffer.from(text, "base64").toString("utf8"));
    const forged = Buffer.from(JSON.stringify({ ...said, actor: "nobody" })).toString("base64");
    await world.github.updatePullRequest(promotion.number, { body: body.replace(text, forged) });
    await world.approve(promotion, "olga");
    expect(await world.gates(promotion)).toContain("the description was edited, comment /retry");
    expect(await world.check(promotion)).toMatchObject({ conclusion: "action_required" });
    expect((await world.again(promotion)).state).toBe("open");
    expect(await world.say("/retry", "mallory", promotion)).toContain("members of release");

    expect(await world.say("/retry", "ada", promotion)).toContain("Updated #");
    expect(await world.gates(promotion)).toMatch(/^Waiting for \d approvals?/);
    const after = await hidden(world, promotion);
    expect(after.seal).not.toBe(seal);
    expect(after.body).toContain("`ada` asked for this");
  });

  it("of another pull request is none here, and an older one of the same is not either", async () => {
    const world = guarded("", ["web", "api"]);
    world.github.permissions.set("mona", "maintain");
    const { pull, promotion: web } = await asked(world, "web");
    const { promotion: api } = await asked(world, "api");
    const body = (await world.again(web)).body.replace(line, (await hidden(world, api)).line);
    await world.github.updatePullRequest(web.number, { body });
    await world.approve(web, "mona");
    expect(await world.gates(web)).toContain("the description was edited, comment /retry");
    await world.say("/retry", "ada", web);

    const { body: old } = await world.again(web);
    await world.merge(appFiles("web", "staging", "1.5.0"));
    expect(await world.say("/promote prod web", "ada", pull)).toContain("Updated #");
    expect(await world.gates(web)).toMatch(/^Waiting for \d approvals?/);
    await world.github.updatePullRequest(web.number, { body: old });
    await world.approve(web, "mona");
    expect(await world.gates(web)).toContain("is about another head");
    expect(await world.say("/retry", "ada", web)).not.toContain("❌");
    expect(await world.gates(web)).toContain("Approvals");
  });
});

describe("a person's commit on a promotion's branch", () => {
  it("is never overwritten, stops the automatic merge, and takes approvals of earlier heads away", async () => {
    const world = guarded("promote: { merge: automatic }");
    const { pull, promotion } = await asked(world);
    expect(await world.gates(promotion)).toMatch(/^Waiting for \d approvals?/);
    const theirs = await world.push(WEB, appFiles("web", "prod", "6.6.6"), "mallory");
    await world.settle();
    expect(await world.gates(promotion)).toContain("`mallory` changed what prod gets here");
    await world.approve(promotion, "olga");
    expect(await world.gates(promotion)).toContain("by `olga`");
    expect(await world.gates(promotion)).toContain("`mallory` changed what prod gets here");

    await world.merge(appFiles("web", "staging", "1.5.0"));
    expect(await world.say("/promote prod web", "ada", pull)).toContain(`somebody pushed to \`${WEB}\``);
    expect(await world.say("/retry", "ada", promotion)).toContain("somebody pushed");
    // What it carried is there by now; what the person pushed is still wanted by nobody but the person.
    await world.merge(appFiles("web", "prod", "1.4.0"));
    expect(await world.again(promotion)).toMatchObject({ state: "open", head: { sha: theirs } });
    expect((await world.again(promotion)).body).toContain("`mallory` changed what prod gets here");
  });
});
