import { isOwnHead } from "../../change/pull-request/branch.ts";
import { mergePullRequest, queuedRemark } from "../../change/pull-request/merge.ts";
import { describesHead } from "../../change/pull-request/metadata.ts";
import { saveSettled, standingOf } from "../../change/pull-request/published.ts";
import { openContext, type RepositoryContext } from "../../change/repository-context.ts";
import { replaceVerdict, verdictPart } from "../../change/text/verdict-part.ts";
import { settingsFor } from "../../config/index.ts";
import { inert } from "../../diff/index.ts";
import { Fault, UserError } from "../../model/errors.ts";
import type { GitHub, PullRequest } from "../../model/github.ts";
import type { Review } from "../../model/github-repository.ts";
import type { ImageJob, ImagePullJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { describeAllow } from "../../policy/allow.ts";
import { imageCheck, imageCheckReport, waitingReport } from "../text/check.ts";
import { type HeldPlace, heldText, heldTitle } from "../text/held.ts";
import { type ImageMetadata, imageMetadataOf } from "../text/metadata.ts";
import { standingPart } from "../text/verdict.ts";
import { isImageBranch, unitsOf } from "../units.ts";
import { type Verification, verifyImages } from "../verify.ts";
import type { ImagePorts } from "./ports.ts";
import { mergesItself, takerOf } from "./proposal.ts";
import { publishedHead } from "./published-heads.ts";
import { retryLater } from "./retry-later.ts";
import { schedule } from "./schedule.ts";
import { settleImage } from "./settle.ts";

/**
 * Compares an open image pull request with the registry at its head, says so in its check, and merges it where that is
 * Sluice's to do and everything else passed. What was merged goes into the history. Idempotent.
 */
export function runImagePull(job: ImagePullJob, ports: ImagePorts, run: RunContext): Promise<void> {
  return retryLater(ports, job, run, () => checkPull(job, ports, run));
}

async function checkPull(job: ImagePullJob, ports: ImagePorts, run: RunContext): Promise<void> {
  const where = { installationId: job.installationId, repository: job.repository };
  const github = await ports.github(where.installationId, where.repository);
  const pull = await github.pullRequest(job.pullRequest);
  if (!isImageBranch(pull.head.ref) || pull.fork) return;
  if (pull.state === "closed") return settleImage(ports, where, pull, run.signal);
  // Closed, and opened again before this ran.
  if (job.ended === true) await saveSettled(ports, where, pull, run.signal);
  const metadata = imageMetadataOf(pull, ports.signer);
  if (metadata === undefined || metadata.base !== pull.base.ref)
    return void (await github.upsertCheck(unreadable(pull)));
  const evaluation: ImageJob = { type: "image", ...where, defaultBranch: pull.defaultBranch, unit: metadata.unit };
  if (!describesHead(metadata, pull)) return unknownHead(ports, pull, metadata, evaluation, run);
  const verification = await verified(ports, github, pull, metadata, run);
  const context = await openContext(ports, where, pull.defaultBranch, run.signal, [pull.head.sha]).catch(userError);
  if (context instanceof UserError) {
    return void (await github.upsertCheck(
      imageCheckReport(pull, verification, {
        ...{ stays: metadata.stays, remarks: [inert(context.message)], now: ports.clock() },
      }),
    ));
  }
  const merging: Merging = verification.ok ? await mayMerge(ports, context, pull, metadata) : {};
  if (merging.reviews === undefined) await leaveQueue(ports, context, pull, run);
  if (verification.ok) await describeStanding(ports, context, pull, metadata, merging.held);
  const about = { now: ports.clock(), remarks: await remarksOf(context, pull, metadata, merging) };
  const held = merging.held && {
    title: heldTitle(merging.held, about.now),
    text: heldText(metadata, merging.held, about.now),
  };
  await github.upsertCheck(imageCheckReport(pull, verification, { stays: metadata.stays, held, ...about }));
  if (!verification.ok) return evaluateAgain(ports, evaluation, pull, verification);
  if (merging.reviews !== undefined) await merge(ports, context, pull, metadata, evaluation, merging.reviews);
  if (merging.again !== undefined) await schedule(ports, job, merging.again);
  if (merging.evaluate === true) await ports.queue.add(evaluation);
}

/** Asks the registry; while it does not answer, the check says for how long. */
async function verified(
  { registry, clock }: ImagePorts,
  github: Pick<GitHub, "upsertCheck">,
  pull: PullRequest,
  metadata: ImageMetadata,
  { signal, addedAt }: RunContext,
): Promise<Verification> {
  try {
    return await verifyImages(metadata, registry, signal);
  } catch (error) {
    const { peer: host } = error instanceof Fault ? error : {};
    const now = clock();
    if (host !== undefined) await github.upsertCheck(waitingReport(pull, { host, since: addedAt ?? now, now }));
    throw error;
  }
}

const askedKind = "image-asked";
const askedMs = 3_600_000;

/** The tag was moved or deleted: what there is now is evaluated, unless that was done already and came to this. */
async function evaluateAgain(
  { records, queue, clock }: ImagePorts,
  evaluation: ImageJob,
  pull: PullRequest,
  { lines }: Verification,
): Promise<void> {
  const id = `${evaluation.repository.owner}/${evaluation.repository.name}/${pull.number}`;
  const found = JSON.stringify([pull.head.sha, lines]);
  const before = await records.get(askedKind, id);
  if (before?.value === found && clock() - before.at < askedMs) return;
  await queue.add(evaluation);
  await records.put(askedKind, { id, at: clock(), keys: [], value: found }, askedMs);
}

function userError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}

