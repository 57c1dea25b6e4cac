import type { VersionChange } from "../../model/promotion.ts";
import type { PromotionRecord } from "./record.ts";

/** GitHub's limit is 256 characters. */
const LIMIT = 200;

/** The title of a promotion's pull request, and the subject of its commit: what, where to, and the version when there is one. */
export function promotionTitle(record: Pick<PromotionRecord, "kind" | "environment" | "targets">): string {
  const { kind, environment, targets } = record;
  const verb = kind === "promotion" ? "Promote" : "Roll back";
  const word = kind === "promotion" ? "to" : "in";
  const [only, ...more] = targets;
  const subject = only !== undefined && more.length === 0 ? only.app : `${targets.length} apps`;
  return clip(`${verb} ${subject} ${word} ${environment}${versionsText(targets.flatMap(({ images }) => images))}`);
}

/** `: 1.4.0 → 1.5.0` when that says it all. */
function versionsText(images: readonly VersionChange[]): string {
  const moves = new Set(images.map(shortMove));
  const [only, ...more] = moves;
  return only === undefined || more.length > 0 ? "" : `: ${only}`;
}

/** `1.4.0 → 1.5.0`, digests cut to twelve digits. */
export function shortMove({ from, to }: Pick<VersionChange, "from" | "to">): string {
  return `${from === "" ? "none" : shortVersion(from)} → ${shortVersion(to)}`;
}

/** A version for people: a digest is cut to twelve digits, and left out beside a tag. */
export function shortVersion(version: string): string {
  const [tag = "", digest] = version.split("@");
  if (digest === undefined || tag !== "") return clip(tag, 60);
  return `@${digest.slice(0, digest.indexOf(":") + 13)}`;
}

function clip(text: string, most = LIMIT): string {
  const plain = text.replaceAll(/\s+/g, " ").toWellFormed();
  return plain.length <= most ? plain : `${[...plain].slice(0, most - 1).join("")}…`;
}
