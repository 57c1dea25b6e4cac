import { z } from "zod";
import type { PreviewJob } from "../model/jobs.ts";
import { checkedPulls, common, parsePayload, previewsOf } from "./payload.ts";

const schema = common.extend({
  check_run: z.object({ app: z.object({ id: z.number() }).nullable(), pull_requests: checkedPulls }),
});

/** `check_run`: somebody pressed "Re-run" on a check of ours. */
export function checkRunJobs(payload: unknown, appId: number): readonly PreviewJob[] {
  const event = parsePayload("check_run", schema, payload);
  if (event.action !== "rerequested" || event.check_run.app?.id !== appId) return [];
  return previewsOf(event, event.check_run.pull_requests);
}
