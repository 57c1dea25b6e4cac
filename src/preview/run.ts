import { Fault, UserError } from "../model/errors.ts";
import type { Events } from "../model/events.ts";
import type { GitHub, GitHubFor, PullRequest } from "../model/github.ts";
import type { PreviewJob } from "../model/jobs.ts";
import type { Clock, Logger } from "../model/observe.ts";
import type { Queue, RunContext } from "../model/queue.ts";
import type { StateStore } from "../model/state.ts";
import type { Mirrors } from "../model/tree.ts";
import { identityOnGitHub } from "../targets/index.ts";
import { canBeMeant, withAcknowledgements } from "./acknowledgements.ts";
import { computePreview, type PreviewReads } from "./compute.ts";
import { readResult } from "./earlier-result.ts";
import {
  failedEvent,
  forkEvent,
  impossibleEvent,
  outcomeEvent,
  type PreviewEvent,
  type PreviewRun,
  supersededEvent,
} from "./events.ts";
import { type ForkReads, touchedByFork } from "./fork.ts";
import { nextTry, type Outage, outageOf, outageReport } from "./outage.ts";
import type { PreviewOutcome } from "./outcome.ts";
import {
  checkNameFor,
  closed,
  faultReport,
  forkReport,
  type PreviewReport,
  previewMarker,
  type ReportFacts,
  refusedReport,
  report,
  running,
  superseded,
} from "./report.ts";

/** What a preview acts through. */
export interface PreviewPorts extends PreviewReads {
  readonly github: GitHubFor;
  readonly mirrors: Mirrors;
  readonly state: StateStore;
  readonly queue: Pick<Queue, "add">;
  readonly events: Events;
  readonly log: Logger;
  readonly clock: Clock;
}

/** What the operator decided. */
export interface PreviewSettings {
  readonly fingerprintKey: Uint8Array;
  /** Render pull requests from forks too. */
  readonly forks: boolean;
  /** GitHub's web address without a slash at the end, for links to commits. */
  readonly webUrl?: string;
  /** Where this server's documentation can be read, without a slash at the end. */
  readonly docsUrl?: string;
}

/**
 * Previews a pull request as it is now: one comment, one check. Idempotent. When the head moved meanwhile nothing is
 * posted for the old one and the job is queued again, so the latest head is what is shown. While GitHub itself does not
 * answer nothing can be said: it is tried again later.
 */
export async function runPreview(
  job: PreviewJob,
  ports: PreviewPorts,
  settings: PreviewSettings,
  context: RunContext,
): Promise<void> {
  try {
    await preview(job, ports, settings, context);
  } catch (error) {
    const outage = context.lastAttempt && !context.signal.aborted ? outageOf(error) : undefined;
    if (outage !== undefined) await tryLater(outage, job, ports);
    throw error;
  }
}

async function preview(
  job: PreviewJob,
  ports: PreviewPorts,
  settings: PreviewSettings,
  context: RunContext,
): Promise<void> {
  const startedAt = ports.clock();
  const all = await ports.github(job.installationId, job.repository);
  const pull = await all.pullRequest(job.pullRequest);
  const github = ownCheck(all, pull);
  if (pull.state === "closed") {
    // An earlier attempt may have left the check open.
    if (context.attempt > 1) await github.upsertCheck(closed(pull.head.sha));
    return;
  }
  const run = (): PreviewRun => ({ job, pull, startedAt, endedAt: ports.clock() });
  if (pull.fork && !settings.forks) {
    const touched = await touchedByFork(pull, forkReads(job, pull, ports, settings, all, context.signal)).catch(
      (error: unknown) => {
        if (!context.lastAttempt) throw error;
        ports.log.warn({ error }, "the apps of a pull request from a fork are not known");
        return [];
      },
    );
    await post(github, pull, forkReport(pull.head.sha, touched, settings.docsUrl));
    return ports.events.announce(forkEvent(run()));
  }
  await github.upsertCheck(running(pull.head.sha));
  const result = await attempt(job, pull, github, ports, settings, context);
  const now = await github.pullRequest(job.pullRequest);
  if (now.head.sha !== pull.head.sha || now.base.ref !== pull.base.ref) {
    await github.upsertCheck(superseded(pull.head.sha, now.head.sha));
    // What was waited for was the commit before.
    const { putOff: _, ...again } = job;
    await ports.queue.add(again);
    return ports.events.announce(supersededEvent(run(), now));
  }
  assertOurs(context.signal);
  await post(github, pull, result.report);
  ports.events.announce(result.event(run()));
}

/**
 * GitHub keys checks by head and name: pull requests of one head must not write each other's runs, and one into another
 * base, where the change may look harmless, must not say anything under the name that a rule of this base asks for.
 */
function ownCheck(github: GitHub, pull: PullRequest): PullGitHub {
  const [externalId, name] = [`pull-${pull.number}`, checkNameFor(pull)];
  return { ...github, upsertCheck: (report) => github.upsertCheck({ ...report, name, externalId }) };
}

function forkReads(
  job: PreviewJob,
  pull: PullRequest,
  ports: PreviewPorts,
  settings: PreviewSettings,
  github: GitHub,
  signal: AbortSignal,
): ForkReads {
  const { repository } = job;
  const plan = { ...ports, repository: identityOf(job, pull, settings), signal };
  const open = (base: string) => ports.mirrors.open({ repository, want: [base] }, signal);
  return { github, renderer: ports.renderer, plan, open };
}

