import { parseImage } from "../edit/find/index.ts";
import { canonicalImage } from "../model/registry.ts";
import type { HistoryEntry } from "../model/state.ts";
import type { TargetNow } from "./entry-decision.ts";
import type { Version } from "./policy/index.ts";

/** What the last entry about an image says of one of its places. */
interface Came {
  readonly version: Version;
  /** What there was before, or is since. */
  readonly instead: Version | undefined;
}

/**
 * The version of an image that was rolled back in a target: the last one that came there, when not all places of the
 * target have it any more. Whether a `git revert`, a rollback or a hand took it back, everywhere or in one place, makes
 * no difference: what came before is not proposed again, what is newer is. `history` is the target's, oldest first.
 */
export function takenBack(
  image: string,
  { versions }: Pick<TargetNow, "versions">,
  history: readonly HistoryEntry[],
): Version | undefined {
  for (const entry of history.toReversed()) {
    const changes = (entry.versions ?? []).filter((one) => canonicalImage(one.image) === image);
    if (changes.length === 0) continue;
    const back = entry.kind === "rolled-back" || entry.kind === "reverted";
    return missing(
      versions,
      changes.flatMap(({ from, to }) => cameOf(back ? from : to, back ? to : from)),
    );
  }
  return undefined;
}

function cameOf(text: string, other: string): readonly Came[] {
  const version = versionOf(text);
  return version === undefined ? [] : [{ version, instead: versionOf(other) }];
}

/** One that no place has; else the one that a place had that has none of them. */
function missing(places: readonly Version[], came: readonly Came[]): Version | undefined {
  const lost = came.find(({ version }) => !places.some((place) => sameVersion(place, version)));
  if (lost !== undefined) return lost.version;
  const stray = places.find((place) => !came.some(({ version }) => sameVersion(place, version)));
  if (stray === undefined) return undefined;
  const had = came.find(({ instead }) => instead !== undefined && sameVersion(stray, instead));
  return (had ?? came[0])?.version;
}

/** Digests decide where both are known; a tag alone is compared with a tag. */
function sameVersion(a: Version, b: Version): boolean {
  return a.digest !== "" && b.digest !== "" ? a.digest === b.digest : a.tag === b.tag;
}

function versionOf(text: string): Version | undefined {
  const image = parseImage(text.startsWith("@") ? `image${text}` : text.includes("/") ? text : `image:${text}`);
  return image === undefined ? undefined : { tag: image.tag, digest: image.digest };
}
