import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type Play, startPlay, WEB } from "../support/play.ts";
import { chainFiles, release } from "../support/promotions.ts";
import { eventually } from "../support/wait.ts";

let play: Play;
beforeAll(async () => {
  play = await startPlay();
});
afterAll(() => play.close());

const versions = { web: { staging: "1.4.0", prod: "1.2.0" } };

/** Only members of the team may act on prod, and only ada may pass its gates. */
function guarded(prod = ""): Record<string, string> {
  const gates = "gates: { healthy: false, approvals: 1, override: { users: [ada], permission: write } }";
  return { staging: "", prod: `allow: { teams: [release] }\n${gates}\n${prod}` };
}

/**
 * A repository in which ada and olga (write, in the right team) may act on prod, mallory (write) and the reader (in the
 * team) may not.
 */
async function guardedRepository(prod?: string): Promise<RepositoryRef> {
  const { github } = play;
  const repository = await play.repository(chainFiles(guarded(prod), versions));
  for (const login of ["ada", "olga", "mallory"]) github.setPermission({ ...repository, login, permission: "write" });
  github.setPermission({ ...repository, login: "reader", permission: "read" });
  github.team({ org: "acme", slug: "release", members: ["ada", "olga", "reader"] });
  github.team({ org: "acme", slug: "developers", members: ["mallory"] });
  return repository;
}

/** What Sluice did: replies on the pull request, branches (the one of holds and history too), pull requests. */
function done(pull: PullSummary) {
  const replies = play.github.comments(pull).filter(({ body }) => body.startsWith("<!-- sluice:reply-"));
  const opened = play.github.pulls(pull).filter(({ headRef }) => headRef.startsWith("sluice/"));
  return { replies: replies.length, branches: play.branches(pull), opened: opened.length };
}

/** Delivers a comment again as a bot's: the local GitHub knows no bots but the App's own. */
async function byBot({ id }: { readonly id: number }, body: string): Promise<void> {
  const { events, app, deliveries } = play.github;
  const event = events.findLast(
    (one) => one.event === "issue_comment" && JSON.stringify(one.payload).includes(`${id}`),
  );
  const payload = JSON.stringify(event?.payload)
    .replaceAll('"Nothing to see."', JSON.stringify(body))
    .replaceAll('"type":"User"', '"type":"Bot"');
  const signature = createHmac("sha256", app.webhookSecret).update(payload).digest("hex");
  const headers = {
    "content-type": "application/json",
    "x-github-event": "issue_comment",
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": `sha256=${signature}`,
  };
  const answer = await fetch(deliveries.at(-1)?.url ?? "", { method: "POST", headers, body: payload });
  expect(answer.status).toBe(202);
}

const nothing = { branches: [], opened: 0 };

describe("what is no command", () => {
  it("is not answered: bots, edited comments, code, quotes, HTML comments", async () => {
    const { github } = play;
    const pull = await play.merged(await guardedRepository());
    for (const body of [
      "```\n/promote prod web\n```",
      "    /promote prod web",
      "> /promote prod web",
      "<!--\n/promote prod web\n-->",
      "say `/promote prod web` then",
      "please /promote prod web",
    ]) {
      await github.comment({ ...pull, body, by: "ada" });
    }
    await byBot(await github.comment({ ...pull, body: "Nothing to see.", by: "renovate" }), "/promote prod web");
    const { id } = await github.comment({ ...pull, body: "Looks good.", by: "ada" });
    await github.editComment({ ...pull, id, body: "/promote prod web", by: "ada" });
    expect(await play.say(pull, "/status")).toContain("This change touches no app");
    await play.quiet();
    expect(done(pull)).toEqual({ replies: 1, ...nothing });
  });
});

describe("on a fork's pull request", () => {
  it("its author is refused, and a maintainer's wish waits for the merge", async () => {
    const { github } = play;
    const repository = await guardedRepository();
    const fork = await github.fork({ ...repository, by: "hacker" });
    const files = release("staging", "6.6.6");
    await github.commit({ ...fork, branch: WEB, files, by: "hacker" });
    const pull = await github.openPull({ ...repository, head: `hacker:${WEB}`, title: "Help", by: "hacker" });
    expect(await play.say(pull, "/promote prod web", "hacker")).toContain("❌");
    await play.quiet();
    expect(done(pull)).toEqual({ replies: 1, branches: [], opened: 1 });
    expect(play.gates(pull)).toBeUndefined();

    expect(await play.say(pull, "/promote prod web", "ada")).toContain("when this pull request is merged");
    await play.quiet();
    expect(done(pull)).toEqual({ replies: 2, branches: ["sluice-state"], opened: 1 });
    expect(play.file(repository, "sluice-state", "waiting.yaml")).toContain(`pullRequest: ${pull.number}`);
  });
});

