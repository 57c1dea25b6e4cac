import { locate, type TargetFinding } from "../diff/index.ts";
import type { Finding, TargetPreview } from "../model/preview.ts";
import { targetId } from "../model/target.ts";
import type { ChangedPath, Tree } from "../model/tree.ts";
import type { Sides } from "./side-by-side.ts";
import { smallText } from "./small-text.ts";

/** What places are found in. */
export interface Places {
  readonly sides: Sides;
  readonly changed: readonly ChangedPath[];
  readonly targets: readonly TargetPreview[];
}

interface Place {
  readonly file: string;
  readonly line?: number;
}

/**
 * Gives findings their place in the head. A resource whose own file changed is pointed at there, at the field where it stands in the file; one whose file did not change was
 * changed from elsewhere (an overlay's `images`, a patch), and is pointed at the first changed line of the file that the target read, if there is one that it must be.
 */
export async function locateFindings(findings: readonly TargetFinding[], places: Places): Promise<readonly Finding[]> {
  const changed = new Set(places.changed.map(({ path }) => path));
  const causes = new Map(places.targets.map((target) => [targetId(target.app, target.environment), causeOf(target)]));
  const texts = textReader();
  return Promise.all(
    findings.map(async ({ pointer, target, ...finding }) => {
      if (finding.line !== undefined || finding.resource === "") return finding;
      const cause = causes.get(targetId(finding.app, finding.environment));
      if (cause !== undefined && (finding.file === undefined || !changed.has(finding.file))) {
        const place = await firstChange(cause, places.sides, texts);
        if (place !== undefined) return { ...finding, ...place };
      }
      if (finding.file === undefined || target === undefined) return finding;
      const text = await texts(places.sides.head.tree, finding.file);
      const line = text === undefined ? undefined : locate(text, target, pointer);
      return line === undefined ? finding : { ...finding, line };
    }),
  );
}

/** The changed file that made the difference: the only one that the target read, else the only one of its own folder. */
function causeOf({ because, path }: TargetPreview): string | undefined {
  const files = because.flatMap(([file]) => (file === undefined ? [] : [file]));
  const own = files.filter((file) => file.startsWith(`${path}/`));
  const candidates = own.length > 0 ? own : files;
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** The first line of a file that differs between the sides; `undefined` when the head does not have the file. */
async function firstChange(file: string, sides: Sides, texts: TextReader): Promise<Place | undefined> {
  const [before, after] = await Promise.all([texts(sides.base.tree, file), texts(sides.head.tree, file)]);
  if (after === undefined) return undefined;
  const old = before?.split("\n") ?? [];
  const lines = after.split("\n");
  const index = lines.findIndex((line, at) => line !== old[at]);
  return { file, line: Math.min(index < 0 ? lines.length : index + 1, Math.max(1, lines.length - 1)) };
}

type TextReader = (tree: Tree, path: string) => Promise<string | undefined>;

/** Reads small files, each blob once; a finding in a larger one names the file alone. */
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
