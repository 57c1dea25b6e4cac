import type { ImageFacts } from "../../model/registry.ts";
import type { FactsOf } from "./types.ts";

/** Asks about a tag or a digest once. */
export type Asker = FactsOf;

/** Asks once about each reference. */
export function asker(factsOf: FactsOf): Asker {
  const known = new Map<string, Promise<ImageFacts | undefined>>();
  return (reference) => known.getOrInsertComputed(reference, factsOf);
}

/** Clocks of builders may be ahead by so much. */
const skew = 3_600_000;

/**
 * When an image was built, in milliseconds since the epoch. `undefined` when it does not say, or says a time in
 * the future, which cannot be true.
 */
export function builtAt(facts: ImageFacts | undefined, now: number): number | undefined {
  const time = facts?.created === undefined ? Number.NaN : Date.parse(facts.created);
  return Number.isNaN(time) || time > now + skew ? undefined : time;
}

/**
 * Which of the wanted platforms an image does not have. A platform without a variant is any variant; `arm64` is
 * `arm64/v8`, and `amd64` runs nothing above `amd64/v1`.
 */
export function lackingPlatforms(wanted: readonly string[], has: readonly string[]): readonly string[] {
  const known = new Set(has.map(plainPlatform));
  return wanted.filter((platform) => {
    const plain = plainPlatform(platform);
    if (known.has(plain)) return false;
    const anyVariant = plain.split("/").length === 2 && !/\/amd64$/.test(plain);
    return !(anyVariant && has.some((one) => one.startsWith(`${plain}/`)));
  });
}

function plainPlatform(platform: string): string {
  return platform
    .toLowerCase()
    .replace(/\/arm64\/v8$/, "/arm64")
    .replace(/\/amd64\/v1$/, "/amd64");
}
