import { visible } from "../model/text/lines.ts";
import { excerpts, type LineExcerpts } from "./excerpt.ts";
import { type Block, diffLines } from "./lines.ts";
import type { YamlText } from "./yaml.ts";
import { type Place, placeOf } from "./yaml-place.ts";

/** A unified diff without file headers, and its counts. */
export interface UnifiedDiff {
  readonly text: string;
  readonly addedLines: number;
  readonly removedLines: number;
  /** Lines too long to be shown whole: what is shown of them. */
  readonly excerpts: readonly LineExcerpts[];
}

/** Lines of a text (a script, a file in a ConfigMap) that are shown around what changes. YAML has its path instead. */
const context = 3;
const maxPathLength = 120;
/** Longer lines are shown by what differs in them. */
const maxLine = 600;

/**
 * Two YAML texts as hunks, each headed by the path of what changed and shifted to the left by as much:
 * `@@ spec.template.spec.containers[web] @@`. Inside texts three lines of context stand around a change; of a very long
 * line only what differs is shown, with its position.
 */
export function unifiedYaml(base: YamlText, head: YamlText): UnifiedDiff {
  const blocks = diffLines(base.lines, head.lines);
  const writer = new HunkWriter(base, head);
  for (const hunk of groupBlocks(blocks, base, head)) writer.write(hunk);
  return { text: writer.lines.join("\n"), ...countLines(blocks), excerpts: writer.excerpts };
}

/** A whole resource as added (`+`) or removed (`-`) lines. */
export function wholeYaml(yaml: YamlText, sign: "+" | "-"): UnifiedDiff {
  const count = yaml.lines.length;
  const text = yaml.lines.map((line) => sign + line).join("\n");
  return { text, addedLines: sign === "+" ? count : 0, removedLines: sign === "-" ? count : 0, excerpts: [] };
}

/** How many lines differ between two texts, both sides counted. */
export function countChangedLines(base: readonly string[], head: readonly string[]): number {
  const { addedLines, removedLines } = countLines(diffLines(base, head));
  return addedLines + removedLines;
}

function countLines(blocks: readonly Block[]): { addedLines: number; removedLines: number } {
  let addedLines = 0;
  let removedLines = 0;
  for (const block of blocks) {
    addedLines += block.headEnd - block.headStart;
    removedLines += block.baseEnd - block.baseStart;
  }
  return { addedLines, removedLines };
}

/** Blocks under one path; `place` is where they stand. */
interface Hunk {
  readonly place: Place;
  readonly blocks: Block[];
}

function groupBlocks(blocks: readonly Block[], base: YamlText, head: YamlText): readonly Hunk[] {
  const hunks: Hunk[] = [];
  for (const block of blocks) {
    const place = placeOf(block, base, head);
    const last = hunks.at(-1);
    const end = last?.blocks.at(-1)?.baseEnd ?? 0;
    const joins = last?.place.path === place.path && last.place.inText === place.inText;
    if (last !== undefined && joins && (!place.inText || block.baseStart - end <= 2 * context)) last.blocks.push(block);
    else hunks.push({ place, blocks: [block] });
  }
  return hunks;
}

class HunkWriter {
  readonly lines: string[] = [];
  readonly excerpts: LineExcerpts[] = [];
  readonly #base: YamlText;
  readonly #head: YamlText;
  #headed = false;

  constructor(base: YamlText, head: YamlText) {
    this.#base = base;
    this.#head = head;
  }

  write({ place, blocks }: Hunk): void {
    this.#headed = false;
    let shown = Number.NEGATIVE_INFINITY;
    for (const block of blocks) {
      if (place.inText) this.#context(place, Math.max(shown, block.baseStart - context), block.baseStart);
      this.#block(place, block);
      shown = block.baseEnd;
      const next = blocks[blocks.indexOf(block) + 1]?.baseStart ?? Number.POSITIVE_INFINITY;
      if (!place.inText) continue;
      const end = Math.min(block.baseEnd + context, next);
      this.#context(place, block.baseEnd, end);
      shown = end;
    }
  }

  /** Lines of the same text only. */
  #context(place: Place, from: number, to: number): void {
    for (let line = Math.max(0, from); line < Math.min(to, this.#base.lines.length); line++) {
      if (this.#base.inText.has(line) && this.#base.nodes[line] === place.baseNode)
        this.#push(place, " ", this.#base, line);
    }
  }

  #block(place: Place, block: Block): void {
    const removed = range(block.baseStart, block.baseEnd);
    const added = range(block.headStart, block.headEnd);
    const long =
      removed.length === added.length && removed.some((line, index) => this.#isLong(line, added[index] ?? 0));
    if (long) {
      for (const [index, line] of removed.entries()) this.#pair(place, line, added[index] ?? 0);
      return;
    }
    for (const line of removed) this.#push(place, "-", this.#base, line);
    for (const line of added) this.#push(place, "+", this.#head, line);
  }

  #isLong(base: number, head: number): boolean {
    return (this.#base.lines[base]?.length ?? 0) > maxLine || (this.#head.lines[head]?.length ?? 0) > maxLine;
  }

  /** Two versions of one line. */
  #pair(place: Place, base: number, head: number): void {
    const [one, other] = [this.#base.longStrings.get(base), this.#head.longStrings.get(head)];
    const path = placeOf(
      { baseStart: base, baseEnd: base + 1, headStart: head, headEnd: head + 1 },
      this.#base,
      this.#head,
      "own",
    ).path;
    if (!this.#isLong(base, head) || one === undefined || other === undefined) {
      this.#push(place, "-", this.#base, base);
      this.#push(place, "+", this.#head, head);
      return;
    }
    const found = excerpts(path, one, other);
    this.excerpts.push(found);
    this.lines.push(
      ...found.lines.map(
        ({ position, text }) =>
          `${position === undefined ? "" : `@@ ${header(path)}, character ${position} @@\n`}${text}`,
      ),
    );
    this.#headed = false;
  }

  #push(place: Place, sign: string, yaml: YamlText, line: number): void {
    if (!this.#headed) this.lines.push(`@@ ${header(place.path)} @@`);
    this.#headed = true;
    this.lines.push(`${sign}${(yaml.lines[line] ?? "").slice(place.column)}`);
  }
}

function range(start: number, end: number): readonly number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}

function header(steps: string): string {
  const path = visible(steps);
  if (path === "") return "the resource";
  return path.length <= maxPathLength ? path : `…${path.slice(-maxPathLength).replace(/^[\uDC00-\uDFFF]/, "")}`;
}
