import { isProse, type Node, type Place, parentOf } from "../syntax.ts";
import { type Change, replace } from "./change.ts";

/** Literals: texts emptied, booleans turned round, arrays and objects emptied. Regular expressions and numbers stay. */
export function literals(node: Node, place: Place): readonly Change[] {
  switch (node.type) {
    case "Literal":
      if (typeof node.value === "boolean") return [replace(node, String(!node.value), place)];
      if (typeof node.value !== "string" || isDirective(place)) return [];
      return [replace(node, node.value === "" ? '"mutant"' : '""', place)];
    case "TemplateLiteral":
      return node.quasis.some(({ value }) => isProse(value.raw)) ? [] : [replace(node, '""', place)];
    case "ArrayExpression":
      return node.elements.length === 0 ? [] : [replace(node, "[]", place)];
    case "ObjectExpression":
      return node.properties.length === 0 ? [] : [replace(node, "{}", place)];
    default:
      return [];
  }
}

function isDirective(place: Place): boolean {
  return parentOf(place)?.type === "ExpressionStatement";
}
