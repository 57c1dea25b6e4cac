import { shortMove, shortVersion } from "../../change/text/version.ts";
import { clip } from "../../model/text/lines.ts";
import type { ImageMetadata } from "./metadata.ts";

/** Longer titles are cut in lists. */
const max = 120;
const maxNames = 3;

/**
 * The title of an image pull request, and the subject of its commit: what, where to, the versions where there is one of
 * each. The furthest environment comes first.
 */
export function imageTitle({ unit, images, targets }: Pick<ImageMetadata, "unit" | "images" | "targets">): string {
  const names = [...new Set(images.map(({ image }) => lastPart(image)))];
  const [only, ...more] = names;
  const group = unit.startsWith("group ") ? unit.slice("group ".length) : undefined;
  const subject = only !== undefined && more.length === 0 ? only : (group ?? `${names.length} images`);
  const where = environmentsOf({ targets }).toReversed().join(", ");
  const versions = versionsText(targets, more.length > 0 && group !== undefined ? names : []);
  return clip(`Update ${subject} in ${where}${versions}`, max);
}

function versionsText(targets: ImageMetadata["targets"], names: readonly string[]): string {
  const all = targets.flatMap(({ images }) => images);
  const moves = [...new Set(all.map(shortMove))];
  const goals = [...new Set(all.map(({ to }) => shortVersion(to)))];
  const [from, to] = moves.length === 1 ? (moves[0] ?? "").split(" → ") : [];
  if (from !== undefined && from === to) return `: ${to}, new image`;
  const listed = `${names.slice(0, maxNames).join(", ")}${names.length > maxNames ? ` and ${names.length - maxNames} more` : ""}`;
  if (listed !== "") return `: ${listed}${goals.length === 1 ? ` to ${goals[0]}` : ""}`;
  return moves.length === 1 ? `: ${moves[0]}` : goals.length === 1 ? ` to ${goals[0]}` : "";
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
