import type { Probot } from "probot";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PullSummary, WebhookEvent } from "../../sandbox/index.ts";
import { createGitHub, type GitHubEdge } from "../../src/github/index.ts";
import { TOKEN_PERMISSIONS } from "../../src/github/permissions.ts";
import { loadProbot } from "../../src/index.ts";
import { Fault } from "../../src/model/errors.ts";
import type { DeliveryJob } from "../../src/model/jobs.ts";
import { receiveDelivery } from "../../src/webhooks/receive.ts";
import { EVENTS } from "../../src/webhooks/register.ts";
import { type CheckedGitHub, startCheckedGitHub } from "../support/local-github.ts";
import { memoryLog, memoryMetrics, memoryQueue } from "./fakes.ts";

const REPOSITORY = { owner: "acme", name: "gitops" };
const queue = memoryQueue();
let local: CheckedGitHub;
let pull: PullSummary;
let probot: Probot;
let edge: GitHubEdge;

beforeAll(async () => {
  local = await startCheckedGitHub({ app: { permissions: TOKEN_PERMISSIONS, events: Object.keys(EVENTS) } });
  const { id: appId, privateKey } = local.app;
  probot = await loadProbot({ app: local.app, apiUrl: local.apiUrl, queue });
  edge = createGitHub({
    deadlineMs: 600_000,
    app: { id: appId, privateKey },
    apiUrl: local.apiUrl,
    log: memoryLog(),
    metrics: memoryMetrics(),
    clock: Date.now,
  });
  await local.createRepository({ ...REPOSITORY, files: { "README.md": "hello\n" } });
  await local.commit({ ...REPOSITORY, branch: "change", files: { "README.md": "changed\n" } });
  pull = await local.openPull({ ...REPOSITORY, head: "change", title: "Change" });
});
afterAll(() => local.close());
beforeEach(() => {
  queue.jobs.length = 0;
  queue.fail = undefined;
});

function delivery(event: WebhookEvent): DeliveryJob {
  return { type: "delivery", id: event.guid, event: event.event, payload: JSON.stringify(event.payload) };
}

/** The events that `act` caused, fed to the app one by one. */
async function deliver(act: () => Promise<unknown>): Promise<void> {
  const seen = local.events.length;
  await act();
  for (const event of local.events.slice(seen)) await receiveDelivery(probot, delivery(event));
}

function lastEvent(event: string, action: string): WebhookEvent {
  const found = local.events.findLast((one) => one.event === event && one.action === action);
  if (found === undefined) throw new Error(`no ${event}.${action}`);
  return found;
}

/** The same event with parts replaced. */
function changed(event: WebhookEvent, more: Record<string, unknown>): DeliveryJob {
  return delivery({ ...event, payload: { ...event.payload, ...more } });
}

const preview = () => ({
  type: "preview",
  installationId: local.installationId,
  repository: REPOSITORY,
  pullRequest: pull.number,
});

const promotions = () => ({
  type: "promotions",
  installationId: local.installationId,
  repository: REPOSITORY,
  defaultBranch: "main",
});

describe("a pull request", () => {
  it("that is opened is previewed", async () => {
    await receiveDelivery(probot, delivery(lastEvent("pull_request", "opened")));
    expect(queue.jobs).toEqual([preview()]);
  });

  it("that gets another head is previewed", async () => {
    await deliver(() => local.commit({ ...REPOSITORY, branch: "change", files: { a: "1" } }));
    expect(queue.jobs).toEqual([preview()]);
  });

  it("that is reopened or made ready is previewed, one that is closed is not", async () => {
    await deliver(() => local.closePull(pull));
    expect(queue.jobs).toEqual([promotions()]);
    queue.jobs.length = 0;
    await deliver(() => local.reopenPull(pull));
    await receiveDelivery(probot, changed(lastEvent("pull_request", "opened"), { action: "ready_for_review" }));
    expect(queue.jobs).toEqual([preview(), preview()]);
  });

  it("that gets another title is not previewed, one that gets another base is", async () => {
    await deliver(() => local.editPull({ ...pull, title: "Better" }));
    expect(queue.jobs).toEqual([]);
    await receiveDelivery(
      probot,
      changed(lastEvent("pull_request", "edited"), { changes: { base: { ref: { from: "old" }, sha: { from: "0" } } } }),
    );
    expect(queue.jobs).toEqual([preview()]);
  });

  it("of a repository's own webhook, with no installation behind it, is left alone", async () => {
    await receiveDelivery(probot, changed(lastEvent("pull_request", "opened"), { installation: undefined }));
    expect(queue.jobs).toEqual([]);
  });
});

