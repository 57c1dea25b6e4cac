import { isFunction, type Node, type Place, parentOf } from "../syntax.ts";
import type { Change } from "./change.ts";

/** Blocks without what they do, where no smaller mutant says the same. */
export function blocks(node: Node, place: Place): readonly Change[] {
  if (node.type !== "BlockStatement" || !isWorth(node.body) || !isEmptiable(node, place)) return [];
  const end = place.source.indexOf("\n", node.start);
  const shown = place.source.slice(node.start, end < 0 ? node.end : Math.min(end, node.end));
  return [{ host: node, code: "", at: node.start, original: `${shown} … }`, mutated: "{}" }];
}

/** A block of one jump or one call has a mutant of that. */
function isWorth(body: readonly Node[]): boolean {
  const [first, ...more] = body;
  if (first === undefined) return false;
  return more.length > 0 || !single.has(first.type);
}

const single = new Set([
  "ReturnStatement",
  "ThrowStatement",
  "ContinueStatement",
  "BreakStatement",
  "ExpressionStatement",
]);

function isEmptiable(node: Node, place: Place): boolean {
  const parent = parentOf(place);
  if (isFunction(parent)) return true;
  switch (parent?.type) {
    case "IfStatement":
      // With no `else`, the condition that never holds is the same mutant.
      return parent.alternate !== null;
    case "ForOfStatement":
    case "ForInStatement":
    case "CatchClause":
      return true;
    case "TryStatement":
      return node !== parent.finalizer;
    default:
      return false;
  }
}
