import { z } from "zod";
import type { GatesJob, ImagePullJob, PreviewJob } from "../model/jobs.ts";
import { againOf, checkedPulls, common, parsePayload } from "./payload.ts";

const schema = common.extend({
  check_suite: z.object({ app: z.object({ id: z.number() }).nullable(), pull_requests: checkedPulls }),
});

/** `check_suite`: somebody pressed "Re-run all checks". */
export function checkSuiteJobs(payload: unknown, appId: number): readonly (PreviewJob | GatesJob | ImagePullJob)[] {
  const event = parsePayload("check_suite", schema, payload);
  if (event.action !== "rerequested" || event.check_suite.app?.id !== appId) return [];
  return againOf(event, event.check_suite.pull_requests);
}
