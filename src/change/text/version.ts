import type { VersionChange } from "../../model/promotion.ts";

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

/** The text on one line, cut to at most `most` characters. */
export function clip(text: string, max: number): string {
  const plain = text.replaceAll(/\s+/g, " ").toWellFormed();
  return plain.length <= max ? plain : `${[...plain].slice(0, max - 1).join("")}…`;
}
