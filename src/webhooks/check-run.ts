import { z } from "zod";
import type { GatesJob, ImagePullJob, PreviewJob, PromotionsJob } from "../model/jobs.ts";
import {
  againOf,
  checkedPulls,
  common,
  gatesOf,
  isImageBranch,
  isPromotionBranch,
  parsePayload,
  promotionsOf,
} from "./payload.ts";

const schema = common.extend({
  check_run: z.object({
    app: z.object({ id: z.number() }).nullable(),
    pull_requests: checkedPulls,
    check_suite: z.object({ head_branch: z.string().nullable() }).nullish(),
  }),
});

/**
 * `check_run`: somebody pressed "Re-run" on a check of ours, or a check of another App ended where a gate may wait for
 * it: on the default branch, whose commits are carried, or on a pull request of Sluice's own. Sluice's own checks that
 * end are no news to it.
 */
export function checkRunJobs(
  payload: unknown,
  appId: number,
): readonly (PreviewJob | GatesJob | ImagePullJob | PromotionsJob)[] {
  const event = parsePayload("check_run", schema, payload);
  const { app, pull_requests: pulls, check_suite: suite } = event.check_run;
  const ours = app?.id === appId;
  if (ours && event.action === "rerequested") return againOf(event, pulls);
  if (ours || event.action !== "completed") return [];
  const branch = suite?.head_branch ?? "";
  if (branch === event.repository.default_branch) return promotionsOf(event);
  return isPromotionBranch(branch) || isImageBranch(branch) ? gatesOf(event, pulls) : [];
}
