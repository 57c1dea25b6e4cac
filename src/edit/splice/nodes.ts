import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { isMergeKey, isNull, sourceOf } from "./keys.ts";
import type { ParsedDocument } from "./parsed-document.ts";
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
  const root = nodeOf({ yaml, document: parsed }, parsed.root ?? null, [], {}, 1);
  views.set(parsed, root);
  return root;
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

/** `line` is for nodes without a place of their own: those behind an alias, and missing values. */
function nodeOf(view: View, node: ParsedNode | null, path: KeyPath, around: Shared, line?: number): Node {
  const at = line ?? (node === null ? 1 : lineOf(view, node));
  if (isAlias(node)) {
    const target = view.document.targets.get(node) ?? null;
    return nodeOf(view, target, path, { alias: node.source, ...around }, at);
  }
  const shared = node !== null && view.document.used.has(node) ? { ...around, anchored: true } : around;
  if (isMap(node)) return new MapView(path, at, shared, () => entriesOf(view, node, path, shared));
  if (isSeq(node)) return new ListView(path, at, shared, () => itemsOf(view, node, path, shared));
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

/** What maps and lists have in common. Their children are read on demand: most are never needed. */
class CollectionView implements Shared {
  declare readonly alias?: string;
  declare readonly anchored?: boolean;
  declare readonly merged?: boolean;
  readonly path: KeyPath;
  readonly line: number;

  constructor(path: KeyPath, line: number, shared: Shared) {
    this.path = path;
    this.line = line;
    Object.assign(this, shared);
  }
}

class ListView extends CollectionView implements ListNode {
  readonly kind = "list";
  readonly #read: () => readonly Node[];
  #items: readonly Node[] | undefined;

  constructor(path: KeyPath, line: number, shared: Shared, read: () => readonly Node[]) {
    super(path, line, shared);
    this.#read = read;
  }

  get items(): readonly Node[] {
    this.#items ??= this.#read();
    return this.#items;
  }
}

class MapView extends CollectionView implements MapNode {
  readonly kind = "map";
  readonly #read: () => ReadonlyMap<string, MapEntry>;
  #byKey: ReadonlyMap<string, MapEntry> | undefined;
  #entries: readonly MapEntry[] | undefined;

  constructor(path: KeyPath, line: number, shared: Shared, read: () => ReadonlyMap<string, MapEntry>) {
    super(path, line, shared);
    this.#read = read;
  }

  get entries(): readonly MapEntry[] {
    this.#entries ??= [...this.#all().values()];
    return this.#entries;
  }

  get(key: string): Node | undefined {
    return this.#all().get(key)?.node;
  }

  #all(): ReadonlyMap<string, MapEntry> {
    this.#byKey ??= this.#read();
    return this.#byKey;
  }
}

function itemsOf(view: View, { items }: YAMLSeq.Parsed, path: KeyPath, shared: Shared): readonly Node[] {
  return items.map((item, index) => nodeOf(view, item, [...path, index], shared));
}

function entriesOf(view: View, map: YAMLMap.Parsed, path: KeyPath, shared: Shared): Map<string, MapEntry> {
  const entries = new Map<string, MapEntry>();
  const merges: (ParsedNode | null)[] = [];
  for (const { key, value } of map.items) {
    if (isMergeKey(key)) merges.push(value);
    const text = isMergeKey(key) ? undefined : keyOf(view, key);
    if (text === undefined) continue;
    const line = value === null ? lineOf(view, key) : undefined;
    entries.set(text, { key: text, node: nodeOf(view, value, [...path, text], shared, line) });
  }
  for (const merged of merges.flatMap((value) => sources(view, value))) {
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
