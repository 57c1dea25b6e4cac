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

/** The versions that a target has, by what has them. */
export type Versions = readonly { readonly image: string; readonly version: string }[];

/** Versions for people: the one of the only image, or each with the last part of its image's name. */
export function versionsText(versions: Versions | undefined): string {
  if (versions === undefined) return "";
  const [only, ...more] = versions;
  if (only === undefined) return "";
  if (more.length === 0) return shortVersion(only.version);
  const shown = versions
    .slice(0, 3)
    .map(({ image, version }) => `${image.slice(image.lastIndexOf("/") + 1)} ${shortVersion(version)}`);
  return `${shown.join(", ")}${versions.length > 3 ? ` and ${versions.length - 3} more` : ""}`;
}
