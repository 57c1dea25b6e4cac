import type { Block } from "./lines.ts";
import type { YamlText } from "./yaml.ts";

/** Where a change stands. */
export interface Place {
  /** The deepest path that all changed lines stand in; `""` for the resource itself. */
  readonly path: string;
  /** How many characters stand before what is directly below that path. */
  readonly column: number;
  /** All changed lines are lines of one text; then the path is the text's. */
  readonly inText: boolean;
  /** The node of the path in the base, where the base has changed lines. */
  readonly baseNode: number | undefined;
}

interface Chain {
  /** From the root down to what the line belongs to. */
  readonly nodes: readonly number[];
  readonly steps: readonly string[];
  readonly yaml: YamlText;
  readonly inText: boolean;
}

/** Where the lines of a block stand. `own`: the path of the very line, not of what it stands in. */
export function placeOf(block: Block, base: YamlText, head: YamlText, which: "parent" | "own" = "parent"): Place {
  const chains = [...chainsOf(base, block.baseStart, block.baseEnd), ...chainsOf(head, block.headStart, block.headEnd)];
  const [first] = chains;
  if (first === undefined) return { path: "", column: 0, inText: false, baseNode: undefined };
  const inText = chains.every((chain) => chain.inText);
  let depth = first.steps.length - (inText || which === "own" ? 0 : 1);
  for (const { steps, inText: text } of chains) {
    depth = Math.min(depth, steps.length - (text || which === "own" ? 0 : 1));
    let shared = 0;
    while (shared < depth && steps[shared] === first.steps[shared]) shared++;
    depth = shared;
  }
  if (which === "parent" && isWholeItem(block, first, depth)) depth--;
  const below = first.nodes[depth];
  const text = inText && chains.every(({ steps }) => steps.length === depth);
  const parent = first.nodes[depth - 1] ?? 0;
  const column =
    below === undefined ? (first.yaml.tree.columns[parent] ?? 0) + 2 : (first.yaml.tree.columns[below] ?? 0);
  const path = first.steps.slice(0, depth).join("").replace(/^\./, "");
  return {
    path,
    column,
    inText: text,
    baseNode: first.yaml === base || text ? baseNodeOf(block, base, first) : undefined,
  };
}

/** A list's item that comes or goes whole is shown with its dash, below the list. */
function isWholeItem(block: Block, { yaml, nodes, steps }: Chain, depth: number): boolean {
  const [start, end] = [block.baseEnd - block.baseStart, block.headEnd - block.headStart];
  if ((start > 0 && end > 0) || steps[depth - 1]?.startsWith("[") !== true) return false;
  const line = yaml.lines[start > 0 ? block.baseStart : block.headStart] ?? "";
  return line.slice(yaml.tree.columns[nodes[depth - 1] ?? 0] ?? 0).startsWith("- ");
}

/** The text's node in the base: of its changed lines, else of the line before them. */
function baseNodeOf(block: Block, base: YamlText, { yaml, nodes }: Chain): number | undefined {
  return yaml === base ? nodes.at(-1) : base.nodes[Math.max(0, block.baseStart - 1)];
}

function chainsOf(yaml: YamlText, start: number, end: number): readonly Chain[] {
  const seen = new Set<string>();
  const chains: Chain[] = [];
  for (let line = start; line < end; line++) {
    const node = yaml.nodes[line] ?? 0;
    const inText = yaml.inText.has(line);
    const key = `${node} ${inText}`;
    if (seen.has(key)) continue;
    seen.add(key);
    chains.push({ ...pathTo(yaml, node), yaml, inText });
  }
  return chains;
}

function pathTo({ tree }: YamlText, node: number): Pick<Chain, "nodes" | "steps"> {
  const nodes: number[] = [];
  for (let at = node; at > 0; at = tree.parents[at] ?? 0) nodes.push(at);
  nodes.reverse();
  return { nodes, steps: nodes.map((at) => tree.steps[at] ?? "") };
}
