import { z } from "zod";
import type { GatesJob } from "../model/jobs.ts";
import { addressOf, common, isPromotionBranch, parsePayload } from "./payload.ts";

const schema = common.extend({
  pull_request: z.object({
    number: z.number(),
    head: z.object({ ref: z.string(), repo: z.object({ id: z.number() }).nullable() }),
  }),
  review: z.object({ state: z.string() }),
});

const ACTIONS = new Set(["submitted", "edited", "dismissed"]);

/** `pull_request_review`: somebody approved a promotion, asked for changes, or took that back. A mere comment decides nothing. */
export function pullRequestReviewJobs(payload: unknown): readonly GatesJob[] {
  const event = parsePayload("pull_request_review", schema, payload);
  const { head, number: pullRequest } = event.pull_request;
  const address = addressOf(event);
  if (address === undefined || !ACTIONS.has(event.action) || event.review.state === "commented") return [];
  if (head.repo?.id !== event.repository.id || !isPromotionBranch(head.ref)) return [];
  return [{ type: "gates", ...address, pullRequest }];
}
