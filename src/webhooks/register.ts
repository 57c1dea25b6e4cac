import type { Probot } from "probot";
import type { Job } from "../model/job-kinds.ts";
import type { Clock } from "../model/observe.ts";
import type { Queue } from "../model/queue.ts";
import { checkRunJobs } from "./check-run.ts";
import { checkSuiteJobs } from "./check-suite.ts";
import { deploymentStatusJobs } from "./deployment-status.ts";
import { installationJobs, installationRepositoriesJobs } from "./installation.ts";
import { issueCommentJobs } from "./issue-comment.ts";
import { pullRequestJobs } from "./pull-request.ts";
import { pullRequestReviewJobs } from "./pull-request-review.ts";
import { pushJobs } from "./push.ts";
import { registryPackageJobs } from "./registry-package.ts";
import { repositoryJobs } from "./repository.ts";
import { statusJobs } from "./status.ts";

/** What the doors need. */
export interface WebhookOptions {
  readonly queue: Queue;
  /** The App's own id: what it wrote itself is no event for it. */
  readonly appId: number;
  /** The system's when absent. */
  readonly clock?: Clock;
}

/**
 * What is known of an event beside its payload: GitHub's id of the delivery, and when it is handled, in milliseconds
 * since the epoch.
 */
interface Delivery {
  readonly id: string;
  readonly at: number;
}

/** Turns a payload into what is to be done: nothing, for most events. */
type Translate = (payload: unknown, appId: number, delivery: Delivery) => readonly Job[];

/** GitHub's events and what each means. The App subscribes to exactly these (`app.yml`). */
export const EVENTS = {
  check_run: checkRunJobs,
  check_suite: checkSuiteJobs,
  deployment_status: deploymentStatusJobs,
  issue_comment: issueCommentJobs,
  pull_request: pullRequestJobs,
  pull_request_review: pullRequestReviewJobs,
  push: pushJobs,
  registry_package: registryPackageJobs,
  repository: repositoryJobs,
  status: statusJobs,
} as const satisfies Readonly<Record<string, Translate>>;

/**
 * All that is handled: also what GitHub sends to every App, and `package`, which no App can subscribe to, but which
 * webhooks of organizations send.
 */
export const HANDLED = {
  ...EVENTS,
  installation: installationJobs,
  installation_repositories: installationRepositoriesJobs,
  package: registryPackageJobs,
} as const satisfies Readonly<Record<string, Translate>>;

/**
 * Registers a handler for each event: it translates and enqueues. A store that does not take a job is thrown, so that
 * the delivery is retried.
 */
export function registerWebhooks(app: Probot, options: WebhookOptions): void {
  const { queue, appId, clock = Date.now } = options;
  const handle = async (translate: Translate, event: { readonly id: string; readonly payload: unknown }) => {
    const delivery = { id: event.id, at: clock() };
    for (const job of translate(event.payload, appId, delivery)) await queue.add(job);
  };
  app.on("check_run", (event) => handle(EVENTS.check_run, event));
  app.on("check_suite", (event) => handle(EVENTS.check_suite, event));
  app.on("deployment_status", (event) => handle(EVENTS.deployment_status, event));
  app.on("installation", (event) => handle(HANDLED.installation, event));
  app.on("installation_repositories", (event) => handle(HANDLED.installation_repositories, event));
  app.on("issue_comment", (event) => handle(EVENTS.issue_comment, event));
  app.on("pull_request", (event) => handle(EVENTS.pull_request, event));
  app.on("pull_request_review", (event) => handle(EVENTS.pull_request_review, event));
  app.on("push", (event) => handle(EVENTS.push, event));
  app.on("package", (event) => handle(HANDLED.package, event));
  app.on("registry_package", (event) => handle(EVENTS.registry_package, event));
  app.on("repository", (event) => handle(EVENTS.repository, event));
  app.on("status", (event) => handle(EVENTS.status, event));
}
