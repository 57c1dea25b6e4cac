import { openContext, type RepositoryContext } from "../../change/repository-context.ts";
import { UserError } from "../../model/errors.ts";
import type { ImageJob, WatchJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { isUnconfigured } from "../../targets/index.ts";
import { isImageBranch, unitsOf } from "../units.ts";
import { closeUnneeded } from "./close.ts";
import { nextPoll } from "./poll.ts";
import type { ImagePorts } from "./ports.ts";
import { schedule } from "./schedule.ts";
import { settleEndedImages } from "./settle.ts";
import {
  forgetSubscriptions,
  repositoryId,
  type Saved,
  saveBroken,
  saveSubscriptions,
  type Watched,
} from "./subscriptions.ts";

/**
 * Learns from the default branch which images a repository asks for, and has evaluated what may have changed with it:
 * every unit when the configuration of images did, else those with a branch, whose files the base may have changed.
 * Pull requests of units that are gone are closed. A configuration that is broken asks for what it last asked for, so
 * that one can say why nothing comes of it; a repository that is gone, or that the App may no longer read, is
 * forgotten.
 */
export async function runWatch(
  job: WatchJob,
  ports: ImagePorts,
  { signal }: Pick<RunContext, "signal">,
): Promise<void> {
  const watched = await forgetIfGone(ports, job, () => locate(ports, job));
  if (watched === undefined) return;
  const context = await forgetIfGone(ports, job, () => contextOf(ports, watched, signal));
  if (context === undefined) return;
  await settleEndedImages(ports, context);
  const saved = await saveSubscriptions(ports, watched, context.config);
  await evaluateUnits(ports, context, watched, saved);
  await saved.evaluated();
  await closeOthers(ports, context);
}

/** The repository and its default branch, asking GitHub for what the job does not say; `undefined` when it is gone. */
async function locate(ports: ImagePorts, job: WatchJob): Promise<Watched | undefined> {
  const { installationId, repository, defaultBranch } = job;
  if (defaultBranch !== undefined) return { installationId, repository, defaultBranch };
  const github = await ports.github(installationId, repository);
  const now = await github.about();
  const moved = repositoryId(now.repository).toLowerCase() !== repositoryId(repository).toLowerCase();
  if (!moved && !now.archived) return { installationId, repository, defaultBranch: now.defaultBranch };
  await forgetSubscriptions(ports, repository);
  return undefined;
}

/** The repository as it is; `undefined` where it cannot be used, which is noted then. */
async function contextOf(
  ports: ImagePorts,
  watched: Watched,
  signal: AbortSignal,
): Promise<RepositoryContext | undefined> {
  try {
    const { installationId, repository, defaultBranch } = watched;
    return await openContext(ports, { installationId, repository }, defaultBranch, signal);
  } catch (error) {
    if (!(error instanceof UserError) || isGone(error)) throw error;
    if (isUnconfigured(error)) await (await saveSubscriptions(ports, watched, undefined)).evaluated();
    else await saveBroken(ports, watched, error.message);
    return undefined;
  }
}

/**
 * Forgets the repository when it turns out that the App may no longer read it: the next sweep finds it again should
 * that have been for a moment.
 */
async function forgetIfGone<T>(ports: ImagePorts, job: WatchJob, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof UserError) || !isGone(error)) throw error;
    const { repository, installationId } = job;
    ports.log.info({ repository, installationId, reason: error.message }, "its images are not followed any more");
    await forgetSubscriptions(ports, repository, installationId);
    return undefined;
  }
}

function isGone({ kind }: UserError): boolean {
  return kind === "not-found" || kind === "permission";
}

async function evaluateUnits(
  ports: ImagePorts,
  context: RepositoryContext,
  watched: Watched,
  { differs }: Saved,
): Promise<void> {
  for (const unit of unitsOf(context.config)) {
    const job: ImageJob = { type: "image", ...watched, unit: unit.name };
    if (differs || context.branches.has(unit.branch)) await ports.queue.add(job);
    const poll = nextPoll(unit, repositoryId(watched.repository), ports.clock());
    if (poll !== undefined) await schedule(ports, job, poll);
  }
}

async function closeOthers(ports: ImagePorts, context: RepositoryContext): Promise<void> {
  const known = new Set(unitsOf(context.config).map(({ branch }) => branch));
  for (const branch of context.branches.keys()) {
    if (isImageBranch(branch) && !known.has(branch))
      await closeUnneeded(ports, context, branch, { why: "The configuration no longer asks for these images." });
  }
}
