import { isScalar, type ParsedNode, type Scalar } from "yaml";

const mergeKey = "<<";
const nulls = new Set(["", "~", "null", "Null", "NULL"]);

/** The text of a scalar as its author means it: without quotes and escapes, numbers and dates as they are written. */
export function sourceOf(scalar: Scalar): string {
  return scalar.source ?? String(scalar.value);
}

/** A map's key as text; `undefined` for a key that is a collection or an alias. */
export function keyText(key: unknown): string | undefined {
  return isScalar(key) ? sourceOf(key) : undefined;
}

/** Whether a key merges another map into its own. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === "PLAIN" && sourceOf(key) === mergeKey;
}

/** Whether the node is an empty value, `~` or `null`. */
export function isNull(node: ParsedNode | null | undefined): boolean {
  if (node === null || node === undefined) return true;
  if (!isScalar(node) || node.type !== "PLAIN") return false;
  return nulls.has(sourceOf(node)) && (node.tag === undefined || node.tag === "tag:yaml.org,2002:null");
}
