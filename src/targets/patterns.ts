import { matchSegment } from "../config/values/segments.ts";
import { detectRenderer } from "../discovery/index.ts";
import { UserError } from "../model/errors.ts";
import { byText, joinPath } from "../model/paths.ts";
import type { NamedEntry, Tree } from "../model/tree.ts";

/**
 * A folder that a pattern matches. `app` is the text that `{app}` matched, `undefined` if the pattern has no `{app}`.
 */
export interface PatternMatch {
  readonly path: string;
  readonly app: string | undefined;
}

/** The matching folders by path, and the links and submodules that are there instead of a folder. */
export interface PatternMatches {
  readonly matches: readonly PatternMatch[];
  readonly notFollowed: readonly string[];
}

interface Walk {
  readonly tree: Tree;
  readonly found: Map<string, PatternMatch>;
  readonly notFollowed: Set<string>;
  /** How many entries may still be listed. */
  left: number;
}

/** Git stores equal folders once, so a few small objects can hold more folders than anyone can walk. */
const maxListed = 200_000;

/**
 * Finds the folders that a pattern of `.sluice.yaml` matches, and lists only folders that can match. `{app}` and `*`
 * stay within one name and do not match names that begin with a dot. `**` is any number of folders, at the end of a
 * pattern down to the first folders that render. Throws a `limit` UserError for more than 200,000 files and folders.
 */
export async function matchFolders(pattern: string, tree: Tree): Promise<PatternMatches> {
  const walk: Walk = { tree, found: new Map(), notFollowed: new Set(), left: maxListed };
  await descend(walk, "", undefined, pattern === "" ? [] : pattern.split("/"));
  return {
    matches: [...walk.found.values()].sort((a, b) => byText(a.path, b.path)),
    notFollowed: [...walk.notFollowed].sort(byText),
  };
}

/** Whether a path matches a glob of `*` and `**`, as in `exclude`. */
export function matchesGlob(path: string, glob: string): boolean {
  return matchParts(path === "" ? [] : path.split("/"), glob === "" ? [] : glob.split("/"));
}

/** Backtracks only to the last `**`: it can match whatever an earlier one could. */
function matchParts(names: readonly string[], parts: readonly string[]): boolean {
  let [name, part, star, from] = [0, 0, -1, 0];
  while (name < names.length) {
    const wanted = parts[part];
    if (wanted === "**") {
      star = part++;
      from = name;
    } else if (wanted !== undefined && matchSegment(wanted, undefined, names[name] ?? "") !== undefined) {
      name++;
      part++;
    } else if (star >= 0) {
      part = star + 1;
      name = ++from;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === "**");
}

async function descend(walk: Walk, path: string, app: string | undefined, parts: readonly string[]): Promise<void> {
  const [part, ...rest] = parts;
  if (part === undefined) {
    walk.found.set(`${path}\0${app ?? ""}`, { path, app });
  } else if (part === "**") {
    await descendAny(walk, path, app, rest);
  } else if (part.includes("*") || part.includes("{app}")) {
    await descendWild(walk, path, app, part, rest);
  } else {
    await descendName(walk, joinPath(path, part), app, rest);
  }
}

async function descendName(walk: Walk, path: string, app: string | undefined, rest: readonly string[]): Promise<void> {
  const entry = await walk.tree.at(path);
  if (entry?.kind === "dir") await descend(walk, path, app, rest);
  else if (entry?.kind === "link" || entry?.kind === "module") walk.notFollowed.add(path);
}

async function descendWild(walk: Walk, path: string, app: string | undefined, part: string, rest: readonly string[]) {
  const entries = (await list(walk, path, part)).filter(({ name }) => !name.startsWith(".") || part.startsWith("."));
  const below = entries.map(async (entry) => {
    const match = entry.kind === "file" ? undefined : matchSegment(part, app, entry.name);
    const at = joinPath(path, entry.name);
    if (match === undefined) return;
    if (entry.kind === "dir") await descend(walk, at, match.app ?? app, rest);
    else walk.notFollowed.add(at);
  });
  await Promise.all(below);
}

async function descendAny(walk: Walk, path: string, app: string | undefined, rest: readonly string[]): Promise<void> {
  const entries = await list(walk, path, "**");
  if (rest.length === 0 && detectRenderer(entries) !== undefined) {
    walk.found.set(`${path}\0${app ?? ""}`, { path, app });
    return;
  }
  if (rest.length > 0) await descend(walk, path, app, rest);
  for (const entry of entries) {
    if (entry.kind !== "dir" || entry.name.startsWith(".")) continue;
    await descendAny(walk, joinPath(path, entry.name), app, rest);
  }
}

async function list(walk: Walk, path: string, part: string): Promise<readonly NamedEntry[]> {
  const entries = await walk.tree.list(path);
  walk.left -= entries.length;
  if (walk.left >= 0) return entries;
  throw new UserError("limit", `more than ${maxListed} files and folders to search for \`${part}\` in a path pattern`, {
    fix: "name the folders of the targets in .sluice.yaml",
  });
}
