import { describe, expect, it } from "vitest";
import { acknowledgementOf, ackRequest, confirmedText, findingKey, isNamed } from "../../src/change/acknowledgement.ts";
import type { HistoryEntry } from "../../src/model/state.ts";

const key = "deleted-namespace:web/Namespace/web";
const compared = { pullRequest: 7, head: "h1", mergeBase: "b1" };
const entry = (more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  id: "comment-1",
  at: "2026-01-01T00:00:00Z",
  by: "mona",
  kind: "acknowledged",
  pullRequest: 7,
  head: "h1",
  finding: key,
  ...more,
});

describe("a finding that somebody confirmed", () => {
  it.each<[string, Partial<HistoryEntry>]>([
    ["by its key", {}],
    ["by its kind", { finding: "deleted-namespace" }],
    ["compared with the same commit", { commit: "b1" }],
  ])("counts %s", (_, more) => {
    expect(acknowledgementOf([entry(more)], compared, key)).toEqual({ by: "mona" });
  });

  it.each<[string, Partial<HistoryEntry>]>([
    ["another kind of decision", { kind: "held" }],
    ["another pull request", { pullRequest: 8 }],
    ["another head", { head: "h0" }],
    ["another commit that it was compared with", { commit: "b0" }],
    ["another finding", { finding: "deleted-namespace:web/Namespace/api" }],
    ["another finding that begins alike", { finding: "deleted" }],
  ])("does not count for %s", (_, more) => {
    expect(acknowledgementOf([entry(more)], compared, key)).toBeUndefined();
  });

  it("counts whatever it was compared with where that is not known", () => {
    expect(acknowledgementOf([entry({ commit: "b0" })], { pullRequest: 7, head: "h1" }, key)).toEqual({ by: "mona" });
  });

  it("is the first one's, with the reason", () => {
    const history = [entry({ head: "h0" }), entry({ by: "hub", reason: "meant" }), entry()];
    expect(acknowledgementOf(history, compared, key)).toEqual({ by: "hub", reason: "meant" });
  });

  it("has a key, which its kind names too", () => {
    expect(findingKey({ id: "deleted-namespace", app: "web", resource: "Namespace/web" })).toBe(key);
    expect([key, "deleted-namespace", "deleted", "namespace"].map((name) => isNamed(key, name))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it("is asked for with a reason, and said", () => {
    expect(ackRequest({ words: ["deleted-namespace", "it", "moved"], flags: {} })).toEqual({
      finding: "deleted-namespace",
      reason: "it moved",
    });
    expect(confirmedText("abc", ["a"], "")).toBe("✅ **Confirmed as meant** for abc: `a`. The next push asks again.");
    expect(confirmedText("abc", ["a", "b"], "so")).toBe(
      '✅ **Confirmed as meant** for abc: 2 findings, `a`, `b`. "so". The next push asks again.',
    );
  });
});