async function remarksOf(
  context: RepositoryContext,
  pull: PullRequest,
  metadata: ImageMetadata,
  { why }: Merging,
): Promise<readonly string[]> {
  if (!(await isOwnHead(context, pull.head.ref, pull.head.sha))) return [pushed];
  const only = metadata.images.length === 1 ? "this image changes" : "these images change";
  const proof = metadata.stays.length > 0 ? [] : [`Only ${only}; rendering before and after confirmed it.`];
  return why === undefined ? proof : [...proof, inert(why)];
}

const pushed = "Somebody pushed to this branch, so a person must merge it. Sluice never overwrites what people push.";

/** The metadata is about another head: Sluice moved the branch and is about to describe it, or a person pushed. */
async function unknownHead(
  ports: ImagePorts,
  pull: PullRequest,
  metadata: ImageMetadata,
  evaluation: ImageJob,
  run: RunContext,
): Promise<void> {
  const { attempt, signal } = run;
  const where = { installationId: evaluation.installationId, repository: evaluation.repository };
  const context = await openContext(ports, where, pull.defaultBranch, signal, [pull.head.sha]).catch(userError);
  if (context instanceof UserError) return;
  if (await isOwnHead(context, pull.head.ref, pull.head.sha)) {
    if (attempt > 1) return;
    return ports.queue.add(evaluation);
  }
  const github = await ports.github(where.installationId, where.repository);
  const verification = await verified(ports, github, pull, metadata, run);
  const about = { stays: metadata.stays, remarks: [pushed], now: ports.clock() };
  await github.upsertCheck(imageCheckReport(pull, verification, about));
}

/**
 * How old a head must be before Sluice merges it, in milliseconds: checks that nobody requires take their time to
 * begin.
 */
const settleMs = 30_000;

/** Whether Sluice merges a pull request now; `why` says what is in the way. */
interface Merging {
  /** Where it does: the reviews that nobody objects in. */
  readonly reviews?: readonly Review[];
  readonly why?: string;
  /** The hold on one of its targets. */
  readonly held?: HeldPlace;
  /** When to ask again, in milliseconds since the epoch. */
  readonly again?: number;
  /** Whether the unit is to be evaluated first. */
  readonly evaluate?: true;
}

async function mayMerge(
  ports: ImagePorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: ImageMetadata,
): Promise<Merging> {
  const held = await heldPlace(ports, context, metadata);
  if (held !== undefined) return { held };
  const unit = unitsOf(context.config).find(({ name }) => name === metadata.unit);
  if (unit === undefined || !mergesItself(unit) || pull.base.ref !== pull.defaultBranch) return {};
  if (!(await isOwnHead(context, pull.head.ref, pull.head.sha))) return {};
  if (metadata.stays.some(({ half }) => half)) return { why: "A person merges it: not every use changes." };
  // Whoever may push can put old signed metadata back: only what the last evaluation came to is merged.
  const published = await publishedHead(ports, context.where.repository, metadata.unit);
  if (published === undefined) return { evaluate: true };
  if (published !== pull.head.sha) return { why: "Not merged by itself: it is not what Sluice would bring now." };
  if ((await standingOf(context, pull)) !== "current") return { evaluate: true };
  const checks = await context.github.checks(pull.head.sha);
  const open = checks.filter(({ state }) => state !== "passed").map(({ name }) => name);
  if (open.length > 0) return { why: `Not merged yet: ${open.slice(0, 5).join(", ")} did not pass.` };
  const age = ports.clock() - (await madeAt(context, pull.head.sha));
  if (age < settleMs) return { again: ports.clock() + settleMs - age };
  const reviews = await context.github.reviews(pull.number);
  const against = objections(reviews);
  return against.length > 0 ? { why: `Not merged by itself: ${against.join(", ")} asked for changes.` } : { reviews };
}

