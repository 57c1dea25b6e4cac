import { setTimeout } from "node:timers/promises";
import { ownHeadOf } from "../../change/pull-request/branch.ts";
import { mergePullRequest, queuedRemark } from "../../change/pull-request/merge.ts";
import { describesHead } from "../../change/pull-request/metadata.ts";
import { saveSettled, standingOf } from "../../change/pull-request/published.ts";
import { baseOf, openContext, type RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import { inert } from "../../diff/index.ts";
import { Fault, UserError } from "../../model/errors.ts";
import type { GateVerdict, PromotionFacts } from "../../model/gates.ts";
import type { PullRequest } from "../../model/github.ts";
import type { GatesJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { evaluateGates } from "../../policy/gates/index.ts";
import { parseBranch } from "../text/branch.ts";
import { replaceGates } from "../text/gates.ts";
import { type PromotionMetadata, promotionOf } from "../text/metadata.ts";
import { isOvertaken } from "../text/rollback-proposal.ts";
import { changedTitle, promotionTitle } from "../text/title.ts";
import { gatesCheck, promotionCheck, type Standing, standingBody } from "../text/verdict.ts";
import { brokenTarget } from "./broken-target.ts";
import { enqueueUpdates } from "./enqueue-updates.ts";
import { gatesEvent, type OfPull } from "./events.ts";
import { atHead, factsOf } from "./facts.ts";
import { observe } from "./health.ts";
import { mergeStops } from "./merge-stops.ts";
import { opposites, oppositesText } from "./opposites.ts";
import type { PromotionPorts } from "./ports.ts";
import { assertTargets, replanPromotion, whatIsGone } from "./replan.ts";
import { settlePromotion } from "./settle.ts";
import { isAsPlanned, isEmptyChange } from "./target-changes.ts";
import { recordVerified } from "./verified.ts";

/**
 * Evaluates the gates of one promotion pull request at its head, says them in its check and its body, sets the timer
 * for the next moment that changes the answer, and merges where that is Sluice's to do. What was merged or closed is
 * written into the history. Idempotent.
 */
export function runGates(job: GatesJob, ports: PromotionPorts, run: RunContext): Promise<void> {
  return runAfter(job, ports, run, ports.pausesMs ?? pausesMs);
}

/** See `PromotionPorts`. */
const pausesMs: readonly number[] = [400, 1_200];

/** Looks at the pull request as it is now; what is not said yet is waited for, as long as there are pauses left. */
async function runAfter(
  job: GatesJob,
  ports: PromotionPorts,
  run: RunContext,
  pauses: readonly number[],
): Promise<void> {
  const github = await ports.github(job.installationId, job.repository);
  const pull = await github.pullRequest(job.pullRequest);
  if (parseBranch(pull.head.ref) === undefined || pull.fork) return;
  const where = { installationId: job.installationId, repository: job.repository };
  if (pull.state === "closed") return settlePromotion(ports, where, pull, run.signal);
  // Closed, and opened again before this ran.
  if (job.ended === true) await saveSettled(ports, where, pull, run.signal);
  const metadata = promotionOf(pull, ports.signer);
  if (metadata === undefined)
    return pull.byApp ? unreadable(github, pull) : void (await github.upsertCheck(notOurs(pull)));
  const want = [`refs/pull/${pull.number}/head`, pull.head.sha, metadata.commit];
  try {
    const context = await openContext(ports, where, baseOf(pull), run.signal, want);
    const missing = await runOpen(ports, context, pull, metadata, run);
    if (missing === undefined) return;
    const [pauseMs, ...more] = pauses;
    if (pauseMs !== undefined) {
      await setTimeout(pauseMs, undefined, { signal: run.signal });
      return await runAfter(job, ports, run, more);
    }
    // One who died before it was said is run again.
    if (run.attempt === 1) throw new Fault("unavailable", `#${pull.number}: ${missing}`);
    await unreadable(github, pull, missing);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await github.upsertCheck(refused(pull, error));
  }
}

/** Evaluates what is described and published as it is, and plans again what is due; else gives what is missing. */
async function runOpen(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: PromotionMetadata,
  run: RunContext,
): Promise<string | undefined> {
  const own = await ownHeadOf(context, pull.head.ref, pull.head.sha);
  const described = describesHead(metadata, pull);
  // A merge of the base on top of what is described: "Update branch".
  const updated = !described && own !== undefined && own === metadata.head;
  const head = updated ? { ...pull.head, sha: own } : pull.head;
  const standing = await standingOf(context, { number: pull.number, head });
  if (standing === "settled") await context.github.upsertCheck(usedUp(pull));
  else if (own === undefined || (described && standing === "current"))
    await evaluate(ports, context, pull, metadata, run);
  else if (updated && standing === "current") await replanPromotion(ports, context, pull, metadata);
  else if (described) return "Its head is not the one that Sluice published last";
  else return "Its description is about another head";
  return undefined;
}

async function evaluate(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: PromotionMetadata,
  { firstRun }: RunContext,
): Promise<void> {
  assertTargets(
    context,
    metadata.environment,
    metadata.targets.map(({ app }) => app),
  );
  const promotion = await atHead(ports, context, pull, metadata);
  const { ours, changes } = promotion;
  const now = ports.clock();
  const facts = await factsOf(ports, context, observe(context), promotion);
  const verdict = evaluateGates(facts, now);
  await recordVerified(ports, context, metadata, facts, verdict);
  const against = oppositesText(metadata.kind, await opposites(ports, context, metadata));
  const remarks = against === "" ? [] : [`${against}.`];
  announceGates(ports, { where: context.where, pull, metadata }, verdict, now);
  const empty = verdict.state === "passed" && isEmptyChange(changes);
  if (empty) remarks.push("The render stays the same: merging it changes nothing in the cluster.");
  // What people pushed is theirs to merge, whatever would stop Sluice.
  const stops = ours ? await mergeStops(ports, context, pull, metadata, verdict) : [];
  const itself = mergesItself(context, metadata, empty);
  const broken = ours ? await brokenTarget(context, pull, metadata, changes) : undefined;
  const standing = {
    ...{ metadata, verdict, stops, broken, now, automatic: itself && ours },
    ...pushedIn(facts, pull),
  };
  const mayMerge = ours && stops.length === 0 && broken === undefined && verdict.state === "passed" && itself;
  if (!mayMerge && mayBeQueued(pull, firstRun)) await context.github.dequeue(pull);
  if (mayMerge) {
    if (!isAsPlanned(metadata, changes) || whatIsGone(context, metadata) !== undefined)
      return planAgain(ports, context);
    // GitHub may require this very check.
    await context.github.upsertCheck(gatesCheck(headOf(context, pull), standing, remarks));
    const [first] = metadata.targets;
    const remark = await mergePullRequest(ports, context, pull, {
      target: first && { app: first.app, environment: metadata.environment },
      replan: { type: "promotions", ...context.where, defaultBranch: context.base },
      evaluate: { type: "gates", ...context.where, pullRequest: pull.number },
      reviews: promotion.reviews,
    });
    if (remark === undefined) return;
    remarks.push(inert(remark));
  }
  const isNew = await report(ports, context, pull, standing, remarks);
  // The status comments show the gates as the body does; a run that was cut short may have written it.
  if (!isNew && firstRun) return;
  const origin = metadata.origin === undefined ? {} : { origin: metadata.origin };
  await enqueueUpdates(ports, context.where, { carried: metadata.carried.slice(0, 10), ...origin });
}

/** What people's commits on the branch are to what was planned. */
function pushedIn({ pushed }: PromotionFacts, { author }: PullRequest): Pick<Standing, "pushed" | "pushers"> {
  if (pushed === undefined) return {};
  // The App opened it and pushed first.
  const pushers = [...pushed.by].filter((login) => login !== author.toLowerCase());
  return { pushed: pushed.changed ? "changed" : "beside", pushers };
}

function announceGates({ events }: PromotionPorts, of: OfPull, verdict: GateVerdict, now: number): void {
  const changed = gatesEvent(of, verdict, now);
  if (changed !== undefined) events.announce(changed);
}

/**
 * Whether Sluice may have put it into the merge queue, where it would be merged whatever the gates say by now: its
 * description says so, or was changed by a person, or a run was cut short before it was written.
 */
function mayBeQueued({ body }: PullRequest, firstRun: boolean): boolean {
  return !firstRun || replaceGates(body, "") === undefined || body.includes(queuedRemark);
}

/** What the base changed under the plan was not in what people approved: it is planned again before it is merged. */
async function planAgain(ports: PromotionPorts, { where, base }: RepositoryContext): Promise<void> {
  await ports.queue.add({ type: "promotions", ...where, defaultBranch: base });
}

function headOf({ url }: RepositoryContext, { head }: PullRequest) {
  return { sha: head.sha, url: `${url}/commit/${head.sha}` };
}

async function report(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  standing: Standing & { readonly verdict: GateVerdict },
  remarks: readonly string[],
): Promise<boolean> {
  const { verdict, now } = standing;
  const body = standingBody(pull.body, standing, remarks);
  const changed = body !== undefined && body.replaceAll("\r\n", "\n") !== pull.body.replaceAll("\r\n", "\n");
  const title = titleOf(pull, standing);
  // What was merged meanwhile is read from the check: nothing is written that came after it.
  if (changed && !(await writeBody(ports, context, pull, { body, ...(title === undefined ? {} : { title }) })))
    return false;
  await context.github.upsertCheck(gatesCheck(headOf(context, pull), standing, remarks));
  await scheduleAt(ports, context, pull, verdict.nextAt, now);
  return changed;
}

/** A title that promises versions which a person changed says so; one of a person's own stays. */
function titleOf({ title }: PullRequest, { pushed, metadata }: Standing): string | undefined {
  return pushed === "changed" && title === promotionTitle(metadata) ? changedTitle(metadata) : undefined;
}

/**
 * Writes the description, unless it is another one than what was evaluated: a command may have brought a newer version
 * meanwhile, and its metadata must not be lost. GitHub has no compare-and-set for descriptions, so it is read again
 * right before.
 */
async function writeBody(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  text: { readonly body: string; readonly title?: string },
): Promise<boolean> {
  const now = await context.github.pullRequest(pull.number);
  if (now.body === pull.body && now.head.sha === pull.head.sha && now.state === "open") {
    await context.github.updatePullRequest(pull.number, text);
    return true;
  }
  await ports.queue.add({ type: "gates", ...context.where, pullRequest: pull.number });
  return false;
}

/**
 * Has the gates evaluated at the next moment that changes the answer. A scheduled job is known by its moment and does
 * nothing the second time, so shortly before that moment, when this may be one that came too early by a clock that is
 * ahead of this one, a second one is scheduled.
 */
async function scheduleAt(
  ports: PromotionPorts,
  context: RepositoryContext,
  pull: PullRequest,
  nextAt: number | undefined,
  now: number,
): Promise<void> {
  if (nextAt === undefined) return;
  const job = { type: "gates", ...context.where, pullRequest: pull.number } as const;
  for (const slackMs of nextAt - now < secondMs ? [firstMs, secondMs] : [firstMs]) {
    const at = nextAt + slackMs;
    await ports.queue.add({ type: "scheduled", at, job }, { delayMs: Math.max(0, at - now) });
  }
}

const firstMs = 200;
const secondMs = 5_000;

/**
 * Whether a promotion whose gates pass is Sluice's to merge: every app in it says so, or nothing changes in the cluster
 * and it may then.
 */
function mergesItself(context: RepositoryContext, metadata: PromotionMetadata, empty: boolean): boolean {
  return metadata.targets.every(({ app }) => {
    const { promote, rollback } = settingsFor(context.config, app, metadata.environment);
    if (metadata.proposal !== undefined && rollback.merge === "automatic" && !isOvertaken(metadata)) return true;
    return (promote.merge === "automatic" && metadata.kind === "promotion") || (empty && promote.mergeEmpty);
  });
}

function refused(pull: PullRequest, error: UserError) {
  const summary = [error.message, error.fix]
    .filter((part) => part !== undefined)
    .map(inert)
    .join("\n\n");
  return {
    name: promotionCheck,
    headSha: pull.head.sha,
    status: "completed",
    conclusion: "failure",
    title: "The gates cannot be evaluated",
    summary,
  } as const;
}

/** Whose branch has the name of a promotion of Sluice's: with a copied description it is still none. */
function notOurs(pull: PullRequest) {
  return {
    name: promotionCheck,
    headSha: pull.head.sha,
    status: "completed",
    conclusion: "action_required",
    title: "A person opened this pull request, so it is no promotion of Sluice's",
    summary:
      "Branches that begin with `sluice/` are Sluice's own, and it opens their pull requests itself. Close this one and comment `/promote`; for a change of your own, take another branch.",
  } as const;
}

function usedUp(pull: PullRequest) {
  return {
    name: promotionCheck,
    headSha: pull.head.sha,
    status: "completed",
    conclusion: "action_required",
    title: "This promotion was closed, and opening it again brings nothing",
    summary: "Who may promote can comment `/retry` to have it planned again, or `/promote` for what is newest.",
  } as const;
}

async function unreadable(
  github: RepositoryContext["github"],
  pull: PullRequest,
  title = "Stopped: the description was edited, comment /retry",
): Promise<void> {
  await github.upsertCheck({
    name: promotionCheck,
    headSha: pull.head.sha,
    status: "completed",
    conclusion: "action_required",
    title,
    summary:
      "The metadata in its description was changed, taken out, or belongs to other commits than those on the branch, so its gates cannot be evaluated. While Sluice updates it, this passes in a moment; else comment `/retry` to have it planned and described again.",
  });
}