describe("who may", () => {
  it("promotes; gates are passed by those alone who may pass them, for this head", async () => {
    const { github } = play;
    const repository = await guardedRepository();
    const pull = await play.merged(repository);
    expect(await play.say(pull, "/promote prod web", "olga")).toContain("Opened #");
    const promotion = await play.promotion(repository);
    await play.gatesSay(promotion, /^Waiting for \d approvals?/);
    expect(await play.say(promotion, "/override approvals I want it", "mallory")).toContain("❌");
    expect(await play.say(promotion, "/override approvals I want it", "olga")).toContain("❌");
    expect(await play.say(pull, "/override approvals here?", "ada")).toContain("for an open promotion pull request");
    expect(await play.say(promotion, "/override approvals the site is down", "ada")).toContain("overridden** for");
    const check = await play.gatesSay(promotion, 'overridden by `ada`: "the site is down"');
    expect(check.conclusion).toBe("success");
    await eventually("the body to say so", () => github.pull(promotion).body.includes("overridden by `ada`"));
  });

  it("reviews only with write permission on a public repository, and approves nobody's own wish where that is so configured", async () => {
    const { github } = play;
    const repository = await guardedRepository();
    const pull = await play.merged(repository);
    await play.say(pull, "/promote prod web", "ada");
    const promotion = await play.promotion(repository);
    await github.review({ ...promotion, by: "reader", event: "APPROVE" });
    await play.gatesSay(promotion, "`reader`, who has no write access");
    await github.review({ ...promotion, by: "mallory", event: "REQUEST_CHANGES", body: "Not now." });
    await play.gatesSay(promotion, "`mallory` requested changes");
    await github.review({ ...promotion, by: "mallory", event: "APPROVE" });
    expect((await play.gatesSay(promotion, "by `mallory`")).conclusion).toBe("success");
  });
});

describe("the hidden record of a promotion", () => {
  const line = /<!-- sluice:promotion:v1 (\S+) (\S+) -->/;

  function hidden(pull: PullSummary): { readonly line: string; readonly text: string; readonly seal: string } {
    const [whole = "", text = "", seal = ""] = line.exec(play.github.pull(pull).body) ?? [];
    return { line: whole, text, seal };
  }

  it("cannot be forged or moved: the check says so, no gate is evaluated, and /retry mends it", async () => {
    const { github } = play;
    const repository = await guardedRepository("promote: { merge: automatic }");
    const pull = await play.merged(repository);
    await play.say(pull, "/promote prod web");
    const promotion = await play.promotion(repository);
    await play.gatesSay(promotion, /^Waiting for \d approvals?/);
    await play.quiet();
    const { body } = github.pull(promotion);
    const { text, seal } = hidden(promotion);
    const said = JSON.parse(Buffer.from(text, "base64").toString("utf8"));
    const forged = Buffer.from(JSON.stringify({ ...said, actor: "nobody" })).toString("base64");
    await github.editPull({ ...promotion, body: body.replace(text, forged), by: "mallory" });
    await github.review({ ...promotion, by: "olga", event: "APPROVE" });
    const check = await play.gatesSay(promotion, "the description was edited, comment /retry");
    expect(check.conclusion).toBe("action_required");
    expect(github.pull(promotion).state).toBe("open");
    expect(await play.say(promotion, "/retry", "mallory")).toContain("members of release");

    expect(await play.say(promotion, "/retry")).toContain("Updated #");
    await play.gatesSay(promotion, /^Waiting for \d approvals?/);
    expect(hidden(promotion).seal).not.toBe(seal);
    expect(github.pull(promotion).body).toContain("`ada` asked for this");
  });

  it("of another pull request is none here, and an older one of the same is not either", async () => {
    const { github } = play;
    const files = chainFiles(guarded(), { ...versions, api: versions.web });
    const repository = await play.repository(files);
    github.setPermission({ ...repository, login: "ada", permission: "write" });
    const pull = await play.merged(repository);
    await play.say(pull, "/promote prod web");
    await play.say(pull, "/promote prod api");
    await play.quiet();
    const [web, api] = [await play.promotion(repository), await play.promotion(repository, "sluice/promote/prod/api")];
    await github.editPull({ ...web, body: github.pull(web).body.replace(line, hidden(api).line) });
    await github.review({ ...web, by: "mona", event: "APPROVE" });
    await play.gatesSay(web, "the description was edited, comment /retry");
    await play.say(web, "/retry");
    await play.quiet();

    const old = github.pull(web).body;
    await play.merged(repository, release("staging", "1.5.0"));
    expect(await play.say(pull, "/promote prod web")).toContain("Updated #");
    await play.gatesSay(web, /^Waiting for \d approvals?/);
    await play.quiet();
    await github.editPull({ ...web, body: old });
    await github.review({ ...web, by: "mona", event: "APPROVE" });
    await play.gatesSay(web, "is about another head");
    expect(await play.say(web, "/retry")).not.toContain("❌");
    await play.gatesSay(web, "Approvals");
  });
});

describe("a person's commit on a promotion's branch", () => {
  it("is never overwritten, stops the automatic merge, and takes approvals of earlier heads away", async () => {
    const { github } = play;
    const repository = await guardedRepository("promote: { merge: automatic }");
    const pull = await play.merged(repository);
    await play.say(pull, "/promote prod web");
    const promotion = await play.promotion(repository);
    await play.gatesSay(promotion, /^Waiting for \d approvals?/);
    const files = release("prod", "6.6.6");
    const theirs = await github.commit({ ...repository, branch: WEB, files, by: "mallory" });
    await play.gatesSay(promotion, /[Aa] person/);
    await github.review({ ...promotion, by: "olga", event: "APPROVE" });
    const check = await play.gatesSay(promotion, "by `olga`");
    expect(check.summary).toMatch(/[Aa] person/);

    await play.merged(repository, release("staging", "1.5.0"));
    expect(await play.say(pull, "/promote prod web")).toContain(`somebody pushed to \`${WEB}\``);
    expect(await play.say(promotion, "/retry")).toContain("somebody pushed");
    // What it carried is there by now; what the person pushed is still wanted by nobody but the person.
    await play.merged(repository, release("prod", "1.4.0"));
    await play.quiet();
    expect(github.pull(promotion)).toMatchObject({ state: "open", headSha: theirs });
    expect(github.pull(promotion).body).toMatch(/[Aa] person/);
  });
});
