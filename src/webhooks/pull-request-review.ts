import { z } from "zod";
import type { GatesJob, ImagePullJob } from "../model/jobs.ts";
import { addressOf, common, ownPullJob, parsePayload } from "./payload.ts";

const schema = common.extend({
  pull_request: z.object({
    number: z.number(),
    head: z.object({ ref: z.string(), repo: z.object({ id: z.number() }).nullable() }),
  }),
  review: z.object({ state: z.string() }),
});

const ACTIONS = new Set(["submitted", "edited", "dismissed"]);

/**
 * `pull_request_review`: somebody approved a promotion or an image pull request, asked for changes, or took that back.
 * A mere comment decides nothing.
 */
export function pullRequestReviewJobs(payload: unknown): readonly (GatesJob | ImagePullJob)[] {
  const event = parsePayload("pull_request_review", schema, payload);
  const { head, number: pullRequest } = event.pull_request;
  const address = addressOf(event);
  if (address === undefined || !ACTIONS.has(event.action) || event.review.state === "commented") return [];
  return head.repo?.id === event.repository.id ? ownPullJob(address, head.ref, pullRequest) : [];
}
