import { z } from "zod";
import type { ReconcileJob } from "../model/deploy.ts";
import type { GatesJob, ImagePullJob, PreviewJob, PromotionsJob, StatusCommentJob } from "../model/jobs.ts";
import { addressOf, common, isRenderBranch, ownPullJob, parsePayload, promotionsOf, reconcileOf } from "./payload.ts";

const schema = common.extend({
  pull_request: z.object({
    number: z.number(),
    merged: z.boolean().nullish(),
    head: z.object({ ref: z.string(), repo: z.object({ id: z.number() }).nullable() }),
    base: z.object({ ref: z.string() }),
  }),
  changes: z.object({ base: z.unknown() }).partial().optional(),
});
type Event = z.infer<typeof schema>;

/** Actions after which the head or the base may be another one, or somebody begins to look. */
const LOOKED_AT = new Set(["opened", "synchronize", "reopened", "ready_for_review"]);

/** Actions after which a promotion's gates may come to something else. */
const DECIDES = new Set([...LOOKED_AT, "closed", "converted_to_draft"]);

/** Actions that say that a pull request was closed, even if it is open again by now. */
const ENDED = new Set(["closed", "reopened"]);

/**
 * `pull_request`: a preview whenever what it compares may have changed, the gates of a promotion or the check of an
 * image pull request as well; a pull request into the default branch that ended may let promotions begin or go on, and
 * one with what is rendered, whose diff needs no preview, is a deploy. An
 * edit of the title or the text is nothing, and neither are labels: Sluice writes those itself.
 */
export function pullRequestJobs(
  payload: unknown,
): readonly (PreviewJob | GatesJob | ImagePullJob | PromotionsJob | StatusCommentJob | ReconcileJob)[] {
  const event = parsePayload("pull_request", schema, payload);
  const address = addressOf(event);
  if (address === undefined) return [];
  const { number: pullRequest, merged } = event.pull_request;
  if (isRender(event)) return ENDED.has(event.action) ? reconcileOf(event) : [];
  const { action } = event;
  const rebased = action === "edited" && event.changes?.base !== undefined;
  const ended = action === "closed" && event.pull_request.base.ref === event.repository.default_branch;
  return [
    ...(LOOKED_AT.has(action) || rebased ? [{ type: "preview" as const, ...address, pullRequest }] : []),
    ...((DECIDES.has(action) || rebased) && isOwn(event)
      ? ownPullJob(address, event.pull_request.head.ref, pullRequest).map((job) =>
          ENDED.has(action) ? { ...job, ended: true as const } : job,
        )
      : []),
    ...(ended ? promotionsOf(event) : []),
    ...(ended && merged === true ? [{ type: "status-comment" as const, ...address, pullRequest }] : []),
  ];
}

/** Into the default branch nothing is rendered, whoever gave a branch such a name to be spared the preview. */
function isRender(event: Event): boolean {
  const { head, base } = event.pull_request;
  return isOwn(event) && isRenderBranch(head.ref) && base.ref !== event.repository.default_branch;
}

/** A branch of the same name in a fork is not Sluice's. */
function isOwn({ pull_request: { head }, repository }: Event): boolean {
  return head.repo?.id === repository.id;
}
