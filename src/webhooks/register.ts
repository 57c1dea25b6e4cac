import type { Probot } from "probot";
import type { Job } from "../model/jobs.ts";
import type { Queue } from "../model/queue.ts";
import { checkRunJobs } from "./check-run.ts";
import { checkSuiteJobs } from "./check-suite.ts";
import { deploymentStatusJobs } from "./deployment-status.ts";
import { issueCommentJobs } from "./issue-comment.ts";
import { pullRequestJobs } from "./pull-request.ts";
import { pullRequestReviewJobs } from "./pull-request-review.ts";
import { pushJobs } from "./push.ts";
import { statusJobs } from "./status.ts";

/** What the doors need. */
export interface WebhookOptions {
  readonly queue: Queue;
  /** The App's own id: what it wrote itself is no event for it. */
  readonly appId: number;
}

/** Turns a payload into what is to be done: nothing, for most events. */
type Translate = (payload: unknown, appId: number) => readonly Job[];

/** GitHub's events and what each means. The App subscribes to exactly these (`app.yml`). */
export const EVENTS = {
  check_run: checkRunJobs,
  check_suite: checkSuiteJobs,
  deployment_status: deploymentStatusJobs,
  issue_comment: issueCommentJobs,
  pull_request: pullRequestJobs,
  pull_request_review: pullRequestReviewJobs,
  push: pushJobs,
  status: statusJobs,
} as const satisfies Readonly<Record<string, Translate>>;

/** Registers a handler for each event: it translates and enqueues. A store that does not take a job is thrown, so that the delivery is retried. */
export function registerWebhooks(app: Probot, options: WebhookOptions): void {
  const handle = async (translate: Translate, payload: unknown): Promise<void> => {
    for (const job of translate(payload, options.appId)) await options.queue.add(job);
  };
  app.on("check_run", ({ payload }) => handle(EVENTS.check_run, payload));
  app.on("check_suite", ({ payload }) => handle(EVENTS.check_suite, payload));
  app.on("deployment_status", ({ payload }) => handle(EVENTS.deployment_status, payload));
  app.on("issue_comment", ({ payload }) => handle(EVENTS.issue_comment, payload));
  app.on("pull_request", ({ payload }) => handle(EVENTS.pull_request, payload));
  app.on("pull_request_review", ({ payload }) => handle(EVENTS.pull_request_review, payload));
  app.on("push", ({ payload }) => handle(EVENTS.push, payload));
  app.on("status", ({ payload }) => handle(EVENTS.status, payload));
}
