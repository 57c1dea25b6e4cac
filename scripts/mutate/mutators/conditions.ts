import { type Node, type Place, parentOf, textOf } from "../syntax.ts";
import { type Change, replace } from "./change.ts";

/** Conditions that always hold or never do. A loop's condition only never holds: else it would not end. */
export function conditions(node: Node, place: Place): readonly Change[] {
  switch (node.type) {
    case "IfStatement":
    case "ConditionalExpression":
      return fixed(node.test, ["true", "false"], place);
    case "WhileStatement":
      return fixed(node.test, ["false"], place);
    case "ForStatement":
      return node.test === null ? [] : fixed(node.test, ["false"], place);
    default:
      return [];
  }
}

function fixed(test: Node, values: readonly string[], place: Place): readonly Change[] {
  return test.type === "Literal" ? [] : values.map((value) => replace(test, value, place));
}

/** `!x` without the `!`, except as a whole condition, where `true` and `false` say the same. */
export function negations(node: Node, place: Place): readonly Change[] {
  if (node.type !== "UnaryExpression" || isCondition(node, place)) return [];
  if (node.operator === "!") return [replace(node, `!!(${textOf(node.argument, place)})`, place)];
  return node.operator === "-" && node.argument.type !== "Literal"
    ? [replace(node, textOf(node.argument, place), place)]
    : [];
}

/** Whether a node is all that an `if`, a loop or a `?:` asks. */
export function isCondition(node: Node, place: Place): boolean {
  const parent = parentOf(place);
  return parent !== undefined && "test" in parent && parent.test === node;
}
