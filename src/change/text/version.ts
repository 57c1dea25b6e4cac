import type { VersionChange } from "../../model/promotion.ts";
import { clip, oneLine } from "../../model/text/lines.ts";

/** `1.4.0 → 1.5.0`, digests cut to twelve digits. */
export function shortMove({ from, to }: Pick<VersionChange, "from" | "to">): string {
  return `${from === "" ? "none" : shortVersion(from)} → ${shortVersion(to)}`;
}

/** A version for people: a digest is cut to twelve digits, and left out beside a tag. */
export function shortVersion(version: string): string {
  const [tag = "", digest] = version.split("@");
  if (digest === undefined || tag !== "") return clip(oneLine(tag), 60);
  return `@${digest.slice(0, digest.indexOf(":") + 13)}`;
}