/** The place that is held: by a person first, for that stops the most. A person may merge all the same. */
async function heldPlace(
  ports: ImagePorts,
  context: RepositoryContext,
  { targets }: ImageMetadata,
): Promise<HeldPlace | undefined> {
  const now = ports.clock();
  const held: HeldPlace[] = [];
  for (const { app, environment } of targets) {
    const hold = await context.state.hold(environment, app, now);
    if (hold === undefined) continue;
    held.push({ app, environment, hold, people: describeAllow(settingsFor(context.config, app, environment).allow) });
  }
  return held.find(({ hold }) => hold.cause === "person") ?? held[0];
}

/**
 * Writes the first lines of the description as it stands now. GitHub has no compare-and-set for descriptions, so it is
 * read again right before: one that was renewed meanwhile is left alone.
 */
async function describeStanding(
  ports: ImagePorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: ImageMetadata,
  held: HeldPlace | undefined,
): Promise<void> {
  const unit = unitsOf(context.config).find(({ name }) => name === metadata.unit);
  if (unit === undefined) return;
  const about = { autoMerge: mergesItself(unit), promote: takerOf(context, metadata) };
  const part =
    held === undefined ? standingPart(metadata, about) : verdictPart(heldText(metadata, held, ports.clock()));
  const body = replaceVerdict(pull.body, part);
  if (body === pull.body.replaceAll("\r\n", "\n")) return;
  const now = await context.github.pullRequest(pull.number);
  if (now.body !== pull.body || now.head.sha !== pull.head.sha || now.state !== "open") return;
  await context.github.updatePullRequest(pull.number, { body });
}

/** Who asked for changes and has not said otherwise since. */
function objections(reviews: readonly Review[]): readonly string[] {
  const last = new Map<string, string>();
  for (const { user, state } of reviews) if (state !== "commented") last.set(user, state);
  return [...last].flatMap(([user, state]) => (state === "changes-requested" ? [user] : []));
}

async function merge(
  ports: ImagePorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: ImageMetadata,
  evaluation: ImageJob,
  reviews: readonly Review[],
): Promise<void> {
  const again = { type: "image-pull", ...context.where, pullRequest: pull.number } as const;
  const [target] = metadata.targets;
  const remark = await mergePullRequest(ports, context, pull, {
    target,
    replan: evaluation,
    evaluate: again,
    reviews,
  });
  if (remark === undefined) return;
  if (remark === queuedRemark) await ports.records.put(queuedKind, queued(ports, context, pull), queuedMs);
  await context.github.upsertComment(pull.number, "merge", inert(remark));
  // Sluice's own checks end without an event to itself, and may be what GitHub still waits for.
  const now = ports.clock();
  if (now - (await madeAt(context, pull.head.sha)) < patienceMs) await schedule(ports, again, now + settleMs);
}

const queuedKind = "image-queued";
const queuedMs = 7 * 24 * 3_600_000;

function queued({ clock }: ImagePorts, { where: { repository } }: RepositoryContext, { number, head }: PullRequest) {
  return { id: `${repository.owner}/${repository.name}/${number}`, at: clock(), keys: [], value: head.sha };
}

/**
 * Takes it out of the merge queue, where Sluice put it there, or a run that did was cut short: it would be merged
 * whatever was said since.
 */
async function leaveQueue(
  ports: ImagePorts,
  context: RepositoryContext,
  pull: PullRequest,
  { firstRun }: RunContext,
): Promise<void> {
  const { id } = queued(ports, context, pull);
  if (firstRun && (await ports.records.get(queuedKind, id)) === undefined) return;
  await context.github.dequeue(pull);
  await ports.records.remove(queuedKind, id);
}

/** How long a young head that GitHub refuses to merge is tried again, in milliseconds. */
const patienceMs = 15 * 60_000;

async function madeAt({ repository }: RepositoryContext, sha: string): Promise<number> {
  const [commit] = await repository.log({ to: sha, limit: 1 });
  return commit === undefined ? 0 : Date.parse(commit.date);
}

function unreadable(pull: PullRequest) {
  return {
    name: imageCheck,
    externalId: `pull-${pull.number}`,
    headSha: pull.head.sha,
    status: "completed",
    conclusion: "action_required",
    title: "This pull request no longer says what it brings",
    summary:
      "The metadata in its description was changed or taken out, so it cannot be compared with the registry. Close it, and Sluice opens another one at the next tag; or comment `/retry`.",
  } as const;
}
