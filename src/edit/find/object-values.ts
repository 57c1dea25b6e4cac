import { UserError } from "../../model/errors.ts";
import type { MapNode, Node, ScalarNode } from "../splice/index.ts";
import { child, itemsOf, scalarOf, textOf } from "./nodes.ts";
import { type Document, documentsOf } from "./read-files.ts";
import type { Layer } from "./value-layers.ts";

/** The values that stand in an object as they are; none where there are none. */
export function valuesLayer({ file, document }: Document, start: Node | undefined): readonly Layer[] {
  return start?.kind === "map" ? [{ file, document, start, prefix: [], role: "given" }] : [];
}

/** Words without which a text names no image. */
const valueWords = /mage|[tT]ag|repo/;

/** The values in a text that holds them as YAML. A text that is none has no values. */
export function textLayer({ file, document }: Document, held: Node | undefined): readonly Layer[] {
  if (held?.kind !== "scalar" || !valueWords.test(held.value)) return [];
  const [start] = heldRoots(file, held.value);
  return start?.kind === "map" ? [{ file, document, start, prefix: [], role: "given", held }] : [];
}

function heldRoots(file: string, text: string): readonly Node[] {
  try {
    return documentsOf(file, Buffer.from(text)).map(({ root }) => root);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** Helm's parameters, `image.tag` and its value, which are values that are written as a list. */
export function parameterLayer(document: Document, list: Node | undefined): readonly Layer[] {
  return valuesLayer(document, tree(itemsOf(list), list?.path ?? []));
}

interface Branch {
  readonly values: Map<string, Branch | ScalarNode>;
}

/** The parameters as one map. The nodes keep their places in the list, which is where they are edited. */
function tree(items: readonly Node[], path: Node["path"]): MapNode {
  const root: Branch = { values: new Map() };
  for (const item of items) {
    const value = scalarOf(child(item, "value"));
    const keys = textOf(child(item, "name")).split(".");
    if (value !== undefined && keys.every((key) => key !== "")) plant(root, keys, value);
  }
  return mapOf(root, path);
}

function plant(branch: Branch, [key = "", ...rest]: readonly string[], value: ScalarNode): void {
  if (rest.length === 0) return void branch.values.set(key, value);
  const there = branch.values.get(key);
  const next: Branch = there !== undefined && "values" in there ? there : { values: new Map() };
  branch.values.set(key, next);
  plant(next, rest, value);
}

function mapOf({ values }: Branch, path: Node["path"]): MapNode {
  const entries = [...values].map(([key, one]) => {
    return { key, node: "values" in one ? mapOf(one, [...path, key]) : one };
  });
  return { kind: "map", path, line: 0, entries, get: (key) => entries.find((entry) => entry.key === key)?.node };
}
