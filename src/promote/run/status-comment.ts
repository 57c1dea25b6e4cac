import { openConfigured, type RepositoryContext } from "../../change/repository-context.ts";
import { changeOf } from "../../change/text/change-of.ts";
import { settingsFor } from "../../config/index.ts";
import type { PullRequest } from "../../model/github.ts";
import type { StatusCommentJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { parseBranch } from "../text/branch.ts";
import { promotionOf } from "../text/metadata.ts";
import { statusComment, statusMarker } from "../text/status-comment.ts";
import { versionRuns } from "../version-runs.ts";
import { deferredRequests } from "./deferred-requests.ts";
import { enqueueUpdates } from "./enqueue-updates.ts";
import type { PromotionPorts } from "./ports.ts";
import { carriedRequest } from "./source-moves.ts";
import { statusSteps } from "./status-steps.ts";
import { touchedTargets, wantsOf } from "./touched.ts";

/**
 * Updates the comment "Where is this change" of a pull request. It is written once there is something to say: after the
 * merge of what some environment gets by promotion, or when somebody asked for a promotion before. On a promotion it
 * updates the comments of the changes that it carries.
 */
export async function runStatusComment(job: StatusCommentJob, ports: PromotionPorts, run: RunContext): Promise<void> {
  const github = await ports.github(job.installationId, job.repository);
  const pull = await github.pullRequest(job.pullRequest);
  const where = { installationId: job.installationId, repository: job.repository };
  if (!pull.fork && parseBranch(pull.head.ref) !== undefined) return passOn(ports, where, pull);
  if ((pull.state === "closed" && !pull.merged) || pull.base.ref !== pull.defaultBranch) return;
  const context = await openConfigured(ports, where, pull.base.ref, run.signal, wantsOf(pull));
  if (context === undefined) return;
  if (pull.merged) await updateReplaced(ports, context, pull);
  const waits = (await deferredRequests(ports, context)).some(({ pullRequest }) => pullRequest === pull.number);
  if (!pull.merged && !waits) return;
  const steps = await statusSteps(ports, context, pull);
  const isSaidByMerge = steps.every(({ state, deploy }) => (state === "merged" || state === "comes") && !deploy);
  if (isSaidByMerge) return;
  await github.upsertComment(pull.number, statusMarker, statusComment(steps, ports.clock()));
}

/** The changes whose versions this one replaced say so at once. Only older ones are updated, so this ends. */
async function updateReplaced(ports: PromotionPorts, context: RepositoryContext, pull: PullRequest): Promise<void> {
  for (const target of await touchedTargets(ports, context, pull)) {
    const { promote: settings } = settingsFor(context.config, target.app, target.environment);
    const request = carriedRequest(ports, context, { app: target.app, source: target, target, settings }, "target");
    const runs = versionRuns(request, pull.mergeCommit ?? context.head);
    await runs.next();
    const { value: before } = await runs.next();
    const number = changeOf(before?.first.message ?? "").pullRequest;
    if (number === undefined || number >= pull.number) continue;
    await ports.queue.add({ type: "status-comment", ...context.where, pullRequest: number });
  }
}

/** Only pull requests older than this one are updated, so this ends. */
async function passOn(
  ports: PromotionPorts,
  where: { readonly installationId: number; readonly repository: StatusCommentJob["repository"] },
  pull: PullRequest,
): Promise<void> {
  const metadata = promotionOf(pull, ports.signer);
  if (metadata === undefined) return;
  const carried = metadata.carried.filter((number) => number < pull.number);
  const origin = metadata.origin !== undefined && metadata.origin < pull.number ? { origin: metadata.origin } : {};
  await enqueueUpdates(ports, where, { carried, ...origin });
}
