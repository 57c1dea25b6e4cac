import { z } from "zod";
import type { PromotionsJob } from "../model/jobs.ts";
import { isPromotionBranch, parsePayload, place, promotionsOf } from "./payload.ts";

const schema = place.extend({
  state: z.string(),
  branches: z.array(z.object({ name: z.string() })),
});

/** GitHub names no more branches than this with a status, whichever they are. */
const NAMED_BRANCHES = 10;

/**
 * `status`: something said how it went with a commit that a gate may wait for: one of the default branch or of a promotion. The event names no pull request, so that all promotions of the
 * repository are looked at.
 */
export function statusJobs(payload: unknown): readonly PromotionsJob[] {
  const event = parsePayload("status", schema, payload);
  if (event.state === "pending") return [];
  const { branches, repository } = event;
  const matters =
    branches.length >= NAMED_BRANCHES ||
    branches.some(({ name }) => name === repository.default_branch || isPromotionBranch(name));
  return matters ? promotionsOf(event) : [];
}
