import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
} from "yaml";
import type { KeyPath, Locate } from "../../model/problem.ts";

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

/**
 * Locates remarks in a parsed file: at the key or value they are about, or at the closest part of the file around it.
 */
export function locator(document: Document, lines: LineCounter, file: string): Locate {
  return ({ at, ...remark }) => {
    const node = nodeFor(document, remark.path, at);
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
    return { ...remark, file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
}

function nodeFor(document: Document, path: KeyPath, at: "key" | "value"): Node | undefined {
  let here: Found = { key: undefined, value: isNode(document.contents) ? document.contents : undefined };
  for (const step of path) {
    const next = child(document, here.value, step);
    if (next === undefined) return here.key ?? here.value;
    here = next;
  }
  const empty = isScalar(here.value) && (here.value.source ?? "") === "" && here.value.value === null;
  return at === "key" || empty ? (here.key ?? here.value) : (here.value ?? here.key);
}

function child(document: Document, node: Node | undefined, step: string | number): Found | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(target)) {
    const item = typeof step === "number" ? target.items[step] : undefined;
    return isNode(item) ? { key: undefined, value: item } : undefined;
  }
  if (!isMap(target)) return undefined;
  const pair = target.items.find((item) => isPair(item) && keyText(item) === String(step));
  if (pair === undefined) return undefined;
  return { key: isNode(pair.key) ? pair.key : undefined, value: isNode(pair.value) ? pair.value : undefined };
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}
