import { shortMove, shortVersion } from "../../change/text/version.ts";
import { clip } from "../../model/text/lines.ts";
import type { ImageMetadata } from "./metadata.ts";

/** GitHub's limit is 256 characters. */
const max = 200;

/**
 * The title of an image pull request, and the subject of its commit: what, the versions where there is one of each, and
 * where to.
 */
export function imageTitle({ unit, images, targets }: Pick<ImageMetadata, "unit" | "images" | "targets">): string {
  const names = [...new Set(images.map(({ image }) => lastPart(image)))];
  const [only, ...more] = names;
  const subject =
    only !== undefined && more.length === 0 ? only : unit.startsWith("group ") ? unit : `${names.length} images`;
  const moves = [...new Set(targets.flatMap((target) => target.images.map(shortMove)))];
  const goals = [...new Set(targets.flatMap((target) => target.images.map(({ to }) => shortVersion(to))))];
  const versions = moves.length === 1 ? `: ${moves[0]}` : goals.length === 1 ? ` to ${goals[0]}` : "";
  return clip(`Bump ${subject} in ${environmentsOf({ targets }).join(", ")}${versions}`, max);
}

/** The environments of the targets, in their order. */
export function environmentsOf({ targets }: Pick<ImageMetadata, "targets">): readonly string[] {
  return [...new Set(targets.map(({ environment }) => environment))];
}

/** `webapp` of `ghcr.io/acme/webapp`. */
export function lastPart(image: string): string {
  return image.slice(image.lastIndexOf("/") + 1);
}

/** What a pull request brings, on one short line: `webapp 1.4.0 → 1.5.0`. */
export function bumpsLine({ targets }: Pick<ImageMetadata, "targets">): string {
  const moves = [
    ...new Set(targets.flatMap(({ images }) => images.map((one) => `${lastPart(one.image)} ${shortMove(one)}`))),
  ];
  return `${moves.slice(0, 3).join(", ")}${moves.length > 3 ? ` and ${moves.length - 3} more` : ""}`.slice(0, 300);
}
