import { shortVersion } from "../../change/text/version.ts";
import type { VersionChange } from "../../model/promotion.ts";
import { orderOfChange, wholeRender } from "../carried.ts";

/** The one pair of versions that says it all: `1.4.0` and `1.5.0`; `undefined` where there are none or several. */
export function onlyMove(images: readonly VersionChange[]): { readonly from: string; readonly to: string } | undefined {
  const named = images.filter(({ image }) => image !== wholeRender);
  const moves = new Map(
    (named.length > 0 ? named : images).map(({ from, to }) => {
      const move = { from: from === "" ? "" : shortVersion(from), to: shortVersion(to) };
      return [`${move.from} ${move.to}`, move] as const;
    }),
  );
  const [only, ...more] = moves.values();
  return more.length > 0 ? undefined : only;
}

/** Marks a version that is older than the one before; `""` where it is not, or nobody knows. */
export function olderMark(images: readonly VersionChange[]): string {
  return images.some((one) => orderOfChange(one) === "older") ? " ⬇️ older" : "";
}
