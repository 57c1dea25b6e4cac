import { z } from "zod";
import type { PromotionsJob, WatchJob } from "../model/jobs.ts";
import { isImageBranch, isPromotionBranch, parsePayload, place, promotionsOf, watchOf } from "./payload.ts";

const schema = place.extend({
  state: z.string(),
  branches: z.array(z.object({ name: z.string() })),
});

/** GitHub names no more branches than this with a status, whichever they are. */
const NAMED_BRANCHES = 10;

/**
 * `status`: something said how it went with a commit that a gate may wait for: one of the default branch or of a
 * promotion. The event names no pull request, so that all promotions or image pull requests of the repository are
 * looked at.
 */
export function statusJobs(payload: unknown): readonly (PromotionsJob | WatchJob)[] {
  const event = parsePayload("status", schema, payload);
  if (event.state === "pending") return [];
  const { branches, repository } = event;
  const matters =
    branches.length >= NAMED_BRANCHES ||
    branches.some(({ name }) => name === repository.default_branch || isPromotionBranch(name));
  const image = branches.length >= NAMED_BRANCHES || branches.some(({ name }) => isImageBranch(name));
  return [...(matters ? promotionsOf(event) : []), ...(image ? watchOf(event) : [])];
}
