import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type Play, startPlay, WEB } from "../support/play.ts";
import { chainFiles, release } from "../support/promotions.ts";

let play: Play;
beforeAll(async () => {
  play = await startPlay();
});
afterAll(() => play.close());

const versions = { web: { staging: "1.4.0", prod: "1.2.0" } };

/** Only members of the team may act on prod, and only ada may pass its gates. */
const guarded = {
  staging: "",
  prod: `allow: { teams: [release] }
gates: { healthy: false, approvals: 1, override: { users: [ada], permission: write } }`,
};

/**
 * A repository in which ada and olga (write, in the right team) may act on prod, mallory (write) and the reader (in the
 * team) may not.
 */
async function guardedRepository(): Promise<RepositoryRef> {
  const { github } = play;
  const repository = await play.repository(chainFiles(guarded, versions));
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
