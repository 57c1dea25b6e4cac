import { clip } from "../model/text/lines.ts";

/** An image's name and what follows it: `1.4.0`, `1.4.0@sha256:…`, `sha256:…`, or nothing. */
export interface ImageName {
  readonly name: string;
  readonly version: string;
}

/** Takes `registry:5000/name:tag@digest` apart. */
export function splitImage(image: string): ImageName {
  const digest = image.indexOf("@");
  const named = digest < 0 ? image : image.slice(0, digest);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const end = colon < 0 ? named.length : colon;
  return { name: image.slice(0, end), version: image.slice(end + 1) };
}

/** An image or a version as people read it: digests by their first twelve digits, at most 100 characters. */
export function shortImage(text: string): string {
  const short = text.replace(/sha256:([0-9a-f]{12})[0-9a-f]{52}/g, "sha256:$1…");
  return clip(short, 100);
}

/**
 * Which image there is which one here: the one of the same name, else the only one whose name ends alike
 * (`mirror.example/web` and `ghcr.io/acme/web`). Names there by names here, in the order of `here`.
 */
export function matchImageNames(here: readonly string[], there: readonly string[]): ReadonlyMap<string, string> {
  const [ours, theirs] = [new Set(here), new Set(there)];
  const left = Map.groupBy(
    here.filter((name) => !theirs.has(name)),
    lastSegment,
  );
  const right = Map.groupBy(
    there.filter((name) => !ours.has(name)),
    lastSegment,
  );
  const matched = new Map<string, string>();
  for (const name of here) {
    if (theirs.has(name)) matched.set(name, name);
    const [only, another] = right.get(lastSegment(name)) ?? [];
    const alone = another === undefined && left.get(lastSegment(name))?.length === 1;
    if (!theirs.has(name) && only !== undefined && alone) matched.set(name, only);
  }
  return matched;
}

function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
