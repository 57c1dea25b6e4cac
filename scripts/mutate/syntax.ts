import { type ESTree, parseSync } from "vite";

/** A node of the syntax tree. */
export type Node = ESTree.Node;

/** Where a node stands. */
export interface Place {
  /** The text of the file. */
  readonly source: string;
  /** From the program down to the node's parent. */
  readonly above: readonly Node[];
}

/** What the parser gives for one file. A file that does not parse is an error. */
export function parsed(file: string, source: string): ReturnType<typeof parseSync> {
  const result = parseSync(file, source, { lang: "ts", preserveParens: false });
  const error = result.errors[0];
  if (error !== undefined) throw new Error(`${file} does not parse: ${error.message}`);
  return result;
}

/** Types, and keys that are names: nothing there runs. */
const silent = new Set([
  "typeAnnotation",
  "returnType",
  "typeParameters",
  "typeArguments",
  "superTypeArguments",
  "implements",
  "parent",
]);

/** The nodes below `node` that hold code which runs, in the order of the text. */
export function children(node: Node): readonly Node[] {
  const name = "key" in node && "computed" in node && node.computed !== true ? node.key : undefined;
  return Object.entries(node)
    .filter(([key]) => !silent.has(key))
    .flatMap(([, value]: readonly [string, unknown]) => (Array.isArray(value) ? value : [value]))
    .filter((value: unknown): value is Node => isNode(value) && value !== name)
    .toSorted((a, b) => a.start - b.start);
}

function isNode(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** The parent of the node that stands at `place`. */
export function parentOf({ above }: Place): Node | undefined {
  return above.at(-1);
}

/** The text of a node. */
export function textOf(node: Node, { source }: Place): string {
  return source.slice(node.start, node.end);
}

export type FunctionNode = ESTree.Function | ESTree.ArrowFunctionExpression;

export function isFunction(node: Node | undefined): node is FunctionNode {
  return (
    node?.type === "ArrowFunctionExpression" ||
    node?.type === "FunctionExpression" ||
    node?.type === "FunctionDeclaration"
  );
}

/** The name that a call or a `new` ends with: `debug` of `ports.log.debug`, `UserError` of itself. */
export function lastName(callee: Node): string | undefined {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type !== "MemberExpression" || callee.computed || callee.property.type !== "Identifier") return undefined;
  return callee.property.name;
}

/** Whether a node surely gives a text. */
export function isText(node: Node): boolean {
  if (node.type === "TemplateLiteral") return true;
  if (node.type === "Literal") return typeof node.value === "string";
  if (node.type === "BinaryExpression") return node.operator === "+" && (isText(node.left) || isText(node.right));
  return node.type === "CallExpression" && textMethods.has(lastName(node.callee) ?? "");
}

const textMethods = new Set(["join", "slice", "repeat", "padEnd", "padStart", "trim", "toString", "toLowerCase"]);

const comparisons = new Set(["===", "!==", "==", "!=", "<", "<=", ">", ">=", "in", "instanceof"]);
const predicates = new Set(["some", "every", "includes", "has", "startsWith", "endsWith", "test", "isArray", "is"]);

/** Whether a node surely gives a boolean. */
export function isBoolean(node: Node): boolean {
  switch (node.type) {
    case "BinaryExpression":
      return comparisons.has(node.operator);
    case "UnaryExpression":
      return node.operator === "!";
    case "LogicalExpression":
      return node.operator !== "??" && isBoolean(node.right);
    case "Literal":
      return typeof node.value === "boolean";
    case "CallExpression":
      return predicates.has(lastName(node.callee) ?? "");
    default:
      return false;
  }
}

const words = /\p{L}[\p{P}`]*\s|\s[\p{P}`]*\p{L}/u;

/** Whether a text is prose: words with spaces, which people read. */
export function isProse(text: string): boolean {
  return words.test(text);
}
