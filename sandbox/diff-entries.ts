import { git } from "./git.ts";

/** One changed file. */
export interface DiffEntry {
  readonly path: string;
  readonly previousPath: string | undefined;
  readonly status: "added" | "removed" | "modified" | "renamed" | "changed";
  /** The blob after the change, or before it for a removed file. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** The hunks; undefined for binary files and pure renames. */
  readonly patch: string | undefined;
}

const STATUS: Readonly<Record<string, DiffEntry["status"]>> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "changed",
};
const MAX_BYTES = 3_000_000;

/** The changed files of a range such as `base...head`, renames found, in path order. */
export async function diffEntries(dir: string, range: string): Promise<DiffEntry[]> {
  const common = ["diff", "--no-color", "--no-ext-diff", "-M", "--full-index"];
  const [raw, stat, patches] = await Promise.all([
    git(dir, [...common, "--raw", "--no-abbrev", "-z", range]),
    git(dir, [...common, "--numstat", "-z", range]),
    git(dir, [...common, range]),
  ]);
  const counts = parseCounts(stat.stdout.toString("utf8"));
  const hunks = splitPatches(patches.stdout.subarray(0, MAX_BYTES).toString("utf8"));
  return parseRaw(raw.stdout.toString("utf8")).map((entry, at) => ({
    ...entry,
    additions: counts[at]?.[0] ?? 0,
    deletions: counts[at]?.[1] ?? 0,
    patch: hunks[at],
  }));
}

type RawEntry = Pick<DiffEntry, "path" | "previousPath" | "status" | "sha">;

function parseRaw(text: string): RawEntry[] {
  const words = text.split("\0");
  const entries: RawEntry[] = [];
  for (let at = 0; at + 1 < words.length; ) {
    const [, , before = "", after = "", code = ""] = (words[at] ?? "").split(" ");
    const letter = code.slice(0, 1);
    const moved = letter === "R" || letter === "C";
    entries.push({
      path: words[at + (moved ? 2 : 1)] ?? "",
      previousPath: moved ? words[at + 1] : undefined,
      status: STATUS[letter] ?? "changed",
      sha: letter === "D" ? before : after,
    });
    at += moved ? 3 : 2;
  }
  return entries;
}

function parseCounts(text: string): (readonly [number, number])[] {
  const words = text.split("\0");
  const counts: (readonly [number, number])[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const [added, removed, path] = (words[at] ?? "").split("\t");
    if (added === undefined || removed === undefined) continue;
    counts.push([Number(added) || 0, Number(removed) || 0]);
    // A rename's two paths follow as words of their own.
    if (path === "") at += 2;
  }
  return counts;
}

function splitPatches(text: string): (string | undefined)[] {
  return text
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith("diff --git "))
    .map((part) => {
      const at = part.search(/^@@ /m);
      return at < 0 ? undefined : part.slice(at).replace(/\n$/, "");
    });
}
