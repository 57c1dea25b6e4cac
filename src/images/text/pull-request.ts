import type { PullRequestKind, Update } from "../../change/pull-request/proposal.ts";
import { shortVersion } from "../../change/text/version.ts";
import { code, inert } from "../../diff/index.ts";
import { sentenceList } from "../../model/text/lists.ts";
import { type ImageMetadata, imageFormat, sameBumps, sameVersions } from "./metadata.ts";
import { bumpsLine, environmentsOf, lastPart } from "./title.ts";

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

/** The comment on a pull request that brings something else than before: what, and whose approval fell. */
export function updateText({ before, now, dismissed }: Update<Brought>): string {
  const text = whatText(before, now);
  if (dismissed.length === 0) return text;
  const users = dismissed.map((user) => code(user)).join(", ");
  const was = before === undefined ? "" : ` for ${goalsOf(before)} and`;
  const lost =
    dismissed.length === 1 ? `your approval was${was} no longer counts` : `your approvals were${was} no longer count`;
  return `${text}\n\n${users}: ${before === undefined ? lost.replace(" was no", " no").replace(" were no", " no") : lost}.`;
}

function whatText(before: Brought | undefined, now: Brought): string {
  if (before === undefined) return `**Now ${inert(movesOf(now))}.**`;
  if (!sameVersions(before, now)) return `**Now ${inert(movesOf(now))}**, no longer ${inert(movesOf(before))}.`;
  const old = new Map(before.images.map(({ image, tag, digest }) => [`${image}:${tag}`, digest]));
  const moved = now.images.flatMap(({ image, tag, digest }) => {
    const was = old.get(`${image}:${tag}`);
    return was === undefined || was === digest
      ? []
      : [
          `**${inert(lastPart(image))} ${inert(tag)} is another image now:** ${short(digest)}, no longer ${short(was)}.`,
        ];
  });
  return moved.length === 0 ? `**Now ${inert(movesOf(now))}.**` : moved.join(" ");
}

/** `1.4.0 → 1.6.0` where there is one image; with their names where there are several. */
function movesOf(brought: Brought): string {
  const names = new Set(brought.images.map(({ image }) => lastPart(image)));
  const [name, ...more] = names;
  const line = bumpsLine(brought);
  return name !== undefined && more.length === 0 ? line.replaceAll(`${name} `, "") : line;
}

function goalsOf({ targets }: Brought): string {
  const goals = [...new Set(targets.flatMap(({ images }) => images.map(({ to }) => shortVersion(to))))];
  return inert(goals.length === 1 ? (goals[0] ?? "") : "other versions");
}

/** The comment on a pull request that a person closed: what that means, and how to take it back. */
export function declinedText(brought: Brought): string {
  const names = [...new Set(brought.images.map(({ image }) => lastPart(image)))];
  const where = environmentsOf(brought).toReversed();
  const is = goalsOf(brought) === "other versions" ? "These versions are" : `${goalsOf(brought)} is`;
  return `${is} skipped for ${inert(sentenceList(names))} in ${inert(sentenceList(where))}; the next newer tag opens a new pull request. Changed your mind? ${code("/retry")} here.`;
}

function short(digest: string): string {
  return code(shortVersion(`@${digest}`).replace(/^@(?:sha256:)?/, ""));
}

/** Tells updates of one pull request apart: by the head, and by the images where only their digests changed. */
function updateMarker(before: ImageMetadata | undefined, now: ImageMetadata): string {
  const digests = now.images.map(({ digest }) => digest.slice(-6)).join("");
  const onlyMoved = before !== undefined && sameVersions(before, now);
  return `update-${now.head.slice(0, 12)}${onlyMoved ? `-${digests.slice(0, 60)}` : ""}`;
}
