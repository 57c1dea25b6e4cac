import { isAlias, isMap, isScalar, type ParsedNode } from "yaml";
import { keyText } from "./keys.ts";
import type { KeyPath } from "./types.ts";

/** A scalar or an alias in the text. Between two of them are only indicators, properties, comments and blanks. */
export interface Spot {
  readonly start: number;
  readonly end: number;
  readonly kind: "key" | "value" | "block";
  /** Of a value. A key that is not a scalar counts as an empty name. */
  readonly path: KeyPath;
}

/** The scalars and aliases of a document in the order of the text. */
export function spotsOf(root: ParsedNode | undefined): readonly Spot[] {
  const spots: Spot[] = [];
  if (root !== undefined) collect(root, [], false, spots);
  return spots;
}

function collect(node: ParsedNode, path: KeyPath, inKey: boolean, spots: Spot[]): void {
  if (isScalar(node) || isAlias(node)) {
    const [start, end] = node.range;
    const isBlock = isScalar(node) && (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED");
    spots.push({ start, end, path, kind: inKey ? "key" : isBlock ? "block" : "value" });
  } else if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (key !== null) collect(key, path, true, spots);
      if (value !== null) collect(value, [...path, keyText(key) ?? ""], inKey, spots);
    }
  } else {
    node.items.forEach((item, index) => {
      collect(item, [...path, index], inKey, spots);
    });
  }
}

/** The index of the last of ordered places that starts at or before `offset`; -1 when none does. */
export function lastBefore(starts: readonly { readonly start: number }[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle]?.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
