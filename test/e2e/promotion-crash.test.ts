import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type CrashWorld, openCrashWorld } from "../support/crash-world.ts";
import { promotionFiles } from "../support/promotions.ts";
import { eventually } from "../support/wait.ts";

let world: CrashWorld;
let repositories = 0;
beforeAll(async () => {
  world = await openCrashWorld();
});
afterAll(() => world?.close());

/** A merged pull request to give commands on, in a repository of its own. */
async function merged(): Promise<PullSummary> {
  const { github } = world;
  repositories += 1;
  const files = promotionFiles("healthy: false");
  const repository = await github.createRepository({ owner: "acme", name: `gitops-${repositories}`, files });
  await github.commit({ ...repository, branch: "change", files: { "apps/web/README.md": "The web.\n" } });
  return github.mergePull(await github.openPull({ ...repository, head: "change", title: "Say what it is" }));
}

/** The promotions there are, the replies to commands, and what the history says: each must be there once. */
async function outcomeOf(
  pull: PullSummary,
): Promise<{ pulls: readonly PullSummary[]; replies: number; requested: number }> {
  const pulls = world.github.pulls(pull).filter(({ headRef }) => headRef === "sluice/promote/prod/web");
  const history = await fileOf(pull, "sluice-state", "environments/prod/web.yaml");
  return { pulls, replies: repliesTo(pull).length, requested: history.match(/kind: requested/g)?.length ?? 0 };
}

function repliesTo(pull: PullSummary): readonly string[] {
  const bodies = world.github.comments(pull).map(({ body }) => body);
  return bodies.filter((body) => body.startsWith("<!-- sluice:reply-"));
}

async function fileOf({ owner, name }: RepositoryRef, branch: string, path: string): Promise<string> {
  const { token } = world.github.user("mona");
  const url = `${world.github.apiUrl}/repos/${owner}/${name}/contents/${path}?ref=${branch}`;
  const answer = await fetch(url, {
    headers: { authorization: `token ${token}`, accept: "application/vnd.github.raw+json" },
  });
  return answer.ok ? answer.text() : "";
}

const git = "/repos/{owner}/{repo}/git";
const comments = "/repos/{owner}/{repo}/issues/{issue_number}/comments";

describe("a worker that is killed in the middle of a promotion", () => {
  const points = [
    { point: "while it makes the commit", method: "POST", template: `${git}/commits` },
    // The first commit is the promotion's, the second the history's.
    { point: "while it writes the history", method: "POST", template: `${git}/commits`, nth: 2 },
    { point: "while it makes the branch", method: "POST", template: `${git}/refs` },
    { point: "while it opens the pull request", method: "POST", template: "/repos/{owner}/{repo}/pulls" },
    { point: "while it writes the reply", method: "POST", template: comments },
  ];
  const pulls = new Map<string, PullSummary>();

  beforeAll(async () => {
    for (const { point } of points) pulls.set(point, await merged());
    await world.quiet();
    const reached = points.map(({ point, method, template, nth }) => {
      const { owner, name } = pullOf(point);
      const request = { method, template, repository: { owner, name } };
      if (nth === 2) world.github.injectFault({ ...request, effect: { kind: "delay", ms: 0 } });
      return world.hold({ ...request, carriedOut: "after the crash" });
    });
    for (const pull of pulls.values()) await world.github.comment({ ...pull, body: "/promote prod web" });
    await Promise.all(reached);
    await world.crash();
  });

  function pullOf(point: string): PullSummary {
    const pull = pulls.get(point);
    if (pull === undefined) throw new Error("no pull request");
    return pull;
  }

  it.each(points)(
    "$point leaves one promotion, one reply and one entry of the history after the restart",
    async ({ point }) => {
      const pull = pullOf(point);
      await eventually("a reply", () => repliesTo(pull).length > 0);
      await world.quiet();
      const outcome = await outcomeOf(pull);
      expect(outcome.pulls.map(({ state, title, labels }) => ({ state, title, labels }))).toEqual([
        { state: "open", title: "Promote web to prod: 1.2.0 → 1.4.0", labels: ["promotion"] },
      ]);
      expect({ replies: outcome.replies, requested: outcome.requested }).toEqual({ replies: 1, requested: 1 });
    },
  );
});

describe("two workers and ten identical commands at once", () => {
  it("make one pull request, and answer each comment", async () => {
    const pull = await merged();
    await world.quiet();
    const second = await world.start({ ROLE: "worker" });
    const command = () => world.github.comment({ ...pull, body: "/promote prod web" });
    await Promise.all(Array.from({ length: 10 }, command));
    await eventually("ten replies", () => repliesTo(pull).length === 10);
    await world.quiet();
    await second.kill();
    const { pulls, replies } = await outcomeOf(pull);
    expect([pulls.length, replies]).toEqual([1, 10]);
    expect(repliesTo(pull).every((body) => body.includes(`#${pulls[0]?.number}`))).toBe(true);
  });
});
