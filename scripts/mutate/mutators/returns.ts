import { isSkipped } from "../skips.ts";
import { type FunctionNode, isBoolean, isFunction, type Node, type Place, textOf } from "../syntax.ts";
import { type Change, replace } from "./change.ts";

/** What a function returns: `undefined` in its place; a boolean as `true` and as `false`. */
export function returns(node: Node, place: Place): readonly Change[] {
  if (node.type === "ReturnStatement" && node.argument !== null) {
    return emptied(node.argument, place.above.findLast(isFunction), place);
  }
  if (node.type !== "ArrowFunctionExpression" || node.body.type === "BlockStatement") return [];
  return emptied(node.body, node, place);
}

function emptied(value: Node, owner: FunctionNode | undefined, place: Place): readonly Change[] {
  const type = owner?.returnType?.typeAnnotation;
  if (isBoolean(value) || type?.type === "TSBooleanKeyword" || type?.type === "TSTypePredicate") {
    const values = value.type === "Literal" ? [] : ["true", "false"];
    return values.map((code) => replace(value, code, place));
  }
  return isEmptied(value) ? [] : [replace(value, "undefined", place)];
}

/** Whether a mutant of its own empties the value, or it is nothing already. */
function isEmptied(value: Node): boolean {
  switch (value.type) {
    case "ArrayExpression":
    case "ObjectExpression":
    case "Literal":
    case "TemplateLiteral":
      return true;
    case "Identifier":
      return value.name === "undefined";
    case "UnaryExpression":
      return value.operator === "void";
    default:
      return false;
  }
}

/** A call that is a statement is not made. */
export function statements(node: Node, place: Place): readonly Change[] {
  if (node.type !== "ExpressionStatement") return [];
  const call = node.expression.type === "AwaitExpression" ? node.expression.argument : node.expression;
  const called = call.type === "ChainExpression" ? call.expression : call;
  if (called.type !== "CallExpression" || called.callee.type === "Super" || isSkipped(called, place)) return [];
  return [{ ...replace(node.expression, "undefined", place), original: textOf(node, place), mutated: "" }];
}
