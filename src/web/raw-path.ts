/**
 * Whether a request's path, as it came, has a segment `.` or `..`, encoded or not. No client needs one, and a proxy
 * that lets one path through may read another one in it.
 */
export function hasDotSegment(raw: string): boolean {
  const path = raw.split(/[?#]/)[0] ?? "";
  const plain = path.replaceAll(/%2e/gi, ".").replaceAll(/%2f|%5c|\\/gi, "/");
  return plain.split("/").some((segment) => segment === "." || segment === "..");
}
