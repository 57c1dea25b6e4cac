import { shortMove } from "../../change/text/version.ts";
import type { VersionChange } from "../../model/promotion.ts";
import { clip } from "../../model/text/lines.ts";
import { goesBack, wholeRender } from "../carried.ts";
import type { PromotionMetadata } from "./metadata.ts";

/** GitHub's limit is 256 characters. */
const LIMIT = 200;

/**
 * The title of a promotion's pull request, and the subject of its commit: what, where to, and the version when there is
 * one.
 */
export function promotionTitle(metadata: Pick<PromotionMetadata, "kind" | "environment" | "targets">): string {
  const { kind, environment, targets } = metadata;
  const verb = kind === "promotion" ? "Promote" : "Roll back";
  const word = kind === "promotion" ? "to" : "in";
  const [only, ...more] = targets;
  const subject = only !== undefined && more.length === 0 ? only.app : `${targets.length} apps`;
  const images = targets.flatMap((target) => target.images);
  // Who reads nothing but the title knows that it goes back.
  const older = kind === "promotion" && goesBack(images) ? " (older)" : "";
  return `${clip(`${verb} ${subject} ${word} ${environment}${versionsText(images)}`, LIMIT)}${older}`;
}

/** `: 1.4.0 → 1.5.0` when that says it all. */
function versionsText(images: readonly VersionChange[]): string {
  const named = images.filter(({ image }) => image !== wholeRender);
  const moves = new Set((named.length > 0 ? named : images).map(shortMove));
  const [only, ...more] = moves;
  return only === undefined || more.length > 0 ? "" : `: ${only}`;
}
