import type { Value } from "../value.ts";

const factors: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["m", 1e-3],
  ["k", 1e3],
  ["M", 1e6],
  ["G", 1e9],
  ["T", 1e12],
  ["P", 1e15],
  ["E", 1e18],
  ["Ki", 2 ** 10],
  ["Mi", 2 ** 20],
  ["Gi", 2 ** 30],
  ["Ti", 2 ** 40],
  ["Pi", 2 ** 50],
  ["Ei", 2 ** 60],
]);

/** Whether a Kubernetes quantity gets smaller; `false` where either is absent or not a quantity. */
export function storageShrinks(before: Value | undefined, after: Value | undefined): boolean {
  return bytesOf(after) < bytesOf(before);
}

/** NaN, with which no comparison holds, for what is no quantity. */
function bytesOf(quantity: Value | undefined): number {
  if (typeof quantity === "number") return quantity;
  if (typeof quantity !== "string") return Number.NaN;
  const [, digits = "", unit = ""] = /^([0-9.]+(?:[eE][-+]?[0-9]+)?)([A-Za-z]*)$/.exec(quantity.trim()) ?? [];
  return Number.parseFloat(digits) * (factors.get(unit) ?? Number.NaN);
}
