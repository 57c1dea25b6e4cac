import type { KeyPath, Node, ScalarNode } from "../splice/index.ts";
import { scalarOf } from "./nodes.ts";

/** One source of a chart's values. Of several the later win over the earlier. */
export interface Layer {
  readonly file: string;
  readonly document: number;
  /** Where the values begin. */
  readonly start: Node;
  /** Their path among the chart's values: below the name of an included chart. */
  readonly prefix: KeyPath;
  /**
   * A chart's own defaults, those of a chart that it includes, or what a target sets. `config`: values that are in no
   * file of the tree.
   */
  readonly role: "defaults" | "included" | "given" | "config";
  /** The text of the document that holds these values, where they are one of their own: `values: |`. */
  readonly held?: ScalarNode;
}

/** The line of a value in its file. */
export function lineIn({ held }: Pick<Layer, "held">, line: number): number {
  return held === undefined ? line : held.line + (held.style === "block" ? line : 0);
}

/** The path of a node of a layer among the chart's values. */
export function keyIn({ start, prefix }: Layer, path: KeyPath): KeyPath {
  return [...prefix, ...path.slice(start.path.length)];
}

type Answer =
  | { readonly kind: "missing" }
  | { readonly kind: "found"; readonly value: string | undefined; readonly line: number };

/** What a layer has at a key. Another kind of value on the way, such as a list or null, overrides earlier layers. */
export function answerOf({ start, prefix }: Layer, key: KeyPath): Answer {
  const begins = prefix.every((step, index) => step === key[index]);
  if (!begins) return { kind: "missing" };
  let node: Node = start;
  for (const step of key.slice(prefix.length)) {
    if (node.kind === "null" && node === start) return { kind: "missing" };
    if (node.kind === "map") {
      const next: Node | undefined = node.get(String(step));
      if (next === undefined) return { kind: "missing" };
      node = next;
      continue;
    }
    const item = node.kind === "list" && typeof step === "number" ? node.items[step] : undefined;
    if (item === undefined) return { kind: "found", value: undefined, line: node.line };
    node = item;
  }
  return { kind: "found", value: scalarOf(node)?.value, line: node.line };
}

/** The text at a key when all layers are merged; `undefined` when none has one. */
export function mergedText(layers: readonly Layer[], key: KeyPath): string | undefined {
  for (const layer of layers.toReversed()) {
    const answer = answerOf(layer, key);
    if (answer.kind === "found") return answer.value;
  }
  return undefined;
}
