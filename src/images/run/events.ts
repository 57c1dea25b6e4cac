import type { Published } from "../../change/pull-request/proposal.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import {
  actorOf,
  type BroughtImage,
  type EventKind,
  eventId,
  type ImageAdvanced,
  type ImageClosed,
  type ImageDeclined,
  type ImageMerged,
  type ImageOpened,
} from "../../model/events.ts";
import type { PullRequest } from "../../model/github.ts";
import type { StateAddress } from "../../model/state.ts";
import type { ImageMetadata } from "../text/metadata.ts";
import type { ImagePorts } from "./ports.ts";
import { tagSightings } from "./tag-sightings.ts";

/** An image pull request with what it brings. */
interface OfPull {
  readonly where: StateAddress;
  readonly pull: PullRequest;
  readonly metadata: ImageMetadata;
}

/**
 * Announces that the pull request was opened or updated; one that says the same is no event. Costs a few reads of
 * records.
 */
export async function announcePublished(
  ports: Pick<ImagePorts, "events" | "clock" | "eventLog" | "records">,
  where: StateAddress,
  { how, pull, head, before, now: metadata }: Published<ImageMetadata>,
): Promise<void> {
  if (how === "same") return;
  const images: BroughtImage[] = [];
  for (const image of metadata.images) images.push(await withSighting(ports, image, before));
  const of = { where, pull, metadata };
  const event: ImageOpened | ImageAdvanced =
    how === "opened"
      ? { ...about("image.opened", of, ports.clock()), head, images }
      : { ...about("image.advanced", of, ports.clock(), head), head, images };
  ports.events.announce(event);
}

/**
 * The image with the moment at which an event first named its tag; without, where the pull request had brought it
 * before.
 */
async function withSighting(
  ports: Pick<ImagePorts, "eventLog" | "records">,
  { image, tag, digest }: ImageMetadata["images"][number],
  before: ImageMetadata | undefined,
): Promise<BroughtImage> {
  const brought = { image, tag, digest };
  if (before?.images.some((one) => one.image === image && one.tag === tag && one.digest === digest)) return brought;
  const reportedAt = (await tagSightings(ports, image)).firstSeen.get(tag);
  return reportedAt === undefined ? brought : { ...brought, reportedAt };
}

/** It was merged, with the targets that the merge is known to have changed. */
export function mergedEvent(of: OfPull, targets: ImageMetadata["targets"], now: number): ImageMerged {
  const { openedAt, closedAt: mergedAt = now } = of.pull;
  const event = about("image.merged", { ...of, metadata: { ...of.metadata, targets } }, now);
  return { ...event, openedAt, mergedAt, actor: actorOf(undefined) };
}

/** A person closed it. */
export function declinedEvent(of: OfPull, now: number): ImageDeclined {
  return about("image.declined", of, now, of.pull.head.sha);
}

/** Sluice closed it. */
export function closedEvent(
  { where }: Pick<RepositoryContext, "where">,
  pull: PullRequest,
  reason: string,
  at: number,
): ImageClosed {
  const kind = "image.closed";
  const id = eventId(kind, where.repository, pull.number, pull.head.sha);
  return { kind, id, at, ...where, pullRequest: pull.number, branch: pull.head.ref, reason };
}

/** What each event of the pull request of a unit says. `parts` tell it from others of its kind there. */
function about<K extends EventKind>(
  kind: K,
  { where, pull, metadata }: OfPull,
  at: number,
  ...parts: readonly string[]
) {
  const { unit, images, targets } = metadata;
  return {
    kind,
    id: eventId(kind, where.repository, pull.number, ...parts),
    at,
    ...where,
    pullRequest: pull.number,
    unit,
    images: images.map(({ image, tag, digest }) => ({ image, tag, digest })),
    targets: targets.map(({ app, environment, images: versions }) => ({ app, environment, versions })),
  };
}
