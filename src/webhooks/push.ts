import { z } from "zod";
import type { ReconcileJob } from "../model/deploy.ts";
import type { PromotionsJob, WatchJob } from "../model/jobs.ts";
import { parsePayload, place, promotionsOf, reconcileOf, watchOf } from "./payload.ts";

const schema = place.extend({
  ref: z.string(),
  deleted: z.boolean(),
  sender: z.object({ type: z.string() }).nullish(),
});

/** Where holds and history are kept. */
const STATE_REF = "refs/heads/sluice-state";

/**
 * `push`: the default branch moved, so that there may be something to deploy, to promote or to plan again and other
 * images to ask for, or a person wrote holds and history by hand. Of the state branch the App's own commits are left
 * alone, and with them those of every bot: the event does not say which App pushed.
 */
export function pushJobs(payload: unknown): readonly (PromotionsJob | WatchJob | ReconcileJob)[] {
  const event = parsePayload("push", schema, payload);
  if (event.deleted) return [];
  const base = event.ref === `refs/heads/${event.repository.default_branch}`;
  const state = event.ref === STATE_REF && event.sender?.type !== "Bot";
  const deploys = base || state ? reconcileOf(event) : [];
  return [...deploys, ...(base || state ? promotionsOf(event) : []), ...(base ? watchOf(event) : [])];
}
