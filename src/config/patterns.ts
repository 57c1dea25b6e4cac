import type { Tree } from "../model/tree.ts";
import { detectRenderer } from "./detect.ts";
import { byText, joinPath } from "./plan.ts";

/** A folder that a pattern matches. `app` is what `{app}` stood for, `undefined` when the pattern has none. */
export interface PatternMatch {
  readonly path: string;
  readonly app: string | undefined;
}

/** The folders that match, by path, and links and submodules that stood where a folder was looked for. */
export interface PatternMatches {
  readonly matches: readonly PatternMatch[];
  readonly notFollowed: readonly string[];
}

interface Walk {
  readonly tree: Tree;
  readonly found: Map<string, PatternMatch>;
  readonly notFollowed: Set<string>;
}

/**
 * Finds the folders that a pattern of `.sluice.yaml` matches. Only folders that can match are listed. `{app}` and `*` stay within one name and do not match names that
 * begin with a dot; `**` is any number of folders, at the end of a pattern down to the first folders that render.
 */
export async function matchFolders(pattern: string, tree: Tree): Promise<PatternMatches> {
  const walk: Walk = { tree, found: new Map(), notFollowed: new Set() };
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

function matchParts(names: readonly string[], parts: readonly string[]): boolean {
  const [part, ...rest] = parts;
  if (part === undefined) return names.length === 0;
  if (part === "**") return names.some((_, index) => matchParts(names.slice(index), rest)) || matchParts([], rest);
  const [name, ...others] = names;
  return name !== undefined && segmentMatcher(part, undefined).test(name) && matchParts(others, rest);
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
  const matcher = segmentMatcher(part, app);
  const entries = (await walk.tree.list(path)).filter(({ name }) => !name.startsWith(".") || part.startsWith("."));
  const below = entries.map(async (entry) => {
    const match = matcher.exec(entry.name);
    const at = joinPath(path, entry.name);
    if (match === null || entry.kind === "file") return;
    if (entry.kind === "dir") await descend(walk, at, match.groups?.app ?? app, rest);
    else walk.notFollowed.add(at);
  });
  await Promise.all(below);
}

async function descendAny(walk: Walk, path: string, app: string | undefined, rest: readonly string[]): Promise<void> {
  const entries = await walk.tree.list(path);
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

/** Matches one name; the group `app` is what `{app}` stands for, or must equal what it stood for before. */
function segmentMatcher(part: string, app: string | undefined): RegExp {
  let named = app !== undefined;
  const source = part.split(/(\{app\}|\*+)/).map((piece) => {
    if (piece.startsWith("*")) return "[^/]*";
    if (piece !== "{app}") return RegExp.escape(piece);
    if (app !== undefined) return RegExp.escape(app);
    if (named) return "\\k<app>";
    named = true;
    return "(?<app>[^/]+)";
  });
  return new RegExp(`^${source.join("")}$`, "su");
}
