import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { isMergeKey, isNull, sourceOf } from "./keys.ts";
import type { ParsedDocument } from "./parsed.ts";
import type { KeyPath, ListNode, MapEntry, MapNode, Node, ScalarAt, ScalarNode, Shared, YamlText } from "./types.ts";

interface View {
  readonly yaml: YamlText;
  readonly document: ParsedDocument;
}

const views = new WeakMap<ParsedDocument, Node>();

/** The document (counted from 0) as nodes; `undefined` when there is none. An empty document is a null. */
export function documentAt(yaml: YamlText, document: number): Node | undefined {
  const parsed = yaml.parsed[document];
  if (parsed === undefined) return undefined;
  const known = views.get(parsed);
  if (known !== undefined) return known;
  const made = nodeOf({ yaml, document: parsed }, parsed.root ?? null, [], {}, 1);
  views.set(parsed, made);
  return made;
}

/** The node at a path, aliases followed and merge keys resolved; `undefined` when nothing is there. */
export function nodeAt(yaml: YamlText, document: number, path: KeyPath): Node | undefined {
  let node = documentAt(yaml, document);
  for (const step of path) {
    if (node?.kind === "map") node = node.get(String(step));
    else if (node?.kind === "list" && typeof step === "number") node = node.items[step];
    else return undefined;
  }
  return node;
}

/** The scalar at a path, `undefined` when nothing or something else is there. */
export function scalarAt(yaml: YamlText, document: number, path: KeyPath): ScalarAt | undefined {
  const node = nodeAt(yaml, document, path);
  return node === undefined || node.kind === "map" || node.kind === "list" ? undefined : node;
}

/** `line` is where it stands when the node itself has no place of its own, as an alias or nothing. */
function nodeOf(view: View, node: ParsedNode | null, path: KeyPath, around: Shared, line?: number): Node {
  const at = line ?? (node === null ? 1 : lineOf(view, node));
  if (isAlias(node)) {
    const target = view.document.targets.get(node) ?? null;
    return nodeOf(view, target, path, { alias: node.source, ...around }, at);
  }
  const shared = node !== null && view.document.used.has(node) ? { ...around, anchored: true } : around;
  if (isMap(node)) return mapNode(view, node, path, shared, at);
  if (isSeq(node)) return listNode(view, node, path, shared, at);
  return scalarNode(view, node, path, shared, at);
}

function lineOf({ yaml }: View, node: ParsedNode): number {
  return Math.max(yaml.lines.linePos(node.range[0]).line, 1);
}

const styles = {
  PLAIN: "plain",
  QUOTE_SINGLE: "single",
  QUOTE_DOUBLE: "double",
  BLOCK_FOLDED: "block",
  BLOCK_LITERAL: "block",
} as const;

function scalarNode(view: View, node: Scalar.Parsed | null, path: KeyPath, shared: Shared, line: number): ScalarNode {
  const style = styles[node?.type ?? "PLAIN"];
  if (node === null || isNull(node)) return { kind: "null", value: "", json: null, path, line, style, ...shared };
  const value = sourceOf(node);
  const encrypted = view.yaml.encrypted || value.startsWith("ENC[") ? { encrypted: true } : {};
  return { kind: "scalar", value, json: jsonOf(node), path, line, style, ...shared, ...encrypted };
}

function jsonOf(node: Scalar): ScalarNode["json"] {
  const { value } = node;
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  return typeof value === "number" && Number.isFinite(value) ? value : sourceOf(node);
}

function listNode(view: View, list: YAMLSeq.Parsed, path: KeyPath, shared: Shared, line: number): ListNode {
  const items = once(() => list.items.map((item, index) => childOf(view, item, [...path, index], shared)));
  return {
    kind: "list",
    path,
    line,
    ...shared,
    get items() {
      return items();
    },
  };
}

function mapNode(view: View, map: YAMLMap.Parsed, path: KeyPath, shared: Shared, line: number): MapNode {
  const byKey = once(() => entriesOf(view, map, path, shared));
  const entries = once(() => [...byKey().values()]);
  return {
    kind: "map",
    path,
    line,
    ...shared,
    get entries() {
      return entries();
    },
    get: (key) => byKey().get(key)?.node,
  };
}

function entriesOf(view: View, map: YAMLMap.Parsed, path: KeyPath, shared: Shared): Map<string, MapEntry> {
  const entries = new Map<string, MapEntry>();
  for (const { key, value } of map.items) {
    const text = isMergeKey(key) ? undefined : keyOf(view, key);
    if (text === undefined) continue;
    const line = lineOf(view, key);
    entries.set(text, { key: text, line, node: childOf(view, value, [...path, text], shared, line) });
  }
  for (const merged of map.items.filter(({ key }) => isMergeKey(key)).flatMap(({ value }) => sources(view, value))) {
    const below = entriesOf(view, merged, path, { ...shared, merged: true });
    for (const [text, entry] of below) if (!entries.has(text)) entries.set(text, entry);
  }
  return entries;
}

/** The maps that a merge key names, the one that wins first. */
function sources(view: View, value: ParsedNode | null): readonly YAMLMap.Parsed[] {
  const node = isAlias(value) ? view.document.targets.get(value) : value;
  if (isMap(node)) return [node];
  return isSeq(node) ? node.items.flatMap((item) => sources(view, item)) : [];
}

function keyOf(view: View, key: ParsedNode | null): string | undefined {
  const node = isAlias(key) ? view.document.targets.get(key) : key;
  return isScalar(node) ? sourceOf(node) : undefined;
}

function childOf(view: View, node: ParsedNode | null, path: KeyPath, shared: Shared, line?: number): Node {
  return nodeOf(view, node, path, shared, node === null ? line : undefined);
}

/** Keeps what was made at the first call. */
function once<T>(make: () => T): () => T {
  let kept: { readonly value: T } | undefined;
  return () => {
    kept ??= { value: make() };
    return kept.value;
  };
}
