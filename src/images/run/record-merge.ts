import { sourceAt } from "../../change/compute.ts";
import { describesHead } from "../../change/pull-request/metadata.ts";
import { settlePullRequest } from "../../change/pull-request/settle.ts";
import { openContext, targetOf } from "../../change/repository-context.ts";
import { imageVersions } from "../../change/versions.ts";
import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { VersionChange } from "../../model/promotion.ts";
import type { Decision, StateAddress } from "../../model/state.ts";
import { freedBody } from "../text/held.ts";
import type { ImageMetadata } from "../text/metadata.ts";
import { declinedText } from "../text/pull-request.ts";
import { mergedBody } from "../text/verdict.ts";
import { declinedEvent, mergedEvent } from "./events.ts";
import type { ImagePorts } from "./ports.ts";

/**
 * An image pull request that was merged goes into the histories of its targets, and its branch goes; then the unit is
 * evaluated again. The branch of one that a person closed goes too.
 */
export async function recordImageMerge(
  ports: ImagePorts,
  where: StateAddress,
  pull: PullRequest,
  metadata: ImageMetadata,
  signal: AbortSignal,
): Promise<void> {
  let arrived = metadata.targets;
  const decisions = async () => {
    arrived = await arrivedTargets(ports, where, pull, metadata, signal);
    return decisionsOf(ports, pull, arrived);
  };
  const settlement = { metadata, decisions, deletesUnmerged: true };
  const merged = await settlePullRequest(ports, where, pull, settlement, signal);
  const of = { where, pull, metadata };
  if (merged) {
    const body = mergedBody(freedBody(pull.body, metadata), pull, ports.clock());
    const github = await ports.github(where.installationId, where.repository);
    if (body !== pull.body.replaceAll("\r\n", "\n")) await github.updatePullRequest(pull.number, { body });
    ports.events.announce(mergedEvent(of, arrived, ports.clock()));
  }
  // The metadata of what Sluice itself closes no longer counts, so a person closed this one.
  else if (!pull.merged) {
    ports.events.announce(declinedEvent(of, ports.clock()));
    const github = await ports.github(where.installationId, where.repository);
    await github.upsertComment(pull.number, "declined", declinedText(metadata));
  }
  await ports.queue.add({ type: "image", ...where, defaultBranch: pull.defaultBranch, unit: metadata.unit });
}

/** One decision for each environment. */
function decisionsOf(
  ports: Pick<ImagePorts, "clock">,
  pull: PullRequest,
  arrived: ImageMetadata["targets"],
): readonly Decision[] {
  const byEnvironment = Map.groupBy(arrived, ({ environment }) => environment);
  return [...byEnvironment].map(([environment, targets]) => ({
    kind: "bumped",
    id: `bumped-${pull.number}`,
    at: new Date(pull.closedAt ?? ports.clock()).toISOString(),
    by: "sluice",
    environment,
    apps: targets.map(({ app }) => app),
    pullRequest: pull.number,
    commit: pull.head.sha,
    ...(pull.mergeCommit === undefined ? {} : { mergeCommit: pull.mergeCommit }),
    versions: Object.fromEntries(targets.map(({ app, images }) => [app, images])),
  }));
}

/** What came onto the base branch: all that the metadata says, unless a person pushed; then the renders tell. */
async function arrivedTargets(
  ports: ImagePorts,
  where: StateAddress,
  pull: PullRequest,
  metadata: ImageMetadata,
  signal: AbortSignal,
): Promise<ImageMetadata["targets"]> {
  const { mergeCommit } = pull;
  if (describesHead(metadata, pull) || mergeCommit === undefined) return metadata.targets;
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
