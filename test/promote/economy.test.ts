import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalGitHub, PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import { createSigner } from "../../src/change/signature.ts";
import { createMirrors } from "../../src/git/mirrors.ts";
import { createGitHub } from "../../src/github/index.ts";
import type { Job } from "../../src/model/job-kinds.ts";
import { PROMOTION_COMMANDS, type PromotionPorts, runGates } from "../../src/promote/run/index.ts";
import { createRegistry } from "../../src/registry/index.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { createStateStore } from "../../src/state/index.ts";
import { runCommands } from "../../src/webhooks/commands/run.ts";
import { patient, realEngine } from "../render/support/engines.ts";
import { startCheckedGitHub } from "../support/local-github.ts";
import { memoryRecords } from "../support/memory-records.ts";
import { manyApps, promotionFiles } from "../support/promotions.ts";
import { tempDir } from "../support/temp-git.ts";
import { memoryEvents, memoryLog, memoryMetrics, memoryQueue } from "../webhooks/fakes.ts";

let root: string;
let github: LocalGitHub;
let ports: PromotionPorts;
let close: () => Promise<void>;
const jobs: Job[] = [];

beforeAll(async () => {
  root = tempDir("sluice-economy-");
  github = await startCheckedGitHub({ dataDir: join(root, "github") });
  const { app } = github;
  const log = memoryLog();
  const parts = {
    app: { id: app.id, privateKey: app.privateKey, webhookSecret: app.webhookSecret },
    apiUrl: github.apiUrl,
  };
  const edge = createGitHub({ ...parts, log, metrics: memoryMetrics(), clock: () => started, deadlineMs: 600_000 });
  const mirrors = createMirrors({
    root: join(root, "mirrors"),
    remoteUrl: ({ owner, name }) => `${github.url}/${owner}/${name}.git`,
    token: edge.token,
    protocols: ["http"],
  });
  const renderer = createRenderer({ binary: realEngine(), limits: patient, workers: 2 });
  const queue = { ...memoryQueue(), add: async (job: Job) => void jobs.push(job) };
  ports = {
    github: edge.for,
    mirrors,
    renderer,
    state: createStateStore({ mirrors, github: edge.for, random: Math.random }),
    queue,
    events: memoryEvents(),
    log,
    clock: Date.now,
    signer: createSigner("key"),
    registry: createRegistry({ settings: [], clock: Date.now, log, random: Math.random }),
    rights: [],
    records: memoryRecords(),
    prometheus: { values: async () => [] },
    webUrl: github.url,
    fingerprintKey: new Uint8Array(32),
  };
  close = async () => {
    await Promise.all([mirrors.close(), renderer.close()]);
    await github.close();
    rmSync(root, { recursive: true, force: true });
  };
});
afterAll(() => close());

/** A repository with a merged pull request, where something was decided before: the history's branch is there. */
async function repositoryWith(name: string, files: Record<string, string>): Promise<PullSummary> {
  const repository = await github.createRepository({ owner: "acme", name, files });
  github.setPermission({ ...repository, login: "ada", permission: "write" });
  await github.commit({ ...repository, branch: "change", files: { "README.md": "changed" } });
  const merged = await github.mergePull(await github.openPull({ ...repository, head: "change", title: "Change" }));
  await run(merged, "/hold staging first");
  return merged;
}

/**
 * What GitHub was seen to have spares a question for a few seconds. They do not pass here: on a busy machine they would
 * at times.
 */
const started = Date.now();

/** Carries out one comment's commands, and gives the requests that it cost. */
async function run(pull: PullSummary, body: string): Promise<{ requests: readonly string[]; said: string }> {
  const comment = await github.comment({ ...pull, body, by: "ada" });
  const before = github.requests.length;
  const job = {
    type: "command",
    installationId: github.installationId,
    repository: { owner: pull.owner, name: pull.name },
    pullRequest: pull.number,
    commentId: comment.id,
    actor: "ada",
    body,
    at: Date.now(),
  } as const;
  const context = { signal: AbortSignal.timeout(600_000), attempt: 1, lastAttempt: false, firstRun: true };
  const { github: repositories, events, log } = ports;
  await runCommands(job, { github: repositories, events, log, table: PROMOTION_COMMANDS, ports }, context);
  const said = github.comments(pull).find((one) => one.body.includes(`reply-${comment.id} `))?.body ?? "";
  return { requests: costly(before), said };
}

