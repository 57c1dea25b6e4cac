/** How one version stands to another, where their text tells: both are numbers with dots (`v1.2.3`, `1.2.3-rc.1`). */
export type Order = "older" | "newer" | "same" | "unknown";

const shape = /^v?(\d{1,9}(?:\.\d{1,9}){0,3})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Compares two versions as Semantic Versioning orders them; a digest behind the tag does not count. */
export function orderOf(version: string, other: string): Order {
  if (version === other) return "same";
  const [a, b] = [shape.exec(tagOf(version)), shape.exec(tagOf(other))];
  if (a === null || b === null) return "unknown";
  const numbers = compareLists((a[1] ?? "").split("."), (b[1] ?? "").split("."), "0");
  const order = numbers !== 0 ? numbers : comparePre(a[2], b[2]);
  return order === 0 ? "unknown" : order < 0 ? "older" : "newer";
}

function tagOf(version: string): string {
  return version.split("@")[0] ?? "";
}

/** A version without a pre-release comes after those with one. */
function comparePre(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return compareLists(a.split("."), b.split("."), undefined);
}

function compareLists(a: readonly string[], b: readonly string[], missing: string | undefined): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [one, other] = [a[index] ?? missing, b[index] ?? missing];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    const order = comparePart(one, other);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(a: string, b: string): number {
  const [one, other] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (one && other) return Math.sign(Number(a) - Number(b));
  if (one !== other) return one ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
