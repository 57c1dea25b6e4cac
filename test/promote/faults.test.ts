import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { createSigner } from "../../src/change/signature.ts";
import { createGitHub } from "../../src/github/index.ts";
import { Fault } from "../../src/model/errors.ts";
import { runPreview } from "../../src/preview/run.ts";
import { PROMOTION_COMMANDS, type PromotionPorts, runGates } from "../../src/promote/run/index.ts";
import { createRegistry } from "../../src/registry/index.ts";
import { createStateStore } from "../../src/state/index.ts";
import { runCommands } from "../../src/webhooks/commands/run.ts";
import { sharedRenderer } from "../render/support/engines.ts";
import { directMirrors } from "../support/direct-mirrors.ts";
import { type CheckedGitHub, startCheckedGitHub } from "../support/local-github.ts";
import { memoryRecords } from "../support/memory-records.ts";
import { manyApps, releaseOf } from "../support/promotions.ts";
import { tempDir } from "../support/temp-git.ts";
import { memoryEvents, memoryLog, memoryMetrics, memoryQueue } from "../webhooks/fakes.ts";

/** Each takes a second or two; 50 were seen to pass. */
const runs = Number(process.env.SLUICE_FAULT_RUNS ?? 8);
let root: string;
let github: CheckedGitHub;
let repository: RepositoryRef;
let ports: PromotionPorts;
/** What was waited so far, because GitHub asked for it; in milliseconds. */
let waitedMs = 0;

beforeAll(async () => {
  root = tempDir("sluice-faults-");
  github = await startCheckedGitHub({ dataDir: join(root, "github") });
  const { id, privateKey } = github.app;
  const log = memoryLog();
  const edge = createGitHub({
    deadlineMs: 600_000,
    app: { id, privateKey },
    apiUrl: github.apiUrl,
    log,
    metrics: memoryMetrics(),
    clock: () => Date.now() + waitedMs,
  });
  const mirrors = directMirrors(github);
  ports = {
    github: edge.for,
    mirrors,
    renderer: sharedRenderer(),
    state: createStateStore({ mirrors, github: edge.for, random: () => 0 }),
    queue: memoryQueue(),
    events: memoryEvents(),
    log,
    clock: () => Date.UTC(2026, 10, 23, 9),
    signer: createSigner("key"),
    registry: createRegistry({ settings: [], clock: Date.now, log, random: () => 0 }),
    rights: [],
    records: memoryRecords(),
    prometheus: { values: async () => [] },
    webUrl: github.url,
    fingerprintKey: new Uint8Array(32),
  };
  repository = await github.createRepository({ owner: "acme", name: "shop", files: manyApps(runs + 1) });
  github.setPermission({ ...repository, login: "ada", permission: "write" });
});
afterAll(async () => {
  await github.close();
  rmSync(root, { recursive: true, force: true });
});

/** mulberry32: the same seed, the same numbers. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const calls = [
  ["GET", "/repos/{owner}/{repo}/pulls/{pull_number}"],
  ["GET", "/repos/{owner}/{repo}/collaborators/{username}/permission"],
  ["GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments"],
  ["POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments"],
  ["PATCH", "/repos/{owner}/{repo}/issues/comments/{comment_id}"],
  ["POST", "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions"],
  ["GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs"],
  ["POST", "/repos/{owner}/{repo}/check-runs"],
  ["PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}"],
  ["POST", "/repos/{owner}/{repo}/git/trees"],
  ["POST", "/repos/{owner}/{repo}/git/commits"],
  ["POST", "/repos/{owner}/{repo}/git/refs"],
  ["POST", "/repos/{owner}/{repo}/pulls"],
  ["PATCH", "/repos/{owner}/{repo}/pulls/{pull_number}"],
  ["PATCH", "/repos/{owner}/{repo}/issues/{issue_number}"],
  ["PUT", "/repos/{owner}/{repo}/contents/{path}"],
] as const;

/** Has about every tenth call fail, come late, or be carried out and not answered. */
function disturb(random: () => number): number {
  let faults = 0;
  for (const [method, template] of calls) {
    if (random() >= 0.2) continue;
    faults += 1;
    const kind = Math.floor(random() * 5);
    const effects = [
      { kind: "instead", status: 502 },
      { kind: "after", status: 502 },
      { kind: "reset" },
      { kind: "delay", ms: 5 },
      { kind: "secondary-limit", retryAfter: 1 },
    ] as const;
    github.injectFault({ method, template, effect: effects[kind] ?? effects[0] });
  }
  return faults;
}