/**
 * The REST calls since then; tokens are left out, for one is good for an hour, and the App's name is asked for once.
 */
function costly(before: number): readonly string[] {
  return github.requests
    .slice(before)
    .filter(({ template }) => !["/app/installations/{installation_id}/access_tokens", "/app"].includes(template ?? ""))
    .map(({ method, template }) => `${method} ${template}`);
}

function promotionOf(repository: RepositoryRef): PullSummary {
  const found = github.pulls(repository).find(({ headRef }) => headRef.startsWith("sluice/promote/"));
  if (found === undefined) throw new Error("no promotion");
  return found;
}

describe("what a promotion costs", () => {
  it("is at most 13 REST calls from the comment to the opened pull request, the reply and the history", async () => {
    const pull = await repositoryWith("single", promotionFiles("approvals: 1\n    reviewers: { users: [grace] }"));
    github.setPermission({ ...pull, login: "grace", permission: "write" });
    const { requests, said } = await run(pull, "/promote prod web");
    expect(said).toContain("✅");
    expect(promotionOf(pull)).toMatchObject({
      labels: ["promotion"],
      assignees: ["ada"],
      requestedReviewers: ["grace"],
    });
    // The first two are asked for at once.
    expect([...requests.slice(0, 2).toSorted(), ...requests.slice(2)]).toEqual([
      "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
      "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
      "GET /repos/{owner}/{repo}/pulls/{pull_number}",
      "POST /repos/{owner}/{repo}/git/trees",
      "POST /repos/{owner}/{repo}/git/commits",
      "POST /repos/{owner}/{repo}/git/refs",
      "POST /repos/{owner}/{repo}/pulls",
      "PUT /repos/{owner}/{repo}/contents/{path}",
      "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
      "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
      "PUT /repos/{owner}/{repo}/contents/{path}",
      "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    ]);
  });

  it("is at most 8 REST calls for each evaluation of its gates", async () => {
    const pull = await repositoryWith("gates", promotionFiles("approvals: 1\n      soak: 30m"));
    await github.deploy({ ...pull, environment: "staging", state: "success" });
    await run(pull, "/promote prod web");
    const promotion = promotionOf(pull);
    await github.review({ ...promotion, by: "mona", event: "APPROVE" });
    const before = github.requests.length;
    const context = { signal: AbortSignal.timeout(600_000), attempt: 1, lastAttempt: false, firstRun: true };
    const address = { installationId: github.installationId, repository: { owner: pull.owner, name: pull.name } };
    await runGates({ type: "gates", ...address, pullRequest: promotion.number }, ports, context);
    expect(costly(before).length).toBeLessThanOrEqual(8);
    expect(github.pull(promotion).body).toContain("1 of 1, by `mona`");
  });

  it("does not grow with the number of apps: 50 in one command are one plan, one branch, one pull request", async () => {
    const pull = await repositoryWith("fifty", manyApps(50));
    const { requests, said } = await run(
      pull,
      `/promote prod ${Array.from({ length: 50 }, (_, index) => `app-${index}`).join(" ")}`,
    );
    expect(said).toContain("and 45 more");
    const promotion = promotionOf(pull);
    expect(promotion.title).toBe("Promote app-0, app-1, app-10 and 47 more to prod");
    expect(promotion.body.match(/^\| app-/gm)).toHaveLength(50);
    expect(promotion.body.length).toBeLessThan(65_536);
    expect(requests.length).toBeLessThanOrEqual(14);
  });
});
