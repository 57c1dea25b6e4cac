import type { Change } from "./mutators/change.ts";
import { mutators } from "./mutators/index.ts";
import { isSkipped } from "./skips.ts";
import { children, type Node, parsed } from "./syntax.ts";

/** One small fault, put into one place of one file. */
export interface Mutant {
  /** 1 and up; unique in a run. */
  readonly id: number;
  /** From the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What differs, on one line, cut where it is long. */
  readonly original: string;
  readonly mutated: string;
  /** The line of the file where it stands. */
  readonly context: string;
  readonly change: Change;
}

/** All mutants of a file in the order of the text; their ids begin with `firstId`. */
export function mutantsOf(file: string, source: string, firstId: number): readonly Mutant[] {
  const changes: Change[] = [];
  collect(parsed(file, source).program, [], source, changes);
  return distinct(changes)
    .toSorted((a, b) => a.at - b.at)
    .map((change, index) => ({ id: firstId + index, file, ...shown(change, source), change }));
}

function collect(node: Node, above: readonly Node[], source: string, changes: Change[]): void {
  const place = { source, above };
  if (isSkipped(node, place)) return;
  for (const mutator of mutators) changes.push(...mutator(node, place));
  for (const child of children(node)) collect(child, [...above, node], source, changes);
}

function distinct(changes: readonly Change[]): readonly Change[] {
  const byCode = new Map(changes.map((change) => [`${change.host.start}-${change.host.end} ${change.code}`, change]));
  return [...byCode.values()];
}

function shown({ at, original, mutated }: Change, source: string): Omit<Mutant, "id" | "file" | "change"> {
  const before = source.slice(0, at).split("\n");
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const context = source.split("\n")[line - 1]?.trim() ?? "";
  return { line, column, original: clipped(original), mutated: clipped(mutated), context };
}

function clipped(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= 90 ? line : `${line.slice(0, 60)} … ${line.slice(-25)}`;
}
