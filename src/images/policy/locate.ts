import type { Located } from "./compare-target.ts";
import { type Asker, builtAt } from "./facts.ts";
import type { TagFilter } from "./filter.ts";
import { keptBack } from "./kept-back.ts";
import type { Place, Ranking } from "./ordering.ts";
import type { CurrentVersion, Kept, PolicyInput, Version } from "./types.ts";

const maxAtOnce = 8;

/**
 * Finds the place of what targets have. A digest without a tag is searched for among the `limit` best tags; what is not
 * there is compared by its build time.
 */
export async function locateAll<K>(
  ranking: Ranking<K>,
  input: PolicyInput,
  ask: Asker,
  { limit, filter }: { readonly limit: number; readonly filter: TagFilter },
): Promise<readonly Located[]> {
  const places = new Map<string, Promise<Place>>();
  const placeOf = (version: Version): Promise<Place> =>
    places.getOrInsertComputed(`${version.tag}@${version.digest}`, () =>
      locate(ranking, version, { input, ask, limit }),
    );
  const all = await Promise.all(input.current.map((one) => located(one, placeOf)));
  return withSiblings(all, ranking, input, filter);
}

/** Each with what the other uses of its target mean for it. */
function withSiblings<K>(
  all: readonly Located[],
  { ordering, placed }: Ranking<K>,
  { policy }: PolicyInput,
  filter: TagFilter,
): readonly Located[] {
  const byTag = new Map(placed.map((one) => [one.tag, one]));
  const groups = Map.groupBy(all, ({ current }) => current.target);
  return all.map((one): Located => {
    const group = groups.get(one.current.target) ?? [];
    const alone = new Set(group.map(({ place }) => place)).size === 1;
    const others = one.current.others ?? [];
    if (alone && others.length === 0) return one;
    const among = JSON.stringify([group.map(({ current: { tag, digest } }) => [tag, digest]), others]);
    const kept = (tag: string): Kept | undefined => {
      const candidate = byTag.get(tag);
      return candidate && keptBack({ ordering, filter, policy }, candidate, one, group);
    };
    return { ...one, kept, among };
  });
}

interface Locating {
  readonly input: PolicyInput;
  readonly ask: Asker;
  readonly limit: number;
}

/** Where only the digest is written, a tag next to it does not count. */
async function locate<K>(
  ranking: Ranking<K>,
  { tag, digest }: Version,
  { input: { policy, pin, now }, ask, limit }: Locating,
): Promise<Place> {
  const written = pin === "digest" && digest !== "" ? "" : tag;
  if (policy.digest !== undefined || (tag === "" && digest === "")) return { tag, digest };
  if (policy.newest === true) {
    return { tag: written, digest, ...timeOf(builtAt(await ask(digest === "" ? tag : digest), now)) };
  }
  if (written !== "") return digest === "" ? { tag, digest } : placeOfPinned(ranking, { tag, digest }, ask, limit);
  const found = await tagOf(ranking, digest, ask, limit);
  if (found !== undefined) return { tag: found, digest };
  return { tag: "", digest, ...timeOf(builtAt(await ask(digest), now)) };
}

/**
 * Where a tag and a digest are written, the digest is what runs. One that is not the tag's is searched for among the
 * better tags; what is not there is an earlier image of the tag.
 */
async function placeOfPinned<K>(
  { ordering, placed }: Ranking<K>,
  { tag, digest }: Version,
  ask: Asker,
  limit: number,
): Promise<Place> {
  const own = await ask(tag);
  if (own === undefined || own.digest === digest) return { tag, digest };
  const better = placed.filter((one) => (ordering.against(one, { tag, digest }) ?? 1) > 0);
  const found = await tagOf({ placed: better }, digest, ask, limit);
  return found === undefined ? { tag, digest } : { tag: found, digest, written: tag };
}

async function located(current: CurrentVersion, placeOf: (version: Version) => Promise<Place>): Promise<Located> {
  const place = await placeOf(current);
  return current.held === undefined ? { current, place } : { current, place, held: await placeOf(current.held) };
}

function timeOf(time: number | undefined): { readonly builtAt?: number } {
  return time === undefined ? {} : { builtAt: time };
}

async function tagOf<K>(
  { placed }: Pick<Ranking<K>, "placed">,
  digest: string,
  ask: Asker,
  limit: number,
): Promise<string | undefined> {
  const tags = placed.slice(0, limit).map(({ tag }) => tag);
  for (let from = 0; from < tags.length; ) {
    const some = tags.slice(from, from + Math.min(maxAtOnce, Math.max(1, from)));
    const facts = await Promise.all(some.map((tag) => ask(tag)));
    const at = facts.findIndex((one) => one?.digest === digest);
    if (at >= 0) return some[at];
    from += some.length;
  }
  return undefined;
}
