import { isOwnHead } from "../../change/pull-request/branch.ts";
import { mergePullRequest } from "../../change/pull-request/merge.ts";
import { describesHead } from "../../change/pull-request/metadata.ts";
import { standingOf } from "../../change/pull-request/published.ts";
import { openContext, type RepositoryContext } from "../../change/repository-context.ts";
import { inert } from "../../diff/index.ts";
import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { ImageJob, ImagePullJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { dayTime } from "../../model/text/times.ts";
import { imageCheck, imageCheckReport } from "../text/check.ts";
import { type ImageMetadata, imageMetadataOf } from "../text/metadata.ts";
import { isImageBranch, unitsOf } from "../units.ts";
import { type Verification, verifyImages } from "../verify.ts";
import type { ImagePorts } from "./ports.ts";
import { mergesItself } from "./proposal.ts";
import { publishedHead } from "./published-heads.ts";
import { recordImageMerge } from "./record-merge.ts";
import { retryLater } from "./retry-later.ts";
import { schedule } from "./schedule.ts";

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
  const metadata = imageMetadataOf(pull, ports.signer);
  if (pull.state === "closed") return metadata && recordImageMerge(ports, where, pull, metadata, run.signal);
  if (metadata === undefined || metadata.base !== pull.base.ref)
    return void (await github.upsertCheck(unreadable(pull)));
  const evaluation: ImageJob = { type: "image", ...where, defaultBranch: pull.defaultBranch, unit: metadata.unit };
  if (!describesHead(metadata, pull)) return unknownHead(ports, pull, metadata, evaluation, run);
  const verification = await verifyImages(metadata, ports.registry, run.signal);
  const context = await openContext(ports, where, pull.defaultBranch, run.signal, [pull.head.sha]).catch(userError);
  if (context instanceof UserError) {
    return void (await github.upsertCheck(
      imageCheckReport(pull, verification, { stays: metadata.stays, remarks: [inert(context.message)] }),
    ));
  }
  const merging = verification.ok ? await mayMerge(ports, context, pull, metadata) : { may: false };
  const remarks = await remarksOf(context, pull, metadata, merging);
  await github.upsertCheck(
    imageCheckReport(pull, verification, { stays: metadata.stays, held: merging.held, remarks }),
  );
  if (!verification.ok) return evaluateAgain(ports, evaluation, pull, verification);
  if (merging.may) await merge(ports, context, pull, metadata, evaluation);
  if (merging.again !== undefined) await schedule(ports, job, merging.again);
  if (merging.evaluate === true) await ports.queue.add(evaluation);
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
  { attempt, signal }: RunContext,
): Promise<void> {
  const where = { installationId: evaluation.installationId, repository: evaluation.repository };
  const context = await openContext(ports, where, pull.defaultBranch, signal, [pull.head.sha]).catch(userError);
  if (context instanceof UserError) return;
  if (await isOwnHead(context, pull.head.ref, pull.head.sha)) {
    if (attempt > 1) return;
    return ports.queue.add(evaluation);
  }
  const verification = await verifyImages(metadata, ports.registry, signal);
  const github = await ports.github(where.installationId, where.repository);
  await github.upsertCheck(imageCheckReport(pull, verification, { stays: metadata.stays, remarks: [pushed] }));
}

/**
 * How old a head must be before Sluice merges it, in milliseconds: checks that nobody requires take their time to
 * begin.
 */
const settleMs = 30_000;

/** Whether Sluice merges a pull request now; `why` says what is in the way. */
interface Merging {
  readonly may: boolean;
  readonly why?: string;
  /** Who holds one of its targets, and until when. */
  readonly held?: string;
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
  const held = await heldTarget(ports, context, metadata);
  if (held !== undefined)
    return { may: false, held, why: "Until the hold ends, Sluice neither updates nor merges this." };
  const unit = unitsOf(context.config).find(({ name }) => name === metadata.unit);
  if (unit === undefined || !mergesItself(unit) || pull.base.ref !== pull.defaultBranch) return { may: false };
  if (!(await isOwnHead(context, pull.head.ref, pull.head.sha))) return { may: false };
  if (metadata.stays.some(({ half }) => half)) return { may: false, why: "A person merges it: not every use changes." };
  // Whoever may push can put old signed metadata back: only what the last evaluation came to is merged.
  const published = await publishedHead(ports, context.where.repository, metadata.unit);
  if (published === undefined) return { may: false, evaluate: true };
  if (published !== pull.head.sha)
    return { may: false, why: "Not merged by itself: it is not what Sluice would bring now." };
  if ((await standingOf(context, pull)) !== "current") return { may: false, evaluate: true };
  const checks = await context.github.checks(pull.head.sha);
  const open = checks.filter(({ state }) => state !== "passed").map(({ name }) => name);
  if (open.length > 0) return { may: false, why: `Not merged yet: ${open.slice(0, 5).join(", ")} did not pass.` };
  const age = ports.clock() - (await madeAt(context, pull.head.sha));
  if (age < settleMs) return { may: false, again: ports.clock() + settleMs - age };
  const against = await objections(context, pull);
  return against.length > 0
    ? { may: false, why: `Not merged by itself: ${against.join(", ")} asked for changes.` }
    : { may: true };
}

/** A rollback or a revert holds automation; a person may still merge. */
async function heldTarget(
  ports: ImagePorts,
  context: RepositoryContext,
  { targets }: ImageMetadata,
): Promise<string | undefined> {
  const now = ports.clock();
  for (const { app, environment } of targets) {
    const hold = await context.state.hold(environment, app, now);
    if (hold === undefined) continue;
    const until = hold.until === undefined ? "" : ` until ${dayTime(Date.parse(hold.until), now)}`;
    return `On hold by ${hold.by}${until}`;
  }
  return undefined;
}

/** Who asked for changes and has not said otherwise since. */
async function objections({ github }: RepositoryContext, { number }: PullRequest): Promise<readonly string[]> {
  const last = new Map<string, string>();
  for (const { user, state } of await github.reviews(number)) if (state !== "commented") last.set(user, state);
  return [...last].flatMap(([user, state]) => (state === "changes-requested" ? [user] : []));
}

async function merge(
  ports: ImagePorts,
  context: RepositoryContext,
  pull: PullRequest,
  metadata: ImageMetadata,
  evaluation: ImageJob,
): Promise<void> {
  const again = { type: "image-pull", ...context.where, pullRequest: pull.number } as const;
  const [target] = metadata.targets;
  const remark = await mergePullRequest(ports, context, pull, { target, replan: evaluation, evaluate: again });
  if (remark === undefined) return;
  await context.github.upsertComment(pull.number, "merge", inert(remark));
  // Sluice's own checks end without an event to itself, and may be what GitHub still waits for.
  const now = ports.clock();
  if (now - (await madeAt(context, pull.head.sha)) < patienceMs) await schedule(ports, again, now + settleMs);
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