describe("a comment", () => {
  it("with a command on a pull request is a job with its text and its author", async () => {
    let commentId = 0;
    const before = Date.now() - 1_000;
    await deliver(async () => {
      commentId = (await local.comment({ ...pull, body: "hi\n/diff\n", by: "mona" })).id;
    });
    const { type: _type, ...address } = preview();
    const [job] = queue.jobs;
    expect(queue.jobs).toEqual([
      { type: "command", ...address, commentId, actor: "mona", body: "hi\n/diff\n", at: expect.any(Number) },
    ]);
    const at = job?.type === "command" ? job.at : 0;
    expect(at).toBeGreaterThan(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });

  it("without one is nothing, and neither is an edit that adds one", async () => {
    await deliver(async () => {
      const { id } = await local.comment({ ...pull, body: "/etc/passwd is a path", by: "mona" });
      await local.editComment({ ...REPOSITORY, id, body: "/diff", by: "mona" });
    });
    expect(lastEvent("issue_comment", "edited").payload).toMatchObject({ comment: { body: "/diff" } });
    expect(queue.jobs).toEqual([]);
  });

  it("of a bot, of the App itself or by way of another one, or on a plain issue is nothing", async () => {
    await local.comment({ ...pull, body: "/diff", by: "mona" });
    const event = lastEvent("issue_comment", "created");
    const { comment, issue } = event.payload;
    const by = (more: object) => changed(event, { comment: { ...Object(comment), ...more } });
    await receiveDelivery(probot, by({ user: { ...Object(Object(comment).user), type: "Bot" } }));
    await receiveDelivery(probot, by({ user: null }));
    await receiveDelivery(probot, by({ performed_via_github_app: { id: local.app.id } }));
    await receiveDelivery(probot, changed(event, { issue: { ...Object(issue), pull_request: undefined } }));
    // l6-hidden-commands: another App writes in a person's name.
    await receiveDelivery(probot, by({ performed_via_github_app: { id: local.app.id + 1 } }));
    expect(queue.jobs).toEqual([]);
    await receiveDelivery(probot, by({ performed_via_github_app: null }));
    expect(queue.jobs).toHaveLength(1);
  });
});

describe("a comment with a command on an issue", () => {
  it("is carried out on an open one of Sluice's about drift, and on no other", async () => {
    await local.comment({ ...pull, body: "/reconcile prod", by: "mona" });
    const event = lastEvent("issue_comment", "created");
    queue.jobs.length = 0;
    const ours = {
      ...Object(event.payload.issue),
      pull_request: undefined,
      state: "open",
      body: "<!-- sluice:drift-prod -->\nprod differs",
      user: { ...Object(Object(event.payload.issue).user), type: "Bot" },
      performed_via_github_app: null,
    };
    const on = (more: object) => receiveDelivery(probot, changed(event, { issue: { ...ours, ...more } }));
    await on({ user: { ...ours.user, type: "User" } });
    await on({ state: "closed" });
    await on({ body: `> ${ours.body}` });
    await on({ body: "<!-- sluice:reply-1 -->\nprod differs" });
    await on({ performed_via_github_app: { id: local.app.id + 1 } });
    expect(queue.jobs).toEqual([]);
    await on({});
    expect(queue.jobs).toMatchObject([{ type: "command", issue: true, body: "/reconcile prod" }]);
  });
});

describe("a check of ours", () => {
  const runOf = (event: WebhookEvent) => Object(event.payload.check_run);

  it("that a person runs again is previewed; those of others and of forks are not", async () => {
    await finishRun();
    const [run] = local.checkRuns(REPOSITORY);
    await deliver(() => local.rerequestCheckRun({ ...REPOSITORY, id: run?.id ?? 0, by: "mona" }));
    expect(queue.jobs).toEqual([preview()]);
    const event = lastEvent("check_run", "rerequested");
    await receiveDelivery(probot, changed(event, { check_run: { ...runOf(event), app: { id: 1 } } }));
    await receiveDelivery(
      probot,
      changed(event, {
        check_run: { ...runOf(event), pull_requests: [{ number: 3, head: { ref: "x" }, base: { repo: { id: 1 } } }] },
      }),
    );
    await receiveDelivery(probot, changed(event, { action: "completed" }));
    expect(queue.jobs).toHaveLength(1);
  });

  it("that is run again with its whole suite is previewed", async () => {
    const event = lastEvent("check_run", "rerequested");
    const { app, pull_requests } = runOf(event);
    const suite = { ...event, event: "check_suite" };
    await receiveDelivery(probot, changed(suite, { check_suite: { app, pull_requests } }));
    await receiveDelivery(probot, changed(suite, { check_suite: { app: { id: 1 }, pull_requests } }));
    await receiveDelivery(probot, changed(suite, { action: "completed", check_suite: { app, pull_requests } }));
    expect(queue.jobs).toEqual([preview()]);
  });

  async function finishRun(): Promise<void> {
    const github = await edge.for(local.installationId, REPOSITORY);
    const { headSha } = local.pull(pull);
    await github.upsertCheck({
      name: "Sluice",
      headSha,
      status: "completed",
      conclusion: "success",
      title: "ok",
      summary: "ok",
    });
  }
});

describe("a delivery", () => {
  it("of an event that nobody handles is done", async () => {
    await receiveDelivery(probot, { type: "delivery", id: "1", event: "star", payload: "{}" });
    await receiveDelivery(probot, { type: "delivery", id: "2", event: "constructor", payload: "{}" });
    expect(queue.jobs).toEqual([]);
  });

  it("whose job the store does not take fails with the store's error, without the payload on it", async () => {
    queue.fail = new Fault("unavailable", "the store does not answer");
    await expect(receiveDelivery(probot, delivery(lastEvent("pull_request", "opened")))).rejects.toBe(queue.fail);
    expect(Object.keys(queue.fail)).not.toContain("event");
  });

  it("that is not JSON, or not as GitHub describes it, is a bug that says what is wrong", async () => {
    const broken = { type: "delivery", id: "3", event: "pull_request" } as const;
    await expect(receiveDelivery(probot, { ...broken, payload: "{" })).rejects.toMatchObject({
      name: "Fault",
      kind: "bug",
    });
    await expect(receiveDelivery(probot, { ...broken, payload: '{"action":"opened"}' })).rejects.toMatchObject({
      kind: "bug",
      message: expect.stringContaining("repository"),
    });
  });

  it("does not outlive the worker's signal", async () => {
    const never = memoryQueue();
    never.add = () => new Promise(() => undefined);
    const stuck = await loadProbot({ app: local.app, apiUrl: local.apiUrl, queue: never });
    const stop = new AbortController();
    const running = receiveDelivery(stuck, delivery(lastEvent("pull_request", "opened")), stop.signal);
    stop.abort();
    await expect(running).rejects.toMatchObject({ name: "Fault", kind: "timeout" });
  });

  it("asks GitHub nothing: doors only translate", async () => {
    const before = local.requests.length;
    await receiveDelivery(probot, delivery(lastEvent("pull_request", "opened")));
    expect(local.requests.length).toBe(before);
  });
});
