import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { type CrashWorld, openCrashWorld } from "../support/crash-world.ts";
import { deployment, gitopsFiles } from "../support/gitops.ts";
import { eventually } from "../support/wait.ts";
import { answerOn } from "../support/walk.ts";

let world: CrashWorld;
let repositories = 0;
beforeAll(async () => {
  world = await openCrashWorld();
});
afterAll(() => world?.close());

function repository(): Promise<RepositoryRef> {
  repositories += 1;
  return world.github.createRepository({ owner: "acme", name: `gitops-${repositories}`, files: gitopsFiles() });
}

async function propose(where: RepositoryRef): Promise<PullSummary> {
  const { github } = world;
  const files = { "apps/web/base/deployment.yaml": deployment({ replicas: 4, cpu: "100m" }) };
  await github.commit({ ...where, branch: "change", files });
  return github.openPull({ ...where, head: "change", title: "Change" });
}

async function expectOneAnswer(pull: PullSummary): Promise<void> {
  const { github } = world;
  await answerOn(github, pull);
  await world.quiet();
  const { comment } = await answerOn(github, pull);
  expect(comment.body).toContain("replicas: 4");
  expect(github.comments(pull).filter((one) => one.byApp)).toHaveLength(1);
  expect(github.checkRuns({ ...pull, sha: pull.headSha })).toHaveLength(1);
}

const comments = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
const checkRuns = "/repos/{owner}/{repo}/check-runs";
const checkRun = "/repos/{owner}/{repo}/check-runs/{check_run_id}";

describe("a worker that is killed in the middle of a preview", () => {
  const points = [
    { point: "while it makes the check", method: "POST", template: checkRuns },
    { point: "before it looks for its comment", method: "GET", template: comments },
    { point: "while it writes the comment", method: "POST", template: comments },
    { point: "while it completes the check", method: "PATCH", template: checkRun },
  ];
  const pulls = new Map<string, PullSummary>();

  beforeAll(async () => {
    const all = await Promise.all(points.map(async (point) => ({ ...point, repository: await repository() })));
    await world.quiet();
    const reached = all.map((point) => world.hold({ ...point, carriedOut: "after the crash" }));
    for (const { point, repository: where } of all) pulls.set(point, await propose(where));
    await Promise.all(reached);
    await world.crash();
  });

  it.each(points)("$point leaves one comment and one check after the restart", async ({ point }) => {
    const pull = pulls.get(point);
    if (pull === undefined) throw new Error("no pull request");
    await expectOneAnswer(pull);
  });
});

describe("a store that is killed before the answer", () => {
  it("makes the delivery a failed one, and after the restart it is answered once", async () => {
    const { github, redis } = world;
    const before = github.deliveries.length;
    await redis.kill();
    const pull = await propose(await repository());
    const failed = await eventually("a failed delivery", () =>
      github.deliveries.slice(before).find((one) => one.event === "pull_request"),
    );
    expect(failed.statusCode).toBe(503);
    await redis.restart();
    await eventually("a delivery that is taken", async () => (await github.redeliver(failed.id)).statusCode === 202);
    await expectOneAnswer(pull);
  });
});
