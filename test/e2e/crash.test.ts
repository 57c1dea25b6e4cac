import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LocalGitHub, PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { redisBinary, type StoreServer, startRedis } from "../contract/queue-servers.ts";
import { deployment, gitopsFiles } from "../support/gitops.ts";
import { startCheckedGitHub } from "../support/local-github.ts";
import { tempDir } from "../support/temp-git.ts";
import { eventually } from "../support/wait.ts";
import { answerOn, processEnvironment, serverEnvironment } from "../support/walk.ts";

const program = join(import.meta.dirname, "../support/serve-child.ts");

interface Server {
  readonly url: string;
  kill(): Promise<void>;
}

let root: string;
let github: LocalGitHub;
let redis: StoreServer;
let repository: RepositoryRef;
const running: ChildProcess[] = [];

beforeEach(async () => {
  root = tempDir("sluice-crash-");
  const binary = redisBinary();
  if (binary === undefined) throw new Error("no redis-server: see `node scripts/bootstrap.mjs --tests`");
  redis = await startRedis(binary);
  github = await startCheckedGitHub({ dataDir: join(root, "github") });
  repository = await github.createRepository({ owner: "acme", name: "gitops", files: gitopsFiles() });
});

afterEach(async () => {
  for (const child of running.splice(0)) await killed(child);
  await redis.dispose();
  await github.settled();
  await github.close();
  rmSync(root, { recursive: true, force: true });
});

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

function storeUrl(): string {
  if (redis.backend.kind !== "redis") throw new Error("expected Redis");
  return redis.backend.url;
}

async function startServer(): Promise<Server> {
  const env = { ...processEnvironment(), REDIS_URL: storeUrl() };
  const child = spawn(process.execPath, [program], {
    env: { ...env, ...serverEnvironment(github, join(root, "sluice")) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.push(child);
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += String(chunk);
  });
  const url = await eventually("the server to be up", () => /^up (\S+)/m.exec(said)?.[1]);
  github.setWebhookUrl(`${url}/api/github/webhooks`);
  return { url, kill: () => killed(child) };
}

async function propose(): Promise<PullSummary> {
  const changes = { "apps/web/base/deployment.yaml": deployment({ replicas: 4, cpu: "100m" }) };
  await github.commit({ ...repository, branch: "change", files: changes });
  return github.openPull({ ...repository, head: "change", title: "Change" });
}

async function expectOneAnswer(pull: PullSummary): Promise<void> {
  const { comment } = await answerOn(github, pull);
  expect(comment.body).toContain("replicas: 4");
  expect(github.comments(pull).filter((one) => one.byApp)).toHaveLength(1);
  expect(github.checkRuns({ ...pull, sha: pull.headSha })).toHaveLength(1);
}

const comments = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
const checkRuns = "/repos/{owner}/{repo}/check-runs";
const checkRun = "/repos/{owner}/{repo}/check-runs/{check_run_id}";

describe("a worker that is killed in the middle of a preview", () => {
  it.each([
    { point: "while it makes the check", method: "POST", template: checkRuns },
    { point: "before it looks for its comment", method: "GET", template: comments },
    { point: "while it writes the comment", method: "POST", template: comments },
    { point: "while it completes the check", method: "PATCH", template: checkRun },
  ])("$point leaves one comment and one check after the restart", async ({ method, template }) => {
    const server = await startServer();
    const hangs = new Promise<void>((reached) => {
      github.injectFault({ method, template, effect: { kind: "delay", ms: 2_000, reached } });
    });
    const pull = await propose();
    await hangs;
    await server.kill();
    await startServer();
    await expectOneAnswer(pull);
  });
});

describe("a store that is killed before the answer", () => {
  it("makes the delivery a failed one, and after the restart it is answered once", async () => {
    await startServer();
    await redis.kill();
    const pull = await propose();
    const failed = await eventually("a failed delivery", () =>
      github.deliveries.find((one) => one.event === "pull_request"),
    );
    expect(failed.statusCode).toBe(503);
    await redis.restart();
    await eventually("a delivery that is taken", async () => (await github.redeliver(failed.id)).statusCode === 202);
    await expectOneAnswer(pull);
  });
});