function identityOf({ repository }: PreviewJob, { base, defaultBranch }: PullRequest, { webUrl }: PreviewSettings) {
  return identityOnGitHub(webUrl, repository, base.ref, defaultBranch);
}

type PullGitHub = Pick<GitHub, "pullRequest" | "ownComment" | "upsertComment" | "upsertCheck">;

/** What is posted, and what is announced once it was. */
interface Result {
  readonly report: PreviewReport;
  event(run: PreviewRun): PreviewEvent;
}

/**
 * Computes the report. What the user must fix is a report; on the last attempt a failure of ours is a report too, so
 * that the pull request never waits for ever.
 */
async function attempt(
  job: PreviewJob,
  pull: PullRequest,
  github: PullGitHub,
  ports: PreviewPorts,
  settings: PreviewSettings,
  context: RunContext,
): Promise<Result> {
  const log = ports.log.child({
    repository: `${job.repository.owner}/${job.repository.name}`,
    pullRequest: pull.number,
  });
  try {
    const outcome = await compute(job, pull, ports, settings, context.signal);
    return { report: report(outcome, factsOf(job, pull, settings)), event: (run) => outcomeEvent(run, outcome) };
  } catch (error) {
    if (error instanceof UserError)
      return { report: refusedReport(pull.head.sha, error), event: (run) => impossibleEvent(run, error) };
    assertOurs(context.signal);
    if (!context.lastAttempt) throw error;
    const incident = `${pull.head.sha.slice(0, 12)}/${ports.clock()}`;
    log.error({ error, incident }, "preview failed for good");
    const outage = outageOf(error);
    const failed =
      outage === undefined
        ? faultReport(pull.head.sha, incident)
        : await putOff(outage, { job, pull, github, ports, context });
    return { report: failed, event: (run) => failedEvent(run, incident) };
  }
}

interface Interrupted {
  readonly job: PreviewJob;
  readonly pull: PullRequest;
  readonly github: PullGitHub;
  readonly ports: PreviewPorts;
  readonly context: RunContext;
}

/** Has it tried again later, and says so beside what is known of an earlier commit. */
async function putOff(
  outage: Outage,
  { job, pull, github, ports, context: { addedAt } }: Interrupted,
): Promise<PreviewReport> {
  const { now, nextAt } = await tryLater(outage, job, ports);
  const earlier = readResult((await github.ownComment(job.pullRequest, previewMarker)) ?? "");
  const triedMs = addedAt === undefined ? undefined : now - addedAt;
  return outageReport({ head: pull.head.sha, outage, triedMs, nextAt, now, earlier });
}

/** Adds it for a later moment. */
async function tryLater(outage: Outage, job: PreviewJob, { clock, queue }: Pick<PreviewPorts, "clock" | "queue">) {
  const now = clock();
  const { putOff: times = 0 } = job;
  const nextAt = nextTry(outage, times, now);
  await queue.add({ type: "scheduled", at: nextAt, job: { ...job, putOff: times + 1 } }, { delayMs: nextAt - now });
  return { now, nextAt };
}

function factsOf({ repository }: PreviewJob, { base }: PullRequest, { webUrl, docsUrl }: PreviewSettings): ReportFacts {
  return {
    baseName: base.ref,
    ...(webUrl === undefined ? {} : { repositoryUrl: `${webUrl}/${repository.owner}/${repository.name}` }),
    ...(docsUrl === undefined ? {} : { docsUrl }),
  };
}

/**
 * Throws when the job is another worker's from now on: the lock was lost, or this one stops. A run that took too long
 * is still ours to report.
 */
function assertOurs(signal: AbortSignal): void {
  const reason: unknown = signal.reason;
  if (!(reason instanceof Fault && reason.kind === "timeout")) signal.throwIfAborted();
}

async function compute(
  job: PreviewJob,
  pull: PullRequest,
  ports: PreviewPorts,
  settings: PreviewSettings,
  signal: AbortSignal,
): Promise<PreviewOutcome> {
  const base = `refs/heads/${pull.base.ref}`;
  const want = [base, `refs/pull/${pull.number}/head`, pull.head.sha];
  const request = { repository: job.repository, want, wantIfThere: [ports.state.ref] };
  const repository = await ports.mirrors.open(request, signal);
  signal.throwIfAborted();
  const { fingerprintKey } = settings;
  const outcome = await computePreview(
    { repository, base, head: pull.head.sha, fingerprintKey, identity: identityOf(job, pull, settings), signal },
    ports,
  );
  if (outcome.kind === "config" || !outcome.preview.findings.some(canBeMeant)) return outcome;
  const where = { installationId: job.installationId, repository: job.repository };
  const state = await ports.state.read(where, signal, repository);
  return { ...outcome, preview: await withAcknowledgements(outcome.preview, pull, state) };
}

async function post(
  github: Pick<GitHub, "upsertComment" | "upsertCheck">,
  pull: PullRequest,
  { comment, check, quiet, silent }: PreviewReport,
): Promise<void> {
  const alone = check();
  if (alone.headSha !== pull.head.sha) throw new Fault("bug", "a report for another head");
  const options = quiet ? { onlyUpdate: true } : {};
  const written = silent ? { url: undefined } : github.upsertComment(pull.number, previewMarker, comment, options);
  const { url } = await Promise.resolve(written).catch(async (error: unknown) => {
    // A locked conversation takes no comment; the check must not stay open for that.
    if (error instanceof UserError) await github.upsertCheck(alone);
    throw error;
  });
  await github.upsertCheck({ ...check(url), ...(url === undefined ? {} : { detailsUrl: url }) });
}
