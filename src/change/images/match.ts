/** A name here and the one there that means the same image. */
export interface NamePair {
  readonly here: string;
  readonly there: string;
}

/**
 * Which image there is which one here: the one of the same name, else the one whose name ends alike
 * (`registry.example.com/mirror/webapp` and `ghcr.io/acme/webapp`), when that is the only one on both sides. In the
 * order of `here`.
 */
export function matchNames(here: readonly string[], there: readonly string[]): readonly NamePair[] {
  const known = new Set(there);
  const same = new Set(here.filter((name) => known.has(name)));
  const left = Map.groupBy(
    here.filter((name) => !same.has(name)),
    lastSegment,
  );
  const right = Map.groupBy(
    there.filter((name) => !same.has(name)),
    lastSegment,
  );
  return here.flatMap((name): NamePair[] => {
    if (same.has(name)) return [{ here: name, there: name }];
    const [ours, theirs] = [left.get(lastSegment(name)) ?? [], right.get(lastSegment(name)) ?? []];
    const [only] = theirs;
    return only !== undefined && ours.length === 1 && theirs.length === 1 ? [{ here: name, there: only }] : [];
  });
}

/** What an image's name ends in: `webapp` of `ghcr.io/acme/webapp`. */
export function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
