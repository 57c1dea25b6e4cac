import { z } from "zod";
import type { PreviewJob } from "../model/jobs.ts";
import { addressOf, common, parsePayload } from "./payload.ts";

const schema = common.extend({
  pull_request: z.object({ number: z.number() }),
  changes: z.object({ base: z.unknown() }).partial().optional(),
});

/** Actions after which the head or the base may be another one, or somebody begins to look. */
const ACTIONS = new Set(["opened", "synchronize", "reopened", "ready_for_review"]);

/** `pull_request`: a preview whenever what it compares may have changed; an edit of the title or the text is none. */
export function pullRequestJobs(payload: unknown): readonly PreviewJob[] {
  const event = parsePayload("pull_request", schema, payload);
  const moved = event.action === "edited" && event.changes?.base !== undefined;
  if (!ACTIONS.has(event.action) && !moved) return [];
  const address = addressOf(event);
  return address === undefined ? [] : [{ type: "preview", ...address, pullRequest: event.pull_request.number }];
}
