import { visible } from "../model/text/lines.ts";
import { type Block, diffLines } from "./lines.ts";
import type { YamlText, YamlTree } from "./yaml.ts";

/** A unified diff without file headers, and its counts. */
export interface UnifiedDiff {
  readonly text: string;
  readonly addedLines: number;
  readonly removedLines: number;
}

const context = 3;
const maxPathLength = 120;

/**
 * Two YAML texts as hunks with three lines of context, each headed by the path of what changed:
 * `@@ spec.template.spec.containers[web] @@`.
 */
export function unifiedYaml(base: YamlText, head: YamlText): UnifiedDiff {
  const blocks = diffLines(base.lines, head.lines);
  const lines: string[] = [];
  for (const hunk of groupBlocks(blocks)) writeHunk(hunk, base, head, lines);
  return { text: lines.join("\n"), ...countLines(blocks) };
}

/** A whole resource as added (`+`) or removed (`-`) lines. */
export function wholeYaml(yaml: YamlText, sign: "+" | "-"): UnifiedDiff {
  const count = yaml.lines.length;
  const text = yaml.lines.map((line) => sign + line).join("\n");
  return { text, addedLines: sign === "+" ? count : 0, removedLines: sign === "-" ? count : 0 };
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

function groupBlocks(blocks: readonly Block[]): readonly (readonly Block[])[] {
  const hunks: Block[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const block of blocks) {
    const hunk = hunks.at(-1);
    if (hunk !== undefined && block.baseStart - end <= 2 * context) hunk.push(block);
    else hunks.push([block]);
    end = block.baseEnd;
  }
  return hunks;
}

function writeHunk(hunk: readonly Block[], base: YamlText, head: YamlText, lines: string[]): void {
  const first = hunk[0];
  const last = hunk.at(-1);
  if (first === undefined || last === undefined) return;
  lines.push(`@@ ${hunkPath(hunk, base, head)} @@`);
  let at = Math.max(0, first.baseStart - context);
  for (const block of hunk) {
    for (; at < block.baseStart; at++) lines.push(` ${base.lines[at] ?? ""}`);
    for (; at < block.baseEnd; at++) lines.push(`-${base.lines[at] ?? ""}`);
    for (let added = block.headStart; added < block.headEnd; added++) lines.push(`+${head.lines[added] ?? ""}`);
  }
  const end = Math.min(base.lines.length, last.baseEnd + context);
  for (; at < end; at++) lines.push(` ${base.lines[at] ?? ""}`);
}

/**
 * The deepest path that all changed lines of the hunk stand in; when that is the root, the one of its first changed
 * line.
 */
function hunkPath(hunk: readonly Block[], base: YamlText, head: YamlText): string {
  const paths = [...changedParents(hunk, base, head)].map((key) => key.steps);
  const [first = [], ...others] = paths;
  let common = first.length;
  for (const path of others) {
    let shared = 0;
    while (shared < common && path[shared] === first[shared]) shared++;
    common = shared;
  }
  const steps = common > 0 ? first.slice(0, common) : first;
  const path = visible(steps.join("").replace(/^\./, ""));
  if (path === "") return "the resource";
  return path.length <= maxPathLength ? path : `…${path.slice(-maxPathLength).replace(/^[\uDC00-\uDFFF]/, "")}`;
}

function* changedParents(hunk: readonly Block[], base: YamlText, head: YamlText): Generator<{ steps: string[] }> {
  for (const block of hunk) {
    yield* parentsOf(base, block.baseStart, block.baseEnd);
    yield* parentsOf(head, block.headStart, block.headEnd);
  }
}

function* parentsOf(yaml: YamlText, start: number, end: number): Generator<{ steps: string[] }> {
  const seen = new Set<number>();
  for (let line = start; line < end; line++) {
    const parent = yaml.tree.parents[yaml.nodes[line] ?? 0] ?? 0;
    if (seen.has(parent)) continue;
    seen.add(parent);
    yield { steps: stepsTo(yaml.tree, parent) };
  }
}

function stepsTo(tree: YamlTree, node: number): string[] {
  const steps: string[] = [];
  for (let at = node; at > 0; at = tree.parents[at] ?? 0) steps.push(tree.steps[at] ?? "");
  return steps.reverse();
}
