import { isProse, lastName, type Node, type Place, parentOf } from "./syntax.ts";

const errorClass = /(Error|Fault|Refused|Refusal|Moved)$/;
const logs = /^(log|logger|metrics|audit|console|events)$/;
const logMethods = new Set(["trace", "debug", "info", "warn", "error", "fatal", "child"]);

/** Whether nothing is mutated in a node and below it: types, imports, logs, metrics and the text of errors. */
export function isSkipped(node: Node, place: Place): boolean {
  switch (node.type) {
    case "ImportDeclaration":
    case "ImportExpression":
    case "ExportAllDeclaration":
    case "ExportSpecifier":
    case "ThrowStatement":
    case "TaggedTemplateExpression":
    case "MetaProperty":
      return true;
    case "NewExpression":
      return errorClass.test(lastName(node.callee) ?? "");
    case "CallExpression":
      return isLog(node.callee) || lastName(node.callee) === "describe";
    case "Literal":
      return isFixedLiteral(node, place);
    case "TemplateLiteral":
      return false;
    default:
      return node.type.startsWith("TS") && !wrappers.has(node.type);
  }
}

/** Nodes of types that hold an expression which runs. */
const wrappers = new Set(["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"]);

function isLog(callee: Node): boolean {
  if (callee.type !== "MemberExpression") return false;
  const owner = lastName(callee.object) ?? "";
  if (!logs.test(owner)) return false;
  return !owner.startsWith("log") || logMethods.has(lastName(callee) ?? "");
}

/** Literals that other mutants stand for (comparisons, cases), and what people read. */
function isFixedLiteral(node: Node & { readonly type: "Literal" }, place: Place): boolean {
  const parent = parentOf(place);
  if (parent?.type === "ExportNamedDeclaration" || parent?.type === "SwitchCase") return true;
  if (parent?.type === "BinaryExpression" && parent.operator !== "+" && parent.operator !== "in") return true;
  return typeof node.value === "string" && isProse(node.value);
}
