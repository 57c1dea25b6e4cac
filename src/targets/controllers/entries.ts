import type { EntryCandidate } from "../../discovery/index.ts";
import { byText, isAtOrBelow } from "../../model/paths.ts";

/** Those that go first: what no other candidate's objects seem to point at. */
export function firstEntries(candidates: readonly EntryCandidate[]): readonly EntryCandidate[] {
  const pointing = new Map<string, Set<EntryCandidate>>();
  for (const one of candidates) {
    for (const point of one.points) pointing.getOrInsertComputed(point, () => new Set()).add(one);
  }
  const free = candidates.filter((one) => !isCovered(one, pointing));
  if (free.length > 0) return free;
  // They point at each other: the one that a bootstrap makes, else the topmost.
  return [...candidates].sort(byRank).slice(0, 1);
}

/**
 * Whether another candidate points at all of its files, or at all that is rendered of it: the files may stand in a base
 * far from there. An object that names no folder, or the root, is mostly one of another repository: whether it reads
 * this one, its render tells.
 */
function isCovered(one: EntryCandidate, pointing: ReadonlyMap<string, ReadonlySet<EntryCandidate>>): boolean {
  return [one.files, one.renders.map(({ path }) => path)].some((paths) =>
    foldersOver(paths).some((folder) => {
      const from = pointing.get(folder);
      return from !== undefined && from.size > (from.has(one) ? 1 : 0);
    }),
  );
}

/** The paths, but for the root, at or below which all of some paths are. */
function foldersOver([first = "", ...others]: readonly string[]): readonly string[] {
  const names = first.split("/");
  const over = names.map((_, index) => names.slice(0, index + 1).join("/"));
  return over.filter((folder) => folder !== "" && others.every((path) => isAtOrBelow(path, folder)));
}

/** The likeliest to be what people apply first. */
export function byRank(a: EntryCandidate, b: EntryCandidate): number {
  return rankOf(a) - rankOf(b) || depthOf(a) - depthOf(b) || byText(a.files[0] ?? "", b.files[0] ?? "");
}

function rankOf({ files }: EntryCandidate): number {
  if (files.some((file) => file.endsWith("/gotk-sync.yaml"))) return 0;
  return files.some((file) => /(?:^|\/)(?:root|bootstrap|app-of-apps|flux-instance)/.test(file)) ? 1 : 2;
}

function depthOf({ files }: EntryCandidate): number {
  return Math.min(...files.map((file) => file.split("/").length));
}

/** The cluster that an entry's files are of, or the one that its objects point at: `clusters/<name>/…`. */
export function clusterOf(files: readonly string[], points: readonly string[]): string | undefined {
  const pointed = new Set(points.flatMap((point) => clusterOfPath(`${point}/`) ?? []));
  return clusterOfPath(files[0] ?? "") ?? (pointed.size === 1 ? [...pointed][0] : undefined);
}

function clusterOfPath(path: string): string | undefined {
  return /(?:^|\/)clusters\/([^/]+)\//.exec(path)?.[1];
}
