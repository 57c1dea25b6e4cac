import { lastName, type Node, type Place, parentOf } from "../syntax.ts";
import { type Change, splice } from "./change.ts";

/** Methods whose call may be left away: the receiver stays in its place. */
const dropped = new Set([
  "toSorted",
  "sort",
  "toReversed",
  "reverse",
  "filter",
  "trim",
  "slice",
  "flat",
  "concat",
  "toLowerCase",
  "toUpperCase",
]);

const swapped: Readonly<Record<string, string>> = {
  some: "every",
  every: "some",
  startsWith: "endsWith",
  endsWith: "startsWith",
  trimStart: "trimEnd",
  trimEnd: "trimStart",
  padStart: "padEnd",
  padEnd: "padStart",
  find: "findLast",
  findLast: "find",
  indexOf: "lastIndexOf",
  lastIndexOf: "indexOf",
  min: "max",
  max: "min",
  floor: "ceil",
  ceil: "floor",
};

/** Methods swapped for their opposites or left away. */
export function methods(node: Node, place: Place): readonly Change[] {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return [];
  const { object, property } = node.callee;
  const name = lastName(node.callee) ?? "";
  const host = chainAround(node, place);
  const other = Object.hasOwn(swapped, name) ? swapped[name] : undefined;
  const changes: Change[] = [];
  if (other !== undefined) changes.push(splice(host, [property.start, property.end], other, place));
  const copies = name === "slice" && node.arguments.length === 0;
  // Without `?.trim()` what follows in the chain would have no `?.`.
  if (dropped.has(name) && !copies && !node.callee.optional)
    changes.push(splice(host, [closed(object, node, place), node.end], "", place));
  return changes;
}

/** The offset after an object and the parentheses around it. */
function closed(object: Node, call: Node, { source }: Place): number {
  const rest = source.slice(object.end, call.end);
  return object.end + (/^[\s)]*\)/.exec(rest)?.[0].length ?? 0);
}

/** The whole chain that a node with `?.` in its chain belongs to: its parts cannot stand in parentheses. */
function chainAround(node: Node, place: Place): Node {
  const last = place.above.findLastIndex(({ type }) => type !== "MemberExpression" && type !== "CallExpression");
  const around = place.above[last];
  if (around?.type !== "ChainExpression") return node;
  return isOnSpine(around, node) ? around : node;
}

/** Whether `node` is what a chain goes through, and not an argument of a call in it. */
function isOnSpine(chain: Node, node: Node): boolean {
  return chain.start === node.start;
}

/** `a?.b` as `a.b`. */
export function optionals(node: Node, place: Place): readonly Change[] {
  if (node.type !== "MemberExpression" && node.type !== "CallExpression") return [];
  if (!node.optional || parentOf(place)?.type === "UnaryExpression") return [];
  const before = node.type === "CallExpression" ? node.callee : node.object;
  const at = place.source.indexOf("?.", before.end);
  const host = chainAround(node, place);
  const plain = node.type === "CallExpression" || node.computed ? "" : ".";
  return host === node || at < 0 ? [] : [splice(host, [at, at + 2], plain, place)];
}
