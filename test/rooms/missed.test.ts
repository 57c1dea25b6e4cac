import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../sandbox/free-port.ts";
import type { LocalGitHub } from "../../sandbox/index.ts";
import { readSettings } from "../../src/settings.ts";
import { type RunningSluice, startSluice } from "../../src/wiring/server.ts";
import { directMirrors } from "../support/direct-mirrors.ts";
import { deployment, gitopsFiles } from "../support/gitops.ts";
import { inlineQueue } from "../support/inline-queue.ts";
import { startCheckedGitHub } from "../support/local-github.ts";
import { tempDir } from "../support/temp-git.ts";
import { answerOn, serverEnvironment } from "../support/walk.ts";
import { memoryLog } from "../webhooks/fakes.ts";

let root: string;
let github: LocalGitHub;
let sluice: RunningSluice | undefined;
beforeEach(async () => {
  root = tempDir("sluice-missed-");
  github = await startCheckedGitHub({ dataDir: join(root, "github") });
});
afterEach(async () => {
  await github.settled();
  await sluice?.close();
  await github.close();
  rmSync(root, { recursive: true, force: true });
});

describe("a pull request that is opened while Sluice is down", () => {
  it("has one comment and one check once Sluice is up, without anybody's doing", async () => {
    const port = await freePort();
    github.setWebhookUrl(`http://127.0.0.1:${port}/api/github/webhooks`);
    const repository = await github.createRepository({ owner: "acme", name: "gitops", files: gitopsFiles() });
    const files = { "apps/web/base/deployment.yaml": deployment({ replicas: 4, cpu: "100m" }) };
    await github.commit({ ...repository, branch: "change", files });
    const pull = await github.openPull({ ...repository, head: "change", title: "Change" });
    await github.settled();
    const missed = github.deliveries.filter((one) => one.event === "pull_request");
    expect(missed.map((one) => one.statusCode)).toEqual([0]);

    const environment = { ...serverEnvironment(github, join(root, "sluice")), PORT: String(port) };
    const settings = readSettings(environment, () => "");
    const edges = { queue: inlineQueue(Date.now), mirrors: directMirrors(github) };
    sluice = await startSluice(settings, {
      log: memoryLog(),
      graceMs: 2_000,
      answerMs: 600_000,
      storeMs: 600_000,
      missedEveryMs: 200,
      edges,
    });

    const { comment } = await answerOn(github, pull);
    expect(comment.body).toContain("replicas: 4");
    expect(github.comments(pull).filter((one) => one.byApp)).toHaveLength(1);
    expect(github.checkRuns({ ...pull, sha: pull.headSha })).toHaveLength(1);
    const attempts = github.deliveries.filter((one) => one.guid === missed[0]?.guid);
    expect(attempts.map((one) => one.statusCode)).toEqual([0, 202]);
  });
});
