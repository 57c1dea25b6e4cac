import { isOwnHead } from "../../change/pull-request/branch.ts";
import { publishWithRetries, type Round } from "../../change/pull-request/publish-with-retries.ts";
import { openContext, type RepositoryContext } from "../../change/repository-context.ts";
import { UserError } from "../../model/errors.ts";
import type { ImageJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { computeBump } from "../bump.ts";
import type { EntryDecision } from "../entry-decision.ts";
import { type ImageUnit, unitsOf } from "../units.ts";
import { bumpsOf } from "../wanted.ts";
import { closeUnneeded } from "./close.ts";
import { conclude, type Outcome } from "./conclusion.ts";
import { decide, reasonOf } from "./decide.ts";
import { announcePublished } from "./events.ts";
import { nextPoll } from "./poll.ts";
import type { ImagePorts } from "./ports.ts";
import { proposalOf } from "./proposal.ts";
import { savePublishedHead } from "./published-heads.ts";
import { retryLater } from "./retry-later.ts";
import { schedule } from "./schedule.ts";

/**
 * Compares what the targets of one unit have with what its policies want, and opens, updates or closes its one pull
 * request. What came of it, and why, goes to the event log. Idempotent.
 */
export function runImage(job: ImageJob, ports: ImagePorts, run: RunContext): Promise<void> {
  return retryLater(ports, job, run, async () => {
    const { installationId, repository, defaultBranch } = job;
    const where = { installationId, repository };
    const context = await openContext(ports, where, defaultBranch, run.signal).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      ports.log.warn({ error, repository }, `images are not evaluated: ${error.message}`);
    });
    const unit = context && unitsOf(context.config).find(({ name }) => name === job.unit);
    if (context === undefined || unit === undefined) return;
    try {
      await publishWithRetries(ports, context, (round) => evaluate(ports, round, unit));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await conclude(ports, context, unit, [], { summary: reasonOf(error) });
      await scheduleNext(ports, context, unit, []);
    }
  });
}

async function evaluate(ports: ImagePorts, round: Round, unit: ImageUnit): Promise<void> {
  const { context } = round;
  const decisions: EntryDecision[] = [];
  for (const entry of unit.entries) decisions.push(await decide(ports, context, entry));
  const outcome = await act(ports, round, unit, decisions);
  if (!decisions.some(({ failed }) => failed))
    await savePublishedHead(ports, context.where.repository, unit.name, outcome.head);
  // After the head was saved: what merges by itself is compared with it.
  if (outcome.head !== undefined && outcome.pullRequest !== undefined)
    await ports.queue.add({ type: "image-pull", ...context.where, pullRequest: outcome.pullRequest });
  await conclude(ports, context, unit, decisions, outcome);
  await scheduleNext(ports, context, unit, decisions);
}

/** Plans what was decided, and publishes it, or closes the pull request where nothing is left to do. */
async function act(
  ports: ImagePorts,
  { context, publish }: Round,
  unit: ImageUnit,
  decisions: readonly EntryDecision[],
): Promise<Outcome> {
  const bumps = bumpsOf(decisions);
  // What cannot be evaluated now may well be what the open pull request brings.
  if (decisions.some(({ failed }) => failed) && (bumps.length === 0 || context.branches.has(unit.branch))) return {};
  if (bumps.length === 0) {
    const left = new Set(decisions.flatMap((one) => one.left.map(({ target }) => target.id)));
    return closeUnneeded(ports, context, unit.branch, { why: whyNothing(decisions), left });
  }
  const computed = await computeBump({
    repository: context.repository,
    base: context.head,
    bumps,
    allTargets: context.targets.targets,
    renderer: ports.renderer,
    signal: context.signal,
  });
  const refused = computed.targets.flatMap((target) => (target.outcome === "refused" ? [target] : []));
  if (!computed.targets.some(({ outcome }) => outcome === "planned")) {
    const why = refused.map(({ app, environment, reason }) => `${app} in ${environment}: ${reason}`).join("; ");
    const summary = refused.length === 0 ? "every target has it already" : `it cannot be written: ${why}`;
    return { summary, ...(await closeUnneeded(ports, context, unit.branch, { why })) };
  }
  if (await isTakenOver(context, unit.branch))
    return { summary: `somebody pushed to \`${unit.branch}\`: merge or close its pull request, or delete the branch` };
  const published = await publish(proposalOf(ports, context, unit, decisions, computed));
  const pullRequest = published.pull.number;
  if (published.how !== "declined") await announcePublished(ports, context.where, published);
  if (published.how !== "declined") return { pullRequest, head: published.head, how: published.how, refused };
  const summary = `a person closed #${pullRequest} with these versions; a newer tag, or \`/retry\` there, brings it again`;
  return { pullRequest, summary, refused };
}

/** Whether a person's commits are on the branch: they are never overwritten. */
async function isTakenOver(context: RepositoryContext, branch: string): Promise<boolean> {
  const head = context.branches.get(branch);
  return head !== undefined && !(await isOwnHead(context, branch, head));
}

function whyNothing(decisions: readonly EntryDecision[]): string {
  const reasons = decisions.flatMap(({ entry, decision, left }) => [
    `${entry.image}: ${decision.summary}`,
    ...left.map(({ target, why }) => `${target.id}: ${why}`),
  ]);
  return reasons.join("; ");
}

/** Has the unit evaluated again when time alone changes the answer, and when it is polled next. */
async function scheduleNext(
  ports: ImagePorts,
  { where, base }: RepositoryContext,
  unit: ImageUnit,
  decisions: readonly EntryDecision[],
): Promise<void> {
  const moments = decisions.flatMap(({ decision: { waitUntil }, resumeAt }) =>
    [waitUntil, resumeAt].filter((moment) => moment !== undefined),
  );
  const poll = nextPoll(unit, `${where.repository.owner}/${where.repository.name}`, ports.clock());
  const next = [...(moments.length > 0 ? [Math.min(...moments)] : []), ...(poll === undefined ? [] : [poll])];
  const job = { type: "image", ...where, defaultBranch: base, unit: unit.name } as const;
  for (const moment of next) await schedule(ports, job, moment);
}
