import { itemName } from "./list-keys.ts";
import { isList, isObject, NumberText, type Value, type ValueObject } from "./value.ts";
import { fitsLiteralBlock, literalHeader, yamlString } from "./yaml-scalar.ts";

/** YAML by lines, and for each line the node of the tree that it belongs to. */
export interface YamlText {
  readonly lines: readonly string[];
  readonly nodes: readonly number[];
  readonly tree: YamlTree;
  /** Lines that stand inside a literal block: text of the node, not YAML. */
  readonly inText: ReadonlySet<number>;
  /** The strings that long lines hold, as they are: by line. */
  readonly longStrings: ReadonlyMap<number, string>;
}

/**
 * Where nodes hang: `parents[n]` is the parent of node n (the root is 0), `steps[n]` its step in a path, `.name` or
 * `[name]`, `columns[n]` how many characters stand before it on its line.
 */
export interface YamlTree {
  readonly parents: readonly number[];
  readonly steps: readonly string[];
  readonly columns: readonly number[];
}

/** A string on a line that is longer than this is kept as it is too, so that what differs in it can be found. */
const longLine = 300;

const leading = ["apiVersion", "kind", "metadata"];
const maxDepth = 200;

/**
 * Writes a value as block-style YAML: keys sorted, at the top `apiVersion`, `kind` and `metadata` first, in list items
 * `name` first. Readers of YAML 1.1 and of 1.2 get the same value back.
 */
export function emitYaml(value: Value): YamlText {
  const writer = new Writer();
  if (isObject(value) && Object.keys(value).length > 0) writer.object(value, "", "", 0, leading);
  else if (isList(value) && value.length > 0) writer.list(value, "", "", 0);
  else writer.entry("", value, "", 0);
  const { lines, nodes, inText, longStrings } = writer;
  return { lines, nodes, tree: writer, inText, longStrings };
}

class Writer {
  readonly lines: string[] = [];
  readonly nodes: number[] = [];
  readonly parents: number[] = [-1];
  readonly steps: string[] = [""];
  readonly columns: number[] = [0];
  readonly inText = new Set<number>();
  readonly longStrings = new Map<number, string>();
  #depth = 0;

  /** `lead` stands before the first line in place of `indent`. */
  object(object: ValueObject, indent: string, lead: string, node: number, first: readonly string[]): void {
    let start = lead;
    for (const key of sortedKeys(object, first)) {
      const value = object[key];
      if (value === undefined) continue;
      this.entry(`${start}${yamlString(key)}:`, value, indent, this.#node(node, `.${key}`, indent.length));
      start = indent;
    }
  }

  list(list: readonly Value[], indent: string, lead: string, node: number): void {
    let start = lead;
    for (const [index, item] of list.entries()) {
      const child = this.#node(node, `[${itemName(item, index)}]`, indent.length);
      if (this.#depth > maxDepth) this.entry(`${start}-`, item, indent, child);
      else this.#item(item, indent, start, child);
      start = indent;
    }
  }

  #item(item: Value, indent: string, start: string, node: number): void {
    this.#depth++;
    const inner = `${indent}  `;
    if (isObject(item) && Object.keys(item).length > 0) this.object(item, inner, `${start}- `, node, ["name"]);
    else if (isList(item) && item.length > 0) this.list(item, inner, `${start}- `, node);
    else this.entry(`${start}-`, item, indent, node);
    this.#depth--;
  }

  entry(prefix: string, value: Value, indent: string, node: number): void {
    if (typeof value === "string") this.#string(prefix, value, indent, node);
    else if (isObject(value)) this.#nested(prefix, value, indent, node);
    else if (isList(value)) this.#nestedList(prefix, value, indent, node);
    else this.#line(join(prefix, value instanceof NumberText ? value.text : String(value)), node);
  }

  #nested(prefix: string, value: ValueObject, indent: string, node: number): void {
    if (Object.keys(value).length === 0 || this.#depth > maxDepth) {
      this.#line(join(prefix, flow(value)), node);
      return;
    }
    this.#depth++;
    this.#line(prefix, node);
    this.object(value, `${indent}  `, `${indent}  `, node, []);
    this.#depth--;
  }

  #nestedList(prefix: string, value: readonly Value[], indent: string, node: number): void {
    if (value.length === 0 || this.#depth > maxDepth) {
      this.#line(join(prefix, flow(value)), node);
      return;
    }
    this.#depth++;
    this.#line(prefix, node);
    this.list(value, indent, indent, node);
    this.#depth--;
  }

  #string(prefix: string, value: string, indent: string, node: number): void {
    if (!fitsLiteralBlock(value)) {
      if (value.length > longLine) this.longStrings.set(this.lines.length, value);
      this.#line(join(prefix, yamlString(value)), node);
      return;
    }
    this.#line(join(prefix, literalHeader(value)), node);
    const lines = value.split("\n");
    if (value.endsWith("\n")) lines.pop();
    for (const line of lines) this.#textLine(line, indent, node);
  }

  #textLine(line: string, indent: string, node: number): void {
    this.inText.add(this.lines.length);
    if (line.length > longLine) this.longStrings.set(this.lines.length, line);
    this.#line(line === "" ? "" : `${indent}  ${line}`, node);
  }

  #line(text: string, node: number): void {
    this.lines.push(text);
    this.nodes.push(node);
  }

  #node(parent: number, step: string, column: number): number {
    this.columns.push(column);
    this.parents.push(parent);
    this.steps.push(step);
    return this.parents.length - 1;
  }
}

function join(prefix: string, text: string): string {
  return prefix === "" ? text : `${prefix} ${text}`;
}

/** For what is empty, and beyond a depth that no resource has: there JSON on one line keeps the stack safe. */
function flow(value: Value): string {
  return JSON.stringify(value, (_, item: unknown) => (item instanceof NumberText ? item.text : item));
}

function sortedKeys(object: ValueObject, first: readonly string[]): readonly string[] {
  const keys = Object.keys(object);
  if (!isSorted(keys)) keys.sort();
  if (keys.length < 2 || first.length === 0) return keys;
  const present = first.filter((key) => Object.hasOwn(object, key));
  return present.length === 0 ? keys : [...present, ...keys.filter((key) => !first.includes(key))];
}

function isSorted(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index++) if ((keys[index - 1] ?? "") > (keys[index] ?? "")) return false;
  return true;
}
