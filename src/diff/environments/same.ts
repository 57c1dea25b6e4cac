import type { VersionGap } from "../../model/preview.ts";
import { tagOf } from "../../model/versions.ts";
import { hashSuffix } from "../generated-names.ts";
import { at, equal, isList, isObject, type Value } from "../value.ts";
import { type EnvironmentNames, sameButForNames } from "./neutral.ts";

/** Whether a value here and one there say the same. */
export type Same = (here: Value | undefined, there: Value | undefined) => boolean;

/**
 * Equality except for the names of the environments, content hashes of generated names, and what only follows from
 * versions that differ.
 */
export function sameAcross(ours: EnvironmentNames, theirs: EnvironmentNames, versions: readonly VersionGap[]): Same {
  const swaps = versions.flatMap(swapsOf);
  const sameText = (one: string, other: string): boolean =>
    sameButForNames(one, other, ours, theirs) ||
    (hashSuffix.test(one) && hashSuffix.test(other) && sameButForNames(stem(one), stem(other), ours, theirs)) ||
    swaps.some(([here, there]) => other.replaceAll(there, here) === one);
  const same: Same = (one, other) => {
    if (typeof one === "string" && typeof other === "string") return sameText(one, other);
    if (isList(one) && isList(other)) {
      return one.length === other.length && one.every((item, index) => same(item, other[index]));
    }
    if (!isObject(one) || !isObject(other)) return equal(one, other);
    const keys = Object.keys(one);
    return keys.length === Object.keys(other).length && keys.every((key) => same(at(one, key), at(other, key)));
  };
  return same;
}

function stem(name: string): string {
  return name.replace(hashSuffix, "");
}

/** Shorter versions stand in too many texts that have nothing to do with them. */
const shortest = 3;

/** A version and the tag in it, which labels repeat. */
function swapsOf({ here, there }: VersionGap): readonly (readonly [here: string, there: string])[] {
  const pairs = [[here, there] as const, [tagOf(here), tagOf(there)] as const];
  return pairs.filter((pair) => pair.every((text) => text.length >= shortest));
}
