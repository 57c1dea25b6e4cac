import { sourceAt } from "../../change/compute.ts";
import { openContext, targetOf } from "../../change/repository-context.ts";
import { imageVersions } from "../../change/versions.ts";
import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { VersionChange } from "../../model/promotion.ts";
import type { StateAddress } from "../../model/state.ts";
import type { ImageMetadata } from "../text/metadata.ts";
import type { ImagePorts } from "./ports.ts";

/** An image pull request that was merged goes into the histories of its targets, and its branch goes; then the unit is looked at again. The branch of one that a person closed goes as well. */
export async function settleImage(
  ports: ImagePorts,
  where: StateAddress,
  pull: PullRequest,
  metadata: ImageMetadata | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (metadata === undefined) return;
  if (pull.merged && pull.base.ref === metadata.base) {
    await remember(
      ports,
      where,
      pull,
      { ...metadata, targets: await arrived(ports, where, pull, metadata, signal) },
      signal,
    );
  }
  await clearAway(ports, where, pull, metadata);
  await ports.queue.add({ type: "image", ...where, defaultBranch: pull.defaultBranch, unit: metadata.unit });
}

/** What of the metadata came onto the base branch: all of it, but for what a person changed on the branch, which the renders tell. */
async function arrived(
  ports: ImagePorts,
  where: StateAddress,
  pull: PullRequest,
  metadata: ImageMetadata,
  signal: AbortSignal,
): Promise<ImageMetadata["targets"]> {
  const { mergeCommit } = pull;
  if (metadata.head === pull.head.sha || mergeCommit === undefined) return metadata.targets;
  const context = await openContext(ports, where, pull.defaultBranch, signal, [mergeCommit]).catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  // Without a configuration that can be read nobody knows; what may have come is not brought again.
  if (context === undefined) return metadata.targets;
  const at = await sourceAt(context.repository, mergeCommit);
  return Promise.all(
    metadata.targets.map(async (one) => {
      const target = targetOf(context, one.app, one.environment);
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
  metadata: ImageMetadata,
  signal: AbortSignal,
): Promise<void> {
  for (const [environment, targets] of Map.groupBy(metadata.targets, (target) => target.environment)) {
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
  metadata: ImageMetadata,
): Promise<void> {
  if (!pull.merged && metadata.head !== pull.head.sha) return;
  const github = await ports.github(where.installationId, where.repository);
  const newest = await github.pullRequestOf(pull.head.ref);
  if (newest === undefined || newest.number === pull.number) await github.deleteBranch(pull.head.ref, pull.head.sha);
}