/** Runs a job as the queue does; its waits pass at once. */
async function untilDone(run: (attempt: number) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run(attempt);
    } catch (error) {
      if (attempt >= 12) throw error;
      if (error instanceof Fault) waitedMs += error.retryAfterMs ?? 0;
    }
  }
}

/** The life of one release, from its pull request to the promotion with its gates. */
async function life(app: string, random: (() => number) | undefined): Promise<{ seen: unknown; faults: number }> {
  const where = { installationId: github.installationId, repository: { owner: "acme", name: "shop" } };
  const branch = `release-${app}`;
  await github.commit({ ...repository, branch, files: releaseOf(app, "staging", "1.5.0") });
  const pull = await github.openPull({ ...repository, head: branch, title: "Release" });
  const context = (attempt: number) => ({
    signal: AbortSignal.timeout(600_000),
    attempt,
    lastAttempt: false,
    firstRun: attempt === 1,
  });
  let faults = random === undefined ? 0 : disturb(random);
  const settings = { fingerprintKey: ports.fingerprintKey, forks: false, webUrl: github.url };
  await untilDone((attempt) =>
    runPreview({ type: "preview", ...where, pullRequest: pull.number }, ports, settings, context(attempt)),
  );
  await github.mergePull({ ...pull, by: "ada" });
  const comment = await github.comment({ ...pull, body: `/promote prod ${app}`, by: "ada" });
  if (random !== undefined) faults += disturb(random);
  const job = {
    type: "command",
    ...where,
    pullRequest: pull.number,
    commentId: comment.id,
    actor: "ada",
    body: comment.body,
    at: 0,
  } as const;
  await untilDone((attempt) =>
    runCommands(
      job,
      { github: ports.github, events: ports.events, log: ports.log, table: PROMOTION_COMMANDS, ports },
      context(attempt),
    ),
  );
  const promotions = github.pulls(repository).filter(({ headRef }) => headRef === `sluice/promote/prod/${app}`);
  for (const { number } of promotions)
    await untilDone((attempt) => runGates({ type: "gates", ...where, pullRequest: number }, ports, context(attempt)));
  return { seen: sight(app, pull, promotions), faults };
}

/** What a person sees in the end, without what differs from one app to the next. */
function sight(app: string, pull: PullSummary, promotions: readonly PullSummary[]): unknown {
  const plain = (text: string) =>
    text
      .replaceAll(new RegExp(`${app}\\b`, "g"), "APP")
      // A run that follows one that ended in the middle finds it open: that is what it says.
      .replaceAll(/(?:✅ )?\*\*(?:Opened #\d+|#\d+ is open already):\*\*/g, "open")
      .replaceAll(/#\d+|\b[0-9a-f]{7,64}\b|pull\/\d+|<!--[^>]*-->|reply-\d+|\d+(?:\.\d+)? ?m?s\b/g, "…");
  const of = (one: PullSummary) => {
    const now = github.pull(one);
    return {
      title: plain(now.title),
      state: now.state,
      labels: now.labels,
      comments: github
        .comments(now)
        .filter(({ byApp }) => byApp)
        .map(({ body }) => plain(body)),
      checks: github
        .checkRuns({ ...now, sha: now.headSha })
        .map(({ name, status, conclusion, title }) => plain([name, status, conclusion, title].join(" "))),
    };
  };
  return { pull: of(pull), promotions: promotions.map((one) => ({ ...of(one), body: plain(github.pull(one).body) })) };
}

it("seeded runs with faults at GitHub end as the calm one: one comment, one check, one promotion", async () => {
  const { seen: calm } = await life("app-0", undefined);
  expect(calm).toMatchObject({
    pull: { comments: [expect.any(String), expect.any(String)], checks: [expect.any(String)] },
    promotions: [{ state: "open", checks: [expect.any(String)] }],
  });
  let all = 0;
  for (let seed = 1; seed <= runs; seed += 1) {
    const { seen, faults } = await life(`app-${seed}`, randomOf(seed));
    all += faults;
    expect(seen, `seed ${seed}`).toEqual(calm);
  }
  expect(all).toBeGreaterThan(4 * runs);
});
