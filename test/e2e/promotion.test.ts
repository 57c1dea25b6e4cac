import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../src/sandbox/index.ts";
import { promotionFiles, release } from "../support/promotions.ts";
import { eventually } from "../support/wait.ts";
import { startWalk, type Walk } from "../support/walk.ts";

let walk: Walk;
/** How far the clock of gates is ahead of GitHub's. */
let ahead = 0;

beforeAll(async () => {
  walk = await startWalk({}, { clock: () => Date.now() + ahead });
});
afterAll(() => walk.close());

function pulls(repository: RepositoryRef): readonly PullSummary[] {
  const all: PullSummary[] = [];
  for (let number = 1; ; number += 1) {
    try {
      all.push(walk.github.pull({ ...repository, number }));
    } catch {
      return all;
    }
  }
}

/** The open pull request whose head is this branch. */
function promotion(repository: RepositoryRef, branch: string): Promise<PullSummary> {
  return eventually(`an open pull request of ${branch}`, () =>
    pulls(repository).find((pull) => pull.headRef === branch && pull.state === "open"),
  );
}

async function reply(pull: PullSummary, command: string, by = "ada"): Promise<string> {
  const { id } = await walk.github.comment({ ...pull, body: command, by });
  return eventually(
    `a reply to ${command}`,
    () => walk.github.comments(pull).find(({ byApp, body }) => byApp && body.includes(`sluice:reply-${id} `))?.body,
  );
}

function gates(pull: PullSummary) {
  const { headSha } = walk.github.pull(pull);
  return walk.github.checkRuns({ ...pull, sha: headSha }).find(({ name }) => name === "Sluice promotion");
}

describe("a change on its way from staging to prod", () => {
  it("is promoted by a comment, gated, approved, merged, superseded in place, rolled back and held", async () => {
    const { github } = walk;
    const repository = await walk.repository(promotionFiles());
    github.setPermission({ ...repository, login: "ada", permission: "write" });
    github.setPermission({ ...repository, login: "grace", permission: "write" });

    const first = await walk.propose(repository, release("staging", "1.5.0"));
    await walk.answer(first);
    const merged = await github.mergePull({ ...first, method: "squash", by: "ada" });
    const said = await reply(first, "/promote prod");
    const pull = await promotion(repository, "sluice/promote/prod/web");
    expect(said).toContain(`opened #${pull.number}: \`web\` \`1.2.0 → 1.5.0\``);
    expect(pull.title).toBe("Promote web to prod: 1.2.0 → 1.5.0");
    expect(pull.body).toContain(`#${first.number}`);
    await walk.answer(pull);

    const waiting = await eventually("the gates", () => gates(pull));
    expect(waiting.summary).toContain("no deployment to staging is known");
    await github.deploy({ ...repository, environment: "staging", sha: merged.mergeCommitSha ?? "", state: "success" });
    await eventually(
      "the soak to begin",
      () => gates(pull)?.title?.includes("Soak") === true && gates(pull)?.summary?.includes("(in 30 min)") === true,
    );

    ahead = 31 * 60_000;
    await github.review({ ...pull, by: "grace", event: "APPROVE" });
    await eventually("all gates to pass", () => gates(pull)?.conclusion === "success");

    const second = await walk.propose(repository, release("staging", "1.6.0"));
    await walk.answer(second);
    await github.mergePull({ ...second, method: "squash", by: "ada" });
    const again = await reply(second, "/promote prod web");
    expect(again).toContain(`updated in place #${pull.number}`);
    const renewed = github.pull(pull);
    expect(renewed.title).toBe("Promote web to prod: 1.2.0 → 1.6.0");
    expect(github.reviews(pull).map(({ state }) => state)).toEqual(["DISMISSED"]);
  });
});
