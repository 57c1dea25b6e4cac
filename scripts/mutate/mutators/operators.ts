import type { ESTree } from "vite";
import { isText, lastName, type Node, type Place, parentOf, textOf } from "../syntax.ts";
import type { Change } from "./change.ts";
import { isCondition } from "./conditions.ts";

const equality: Readonly<Record<string, string>> = { "===": "!==", "!==": "===", "==": "!=", "!=": "==" };
/** With the boundary moved, and turned round. */
const order: Readonly<Record<string, readonly [string, string]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
};
const arithmetic: Readonly<Record<string, string>> = { "+": "-", "-": "+", "*": "/", "/": "*", "%": "*" };
const updates: Readonly<Record<string, string>> = { "++": "--", "--": "++", "+=": "-=", "-=": "+=" };

/** Comparisons turned round and with their boundary moved, arithmetic, and the logical operators. */
export function operators(node: Node, place: Place): readonly Change[] {
  if (node.type === "LogicalExpression") {
    if (node.operator === "??") return [operand(node, "left", place), operand(node, "right", place)];
    return [swap(node, node.operator === "&&" ? "||" : "&&", place)];
  }
  if (node.type !== "BinaryExpression") return [];
  const [boundary, opposite] = order[node.operator] ?? [];
  const others = [
    // As a whole condition, `true` and `false` stand for these.
    ...(isCondition(node, place) ? [] : [opposite, equality[node.operator]]),
    isEmptiness(node) ? undefined : boundary,
    isText(node) || isText(node.left) ? undefined : arithmetic[node.operator],
  ];
  return others.filter((other) => other !== undefined).map((operator) => swap(node, operator, place));
}

/** Whether a node asks `length > 0`: with `>=` it would always hold, as a mutant of its own does. */
function isEmptiness({ left, right, operator }: TwoSided): boolean {
  const counts = left.type === "MemberExpression" && /^(length|size)$/.test(lastName(left) ?? "");
  return counts && operator === ">" && right.type === "Literal" && right.value === 0;
}

type TwoSided = ESTree.BinaryExpression | ESTree.PrivateInExpression | ESTree.LogicalExpression;

function swap(node: TwoSided, operator: string, place: Place): Change {
  const left = textOf(node.left, place);
  const right = textOf(node.right, place);
  return {
    host: node,
    code: `(${left}) ${operator} (${right})`,
    at: node.start,
    original: `${left} ${node.operator} ${right}`,
    mutated: `${left} ${operator} ${right}`,
  };
}

/** Only one side of `??`. */
function operand(node: TwoSided, side: "left" | "right", place: Place): Change {
  const code = textOf(node[side], place);
  return { host: node, code, at: node.start, original: textOf(node, place), mutated: code };
}

/** `+=`, `-=`, `++` and `--` the other way round, except where a `for` loop steps: it would not end. */
export function assignments(node: Node, place: Place): readonly Change[] {
  if (node.type !== "AssignmentExpression" && node.type !== "UpdateExpression") return [];
  const other = updates[node.operator];
  if (other === undefined || parentOf(place)?.type === "ForStatement") return [];
  if (node.type === "AssignmentExpression" && isText(node.right)) return [];
  const original = textOf(node, place);
  const at = node.type === "AssignmentExpression" ? original.indexOf(node.operator, gap(node)) : undefined;
  const code =
    at === undefined
      ? original.replace(node.operator, other)
      : original.slice(0, at) + other + original.slice(at + node.operator.length);
  return [{ host: node, code, at: node.start, original, mutated: code }];
}

function gap(node: { readonly start: number; readonly left: Node }): number {
  return node.left.end - node.start;
}
