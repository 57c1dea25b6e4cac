import { locate, type TargetFinding } from "../diff/index.ts";
import { type Finding, SEVERITIES, type TargetPreview } from "../model/preview.ts";
import { targetId } from "../model/target.ts";
import type { ChangedPath, Tree } from "../model/tree.ts";
import type { ComparedTrees } from "./affected.ts";
import { maxChains } from "./affected-reasons.ts";
import { smallText } from "./small-text.ts";

/** Characters of YAML that are parsed for the lines of one preview: about two seconds. */
const maxSearched = 4 * 1024 * 1024;

/** What places are found in. */
export interface Places {
  readonly trees: ComparedTrees;
  readonly changed: readonly ChangedPath[];
  readonly targets: readonly TargetPreview[];
}

interface Place {
  readonly file: string;
  readonly line?: number;
}

/**
 * Gives findings their place in the head. A resource whose own file changed is pointed at there, at the field where it
 * stands in the file; one whose file did not change was changed from elsewhere (an overlay's `images`, a patch), and is
 * pointed at the first changed line of the file that the target read, if there is one that it must be. Where there is
 * too much to search, the gravest findings get their lines and the others name the file.
 */
export async function locateFindings(findings: readonly TargetFinding[], places: Places): Promise<readonly Finding[]> {
  const changed = new Set(places.changed.map(({ path }) => path));
  const causes = new Map(places.targets.map((target) => [targetId(target.app, target.environment), causeOf(target)]));
  const texts = textReader();
  const search = lineSearch();
  const placed: Finding[] = [];
  for (const [index, { pointer, target, ...finding }] of byGravity(findings)) {
    placed[index] = finding;
    if (finding.line !== undefined || finding.resource === "") continue;
    const cause = causes.get(targetId(finding.app, finding.environment));
    if (cause !== undefined && (finding.file === undefined || !changed.has(finding.file))) {
      const place = await firstChange(cause, places.trees, texts);
      if (place !== undefined) {
        placed[index] = { ...finding, ...place };
        continue;
      }
    }
    if (finding.file === undefined || target === undefined) continue;
    const text = await texts(places.trees.head.tree, finding.file);
    const line = text === undefined ? undefined : search(finding.file, text, target, pointer);
    if (line !== undefined) placed[index] = { ...finding, line };
  }
  return placed;
}

function byGravity(findings: readonly TargetFinding[]): readonly (readonly [number, TargetFinding])[] {
  const entries = [...findings.entries()];
  return entries.sort(([, a], [, b]) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

type LineSearch = (file: string, ...what: Parameters<typeof locate>) => number | undefined;

/** Looks for each thing once, and no further when much was parsed: a search keeps the process from everything else. */
function lineSearch(): LineSearch {
  const known = new Map<string, number | undefined>();
  let left = maxSearched;
  return (file, text, target, pointer) => {
    const key = JSON.stringify([file, target, pointer]);
    if (known.has(key)) return known.get(key);
    if (text.length > left) return undefined;
    left -= text.length;
    const line = locate(text, target, pointer);
    known.set(key, line);
    return line;
  };
}

/**
 * The changed file that made the difference: the only one of the target's own folder, else the only one that it read.
 * `undefined` where reasons may have been left out.
 */
function causeOf({ because, path }: TargetPreview): string | undefined {
  if (because.length >= maxChains) return undefined;
  const files = because.flatMap(([file]) => (file === undefined ? [] : [file]));
  const own = files.filter((file) => file.startsWith(`${path}/`));
  const candidates = own.length > 0 ? own : files;
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** The first line of a file that differs between base and head; `undefined` when the head does not have the file. */
async function firstChange(file: string, trees: ComparedTrees, texts: TextReader): Promise<Place | undefined> {
  const [before, after] = await Promise.all([texts(trees.base.tree, file), texts(trees.head.tree, file)]);
  if (after === undefined) return undefined;
  const old = before?.split("\n") ?? [];
  const lines = after.split("\n");
  const index = lines.findIndex((line, at) => line !== old[at]);
  return { file, line: Math.min(index < 0 ? lines.length : index + 1, Math.max(1, lines.length - 1)) };
}

type TextReader = (tree: Tree, path: string) => Promise<string | undefined>;

/** Reads small files, each blob once; a finding in a larger one names only the file. */
function textReader(): TextReader {
  const texts = new Map<string, Promise<string | undefined>>();
  return async (tree, path) => {
    const entry = await tree.at(path);
    if (entry?.kind !== "file") return undefined;
    const text = texts.get(entry.oid) ?? smallText(tree, path);
    texts.set(entry.oid, text);
    return text;
  };
}
