import { sourceAt } from "../../change/compute.ts";
import { discardedOf } from "../../change/pull-request/metadata.ts";
import { endedUnheard, inTurn, isUnsettled, saveSettled, unsettledHeads } from "../../change/pull-request/published.ts";
import { finishClosing } from "../../change/pull-request/settle.ts";
import { openContext, type RepositoryContext } from "../../change/repository-context.ts";
import { changedImages } from "../../change/versions.ts";
import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import { canonicalImage } from "../../model/registry.ts";
import type { StateAddress } from "../../model/state.ts";
import type { Target } from "../../model/target.ts";
import { type ImageMetadata, imageFormat, imageMetadataOf } from "../text/metadata.ts";
import { type ImageUnit, imagesOf, isImageBranch, targetsOf, unitsOf } from "../units.ts";
import type { ImagePorts } from "./ports.ts";
import { recordImageMerge } from "./record-merge.ts";

/** Settles image pull requests of whose end no event came, and whose branch is gone. */
export async function settleEndedImages(ports: ImagePorts, context: RepositoryContext): Promise<void> {
  const records = await unsettledHeads(context, isImageBranch);
  const gone = records.filter(({ branch }) => !context.branches.has(branch));
  for (const { branch } of inTurn(gone, ports.clock()))
    await settleIfEnded(ports, context, branch, undefined).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      ports.log.warn({ error, branch }, "the end of an image pull request could not be written down");
    });
}

/** Settles the pull request that a branch's record takes for open, where it is not the one that is. */
export async function settleIfEnded(
  ports: ImagePorts,
  context: RepositoryContext,
  branch: string,
  open: PullRequest | undefined,
): Promise<boolean> {
  const ended = await endedUnheard(context, branch, open);
  if (ended !== undefined) await settleImage(ports, context.where, ended, context.signal);
  return ended !== undefined;
}

/**
 * Writes down how an image pull request that is closed ended. Where its description was emptied, the renders before and
 * after the merge tell what it brought. Idempotent.
 */
export async function settleImage(
  ports: ImagePorts,
  where: StateAddress,
  pull: PullRequest,
  signal: AbortSignal,
): Promise<void> {
  const metadata = imageMetadataOf(pull, ports.signer);
  if (metadata !== undefined) return recordImageMerge(ports, where, pull, metadata, signal);
  if (!pull.merged && discardedOf(imageFormat, pull, ports.signer) !== undefined)
    return finishClosing(ports, where, pull, signal);
  const want = pull.mergeCommit === undefined ? [] : [pull.mergeCommit];
  const context = await openContext(ports, where, pull.defaultBranch, signal, want).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    ports.log.warn({ error, pullRequest: pull.number }, "what was merged without a description is not known yet");
    return undefined;
  });
  if (context === undefined || !(await isUnsettled(context, pull))) return;
  const merged = pull.merged ? await undescribed(ports, context, pull) : undefined;
  if (merged === undefined) return saveSettled(ports, where, pull, signal);
  return recordImageMerge(ports, where, pull, merged, signal);
}

async function undescribed(
  ports: ImagePorts,
  context: RepositoryContext,
  pull: PullRequest,
): Promise<ImageMetadata | undefined> {
  const unit = unitsOf(context.config).find(({ branch }) => branch === pull.head.ref);
  if (unit === undefined || pull.mergeCommit === undefined) return undefined;
  const [merge] = await context.repository.log({ to: pull.mergeCommit, limit: 1 });
  const [parent] = merge?.parents ?? [];
  if (parent === undefined) return undefined;
  const targets = await changedTargets(ports, context, unit, parent, pull.mergeCommit);
  const { head, base } = { head: pull.head.sha, base: context.base };
  return { unit: unit.name, base, head, images: [], targets, replaced: [], stays: [], places: 0 };
}

/** The targets of a unit in which a commit changed the versions of its images. */
async function changedTargets(
  { renderer }: ImagePorts,
  { repository, targets, signal }: RepositoryContext,
  unit: ImageUnit,
  from: string,
  to: string,
): Promise<ImageMetadata["targets"]> {
  const [before, after] = [await sourceAt(repository, from), await sourceAt(repository, to)];
  const wanted = new Set(imagesOf(unit));
  const meant = new Set(unit.entries.flatMap((entry) => targetsOf(entry, targets.targets)));
  const changes = async ({ app, environment, render }: Target) => {
    const [old, now] = await Promise.all([before, after].map((source) => renderer.render(render, source, signal)));
    const images = old?.ok === true && now?.ok === true ? changedImages(old.resources(), now.resources()) : [];
    return { app, environment, images: images.filter(({ image }) => wanted.has(canonicalImage(image))) };
  };
  return (await Promise.all([...meant].map(changes))).filter(({ images }) => images.length > 0);
}
