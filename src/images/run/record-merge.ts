import { sourceAt } from "../../change/compute.ts";
import { openScene, targetOf } from "../../change/repository-context.ts";
import { imageVersions } from "../../change/versions.ts";
import { UserError } from "../../model/errors.ts";
import { actorOf, eventId } from "../../model/events.ts";
import type { PullRequest } from "../../model/github.ts";
import type { VersionChange } from "../../model/promotion.ts";
import type { StateAddress } from "../../model/state.ts";
import type { ImageRecord } from "../text/metadata.ts";
import type { ImagePorts } from "./ports.ts";

/** An image pull request that was merged goes into the histories of its targets, and its branch goes; then the unit is looked at again. The branch of one that a person closed goes as well. */
export async function settleImage(
  ports: ImagePorts,
  where: StateAddress,
  pull: PullRequest,
  record: ImageRecord | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (record === undefined) return;
  const now = ports.clock();
  if (pull.merged && pull.base.ref === record.base) {
    const brought = { ...record, targets: await arrived(ports, where, pull, record, signal) };
    await remember(ports, where, pull, brought, signal);
    const { openedAt, closedAt: mergedAt = now } = pull;
    const actor = actorOf(undefined);
    ports.events.announce({ ...about("image.merged", where, pull, brought, now), openedAt, mergedAt, actor });
  } else if (!pull.merged) {
    // Sluice discards the record of what it closes itself.
    ports.events.announce(about("image.declined", where, pull, record, now));
  }
  await clearAway(ports, where, pull, record);
  await ports.queue.add({ type: "image", ...where, defaultBranch: pull.defaultBranch, unit: record.unit });
}

/** What both events say. */
function about<K extends "image.merged" | "image.declined">(
  kind: K,
  where: StateAddress,
  pull: PullRequest,
  { unit, images, targets }: ImageRecord,
  at: number,
) {
  return {
    kind,
    id: eventId(kind, where.repository, pull.number, pull.head.sha),
    at,
    ...where,
    pullRequest: pull.number,
    unit,
    images: images.map(({ image, tag, digest }) => ({ image, tag, digest })),
    targets: targets.map(({ images: versions, ...target }) => ({ ...target, versions })),
  };
}

/** What of the record came onto the base branch: all of it, but for what a person changed on the branch, which the renders tell. */
async function arrived(
  ports: ImagePorts,
  where: StateAddress,
  pull: PullRequest,
  record: ImageRecord,
  signal: AbortSignal,
): Promise<ImageRecord["targets"]> {
  const { mergeCommit } = pull;
  if (record.head === pull.head.sha || mergeCommit === undefined) return record.targets;
  const scene = await openScene(ports, where, pull.defaultBranch, signal, [mergeCommit]).catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  // Without a configuration that can be read nobody knows; what may have come is not brought again.
  if (scene === undefined) return record.targets;
  const at = await sourceAt(scene.repository, mergeCommit);
  return Promise.all(
    record.targets.map(async (one) => {
      const target = targetOf(scene, one.app, one.environment);
      const render = target === undefined ? undefined : await ports.renderer.render(target.render, at, signal);
      const there = render?.ok === true ? imageVersions(render.resources()) : [];
      const isThere = ({ image, to }: VersionChange) =>
        there.some((found) => found.image === image && found.versions.includes(to));
      return { ...one, images: one.images.filter(isThere) };
    }),
  );
}

/** One decision for each environment. A history that somebody broke by hand must not keep the rest from being done. */
async function remember(
  ports: ImagePorts,
  where: StateAddress,
  pull: PullRequest,
  record: ImageRecord,
  signal: AbortSignal,
): Promise<void> {
  for (const [environment, targets] of Map.groupBy(record.targets, (target) => target.environment)) {
    const decision = {
      kind: "bumped",
      id: `bumped-${pull.number}`,
      at: new Date(ports.clock()).toISOString(),
      by: "sluice",
      environment,
      apps: targets.map(({ app }) => app),
      pullRequest: pull.number,
      commit: pull.head.sha,
      ...(pull.mergeCommit === undefined ? {} : { mergeCommit: pull.mergeCommit }),
      versions: Object.fromEntries(targets.map(({ app, images }) => [app, images])),
    } as const;
    try {
      await ports.state.record(where, decision, signal);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      ports.log.warn({ error, pullRequest: pull.number }, "a merged image bump is not in the history");
    }
  }
}

/** The branch may be a later pull request's by now; one with a person's commits stays. */
async function clearAway(
  ports: ImagePorts,
  where: StateAddress,
  pull: PullRequest,
  record: ImageRecord,
): Promise<void> {
  if (!pull.merged && record.head !== pull.head.sha) return;
  const github = await ports.github(where.installationId, where.repository);
  const newest = await github.pullRequestOf(pull.head.ref);
  if (newest === undefined || newest.number === pull.number) await github.deleteBranch(pull.head.ref, pull.head.sha);
}
