import { UserError } from "../../model/errors.ts";
import type { KeyPath, Node } from "../splice/index.ts";
import { textOf } from "./nodes.ts";

/** One step of a key: a map's key, a list's index, or the item of a list of which a field has a value. */
export type KeyStep = string | number | { readonly field: string; readonly value: string };

/** A path to a value, as people write it. */
export type KeyQuery = readonly KeyStep[];

const stepShape = /\.?(?:"((?:[^"\\]|\\.)*)"|\[(\d{1,6})\]|\[([^\]=[]+)=([^\]]*)\]|([^.[\]"]+))/y;

/**
 * Reads a path to a value: `image.tag`, `containers[0].image`, `containers[name=web].image`, `annotations."a.b/c"`. A
 * bare number is an index in a list, and a key elsewhere. Anything else is an `input` UserError.
 */
export function parseKey(text: string): KeyQuery {
  const steps: KeyStep[] = [];
  stepShape.lastIndex = 0;
  for (let at = 0; at < text.length; at = stepShape.lastIndex) {
    const match = stepShape.exec(text);
    const opens = text[at] === "[" || text[at] === ".";
    if (match === null || (at === 0 && text[at] === ".") || (at > 0 && !opens)) throw notAKey(text);
    const [, quoted, index, field, value = "", plain] = match;
    if (quoted !== undefined) steps.push(quoted.replaceAll(/\\(.)/g, "$1"));
    else if (index !== undefined) steps.push(Number(index));
    else if (field !== undefined) steps.push({ field: field.trim(), value: value.trim() });
    else if (plain !== undefined) steps.push(plain);
  }
  if (steps.length === 0) throw notAKey(text);
  return steps;
}

function notAKey(text: string): UserError {
  return new UserError("input", `\`${text.slice(0, 200)}\` is not a path to a value`, {
    fix: 'Write it like `image.tag`, `containers[0].image`, `containers[name=web].image` or `annotations."a.b/c"`.',
  });
}

/** The node that a key names in a document; `undefined` when nothing is there. */
export function resolveKey(
  root: Node | undefined,
  query: KeyQuery,
): { readonly path: KeyPath; readonly node: Node } | undefined {
  let node = root;
  const path: (string | number)[] = [];
  for (const one of query) {
    const next = into(node, one);
    if (next === undefined) return undefined;
    path.push(next.step);
    node = next.node;
  }
  return node === undefined ? undefined : { path, node };
}

function into(
  node: Node | undefined,
  one: KeyStep,
): { readonly step: string | number; readonly node: Node } | undefined {
  if (node?.kind === "map" && typeof one !== "object") {
    const child = node.get(String(one));
    return child === undefined ? undefined : { step: String(one), node: child };
  }
  if (node?.kind !== "list") return undefined;
  const index =
    typeof one === "object"
      ? node.items.findIndex((item) => item.kind === "map" && textOf(item.get(one.field)) === one.value)
      : /^\d+$/.test(String(one))
        ? Number(one)
        : -1;
  const item = node.items[index];
  return item === undefined ? undefined : { step: index, node: item };
}
