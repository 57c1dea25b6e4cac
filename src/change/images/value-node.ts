import { isList, isObject, type Value } from "../../diff/value.ts";
import type { KeyPath, MapNode, Node, ScalarNode } from "../../edit/splice/index.ts";
import { scalarText } from "../proof/leaves.ts";

/** A value of a render as a node of a document, whose children are made when they are asked for. */
export function nodeOf(value: Value, path: KeyPath = []): Node {
  if (isList(value)) {
    let items: readonly Node[] | undefined;
    return {
      kind: "list",
      path,
      line: 0,
      get items() {
        items ??= value.map((item, index) => nodeOf(item, [...path, index]));
        return items;
      },
    };
  }
  return isObject(value) ? mapNode(value, path) : scalarNode(value, path);
}

function mapNode(value: Readonly<Record<string, Value>>, path: KeyPath): MapNode {
  const known = new Map<string, Node>();
  const childOf = (key: string): Node =>
    known.getOrInsertComputed(key, () => nodeOf(value[key] ?? null, [...path, key]));
  return {
    kind: "map",
    path,
    line: 0,
    get entries() {
      return Object.keys(value).map((key) => ({ key, node: childOf(key) }));
    },
    get: (key) => (Object.hasOwn(value, key) ? childOf(key) : undefined),
  };
}

function scalarNode(value: Value, path: KeyPath): ScalarNode {
  const text = scalarText(value) ?? "";
  const kind = value === null ? "null" : "scalar";
  return { kind, value: text, path, line: 0, style: "plain", json: text };
}
