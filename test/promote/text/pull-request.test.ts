import { describe, expect, it } from "vitest";
import type { PromotionMetadata } from "../../../src/promote/text/metadata.ts";
import { promotionPullRequest } from "../../../src/promote/text/pull-request.ts";

const { isSame, keepsApprovals, updateComment } = promotionPullRequest;

function metadata(to: string, digest: string, more: Partial<PromotionMetadata> = {}): PromotionMetadata {
  return {
    kind: "promotion",
    environment: "prod",
    from: "staging",
    apps: ["web"],
    commit: "c".repeat(40),
    head: "d".repeat(40),
    base: "main",
    targets: [{ app: "web", images: [{ image: "acme/web", from: "1.2.0", to }], digest, before: "zero" }],
    carried: [],
    replaced: [],
    ...more,
  };
}

describe("the pull request of a promotion", () => {
  const before = metadata("1.3.0", "one");

  it("needs no update when versions, commit and who asked are the same, whatever it carried before", () => {
    expect(isSame(before, metadata("1.3.0", "one", { carried: [7] }))).toBe(true);
    expect(isSame(before, metadata("1.3.0", "two"))).toBe(false);
    expect(isSame(before, metadata("1.4.0", "one"))).toBe(false);
    expect(isSame(before, metadata("1.3.0", "one", { commit: "e".repeat(40) }))).toBe(false);
    expect(isSame(before, metadata("1.3.0", "one", { actor: "ada" }))).toBe(false);
  });

  it("keeps approvals for the same change of the render, from this to that, even of another version", () => {
    expect(keepsApprovals(before, metadata("1.4.0", "one"))).toBe(true);
    expect(keepsApprovals(before, metadata("1.3.0", "two"))).toBe(false);
    const targets = (from?: string) =>
      before.targets.map(({ before: _, ...one }) => ({ ...one, ...(from && { before: from }) }));
    expect(keepsApprovals(before, metadata("1.3.0", "one", { targets: targets("another") }))).toBe(false);
    const unknown = metadata("1.3.0", "one", { targets: targets() });
    expect(keepsApprovals(unknown, unknown)).toBe(false);
  });

  it("says what it brings now in place of what, and what became of the approvals", () => {
    const now = metadata("1.4.0", "two", { actor: "ada" });
    expect(updateComment({ before, now, dismissed: ["mona"] })).toEqual({
      marker: "update-dddddddddddd",
      text: "**Now 1.2.0 → 1.4.0**, no longer 1.2.0 → 1.3.0: `ada` asked for it.\n\n`mona`: your approval was for 1.3.0 and no longer counts.",
    });
    const same = metadata("1.4.0", "one");
    expect(updateComment({ before, now: same, dismissed: [] })?.text).toBe(
      "**Now 1.2.0 → 1.4.0**, no longer 1.2.0 → 1.3.0. It changes the same in the cluster, so approvals stay.",
    );
    expect(updateComment({ before: undefined, now: same, dismissed: [] })?.text).toBe("**Now 1.2.0 → 1.4.0**.");
  });

  it("says nothing when the versions are the same and no approval was dismissed", () => {
    expect(updateComment({ before, now: metadata("1.3.0", "two"), dismissed: [] })).toBeUndefined();
    expect(updateComment({ before, now: metadata("1.3.0", "two"), dismissed: ["mona"] })).toBeDefined();
  });
});
