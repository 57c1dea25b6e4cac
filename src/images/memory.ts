import { parseImage } from "../edit/find/index.ts";
import { canonicalImage } from "../model/registry.ts";
import type { HistoryEntry } from "../model/state.ts";
import type { TargetNow } from "./look.ts";
import type { Version } from "./policy/index.ts";

/**
 * The version of an image that was taken back in a target: the last one that came there, when the target no longer has it. Whether a `git revert`, a rollback or a hand took it back makes no difference:
 * what came before is not proposed again, what is newer is. `history` is the target's, oldest first.
 */
export function heldBack(
  image: string,
  { versions }: Pick<TargetNow, "versions">,
  history: readonly HistoryEntry[],
): Version | undefined {
  for (const entry of history.toReversed()) {
    const change = entry.versions?.find((one) => canonicalImage(one.image) === image);
    if (change === undefined) continue;
    const was = versionOf(entry.kind === "rolled-back" || entry.kind === "reverted" ? change.from : change.to);
    if (was === undefined) return undefined;
    return versions.some((version) => sameVersion(version, was)) ? undefined : was;
  }
  return undefined;
}

/** A digest tells most; a tag alone is held against a tag. */
function sameVersion(a: Version, b: Version): boolean {
  return a.digest !== "" && b.digest !== "" ? a.digest === b.digest : a.tag === b.tag;
}

function versionOf(text: string): Version | undefined {
  const image = parseImage(text.startsWith("@") ? `image${text}` : text.includes("/") ? text : `image:${text}`);
  return image === undefined ? undefined : { tag: image.tag, digest: image.digest };
}
