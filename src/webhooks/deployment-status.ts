import type { PromotionsJob } from "../model/jobs.ts";
import { common, parsePayload, promotionsOf } from "./payload.ts";

/**
 * `deployment_status`: an environment has, or has not, what was deployed there, which is what health and soak are told
 * from.
 */
export function deploymentStatusJobs(payload: unknown): readonly PromotionsJob[] {
  const event = parsePayload("deployment_status", common, payload);
  return event.action === "created" ? promotionsOf(event) : [];
}
