import type { PullRequestKind, Update } from "../../change/pull-request/proposal.ts";
import { shortVersion } from "../../change/text/version.ts";
import { code } from "../../diff/index.ts";
import { type ImageMetadata, imageFormat, sameBumps, sameVersions } from "./metadata.ts";
import { bumpsLine } from "./title.ts";

type Brought = Pick<ImageMetadata, "images" | "targets">;

/** The pull requests of images. An approval is for images, by their digests: of others it says nothing. */
export const imagePullRequest: PullRequestKind<ImageMetadata> = {
  format: imageFormat,
  isSame: sameBumps,
  keepsApprovals: sameBumps,
  dismissal: "It brings other images now.",
  updateComment: ({ before, now, dismissed }) => {
    if (before !== undefined && sameBumps(before, now)) return undefined;
    return { marker: updateMarker(before, now), text: updateText({ before, now, dismissed }) };
  },
};

/** The comment on a pull request that brings something else than before. */
export function updateText({ before, now, dismissed }: Update<Brought>): string {
  const users = dismissed.map((user) => code(user)).join(", ");
  const lost = dismissed.length === 0 ? "" : ` The approvals of ${users} no longer count.`;
  return `${whatText(before, now)}${lost}`;
}

function whatText(before: Brought | undefined, now: Brought): string {
  if (before === undefined) return `Now brings ${code(bumpsLine(now))}.`;
  if (!sameVersions(before, now)) return `Now brings ${code(bumpsLine(now))} in place of ${code(bumpsLine(before))}.`;
  const old = new Map(before.images.map(({ image, tag, digest }) => [`${image}:${tag}`, digest]));
  const moved = now.images.flatMap(({ image, tag, digest }) => {
    const was = old.get(`${image}:${tag}`);
    return was === undefined || was === digest
      ? []
      : [`${code(`${image}:${tag}`)} names another image by now: ${short(digest)}, and no longer ${short(was)}.`];
  });
  return moved.length === 0 ? `Now brings ${code(bumpsLine(now))}.` : moved.join(" ");
}

function short(digest: string): string {
  return code(shortVersion(`@${digest}`).slice(1));
}

/** Tells updates of one pull request apart: by the head, and by the images where only their digests changed. */
function updateMarker(before: ImageMetadata | undefined, now: ImageMetadata): string {
  const digests = now.images.map(({ digest }) => digest.slice(-6)).join("");
  const onlyMoved = before !== undefined && sameVersions(before, now);
  return `update-${now.head.slice(0, 12)}${onlyMoved ? `-${digests.slice(0, 60)}` : ""}`;
}
