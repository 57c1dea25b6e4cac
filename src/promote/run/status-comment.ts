import { openScene } from "../../change/repository-context.ts";
import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { StatusCommentJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { parseBranch } from "../text/branch.ts";
import { parseRecord } from "../text/metadata.ts";
import { chainComment, chainMarker } from "../text/status-comment.ts";
import { wishesOf } from "./deferred-requests.ts";
import type { PromotionPorts } from "./ports.ts";
import { enqueue } from "./publish.ts";
import { chainSteps } from "./status-steps.ts";
import { wantsOf } from "./touched.ts";

/**
 * Updates the comment "Where is this change" of a pull request. It is written once there is something to say: after the merge of what some environment gets by promotion, or when somebody asked
 * for a promotion before. On a promotion it passes on to what that carries.
 */
export async function runStatusComment(
  job: StatusCommentJob,
  ports: PromotionPorts,
  context: RunContext,
): Promise<void> {
  const github = await ports.github(job.installationId, job.repository);
  const pull = await github.pullRequest(job.pullRequest);
  const where = { installationId: job.installationId, repository: job.repository };
  if (!pull.fork && parseBranch(pull.head.ref) !== undefined) return passOn(ports, where, pull);
  if ((pull.state === "closed" && !pull.merged) || pull.base.ref !== pull.defaultBranch) return;
  const scene = await openScene(ports, where, pull.base.ref, context.signal, wantsOf(pull)).catch((error: unknown) => {
    if (error instanceof UserError && error.kind === "config") return undefined;
    throw error;
  });
  if (scene === undefined) return;
  const waits = (await wishesOf(ports, scene)).some(({ pullRequest }) => pullRequest === pull.number);
  if (!pull.merged && !waits) return;
  const steps = await chainSteps(ports, scene, pull);
  if (steps.every(({ state }) => state === "merged" || state === "comes")) return;
  await github.upsertComment(pull.number, chainMarker, chainComment(steps));
}

/** Carried pull requests are older than what carries them, so this ends. */
async function passOn(
  ports: PromotionPorts,
  where: { readonly installationId: number; readonly repository: StatusCommentJob["repository"] },
  pull: PullRequest,
): Promise<void> {
  const record = parseRecord(pull.body, pull.head.ref, ports.seal);
  if (record === undefined) return;
  const carried = record.carried.filter((number) => number < pull.number);
  const origin = record.origin !== undefined && record.origin < pull.number ? { origin: record.origin } : {};
  await enqueue(ports, { where }, { carried, ...origin }, undefined);
}
