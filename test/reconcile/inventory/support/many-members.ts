import { createHash } from "node:crypto";
import type { Member } from "../../../../src/reconcile/inventory/members.ts";

/** Members whose names and uids have as little in common as random ones. */
export function manyMembers(count: number): readonly Member[] {
  return Array.from({ length: count }, (_, index) => {
    const hash = createHash("sha256").update(String(index)).digest("hex");
    const [name, uid] = [hash.slice(0, 40), hash.slice(40).replace(/(.{4})(?=.)/g, "$1-")];
    return { group: "apps", kind: "Deployment", namespace: `team-${index % 50}`, name, uid };
  });
}
