import { describe, expect, it } from "vitest";
import { acknowledgementOf, ackRequest, confirmedText, findingKey, isNamed } from "../../src/change/acknowledgement.ts";
import type { HistoryEntry } from "../../src/model/state.ts";

const key = findingKey({ id: "deleted-namespace", app: "web", resource: "Namespace/web" });

describe("a finding", () => {
  it("is named in full, or with all of its kind", () => {
    expect(key).toBe("deleted-namespace:web/Namespace/web");
    expect([key, "deleted-namespace"].map((name) => isNamed(key, name))).toEqual([true, true]);
    expect(["deleted", "deleted-namespace:web", "", `${key}:`].map((name) => isNamed(key, name))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("what `/ack` asks for", () => {
  it("is a finding, and why", () => {
    expect(ackRequest({ words: [key, "we", "mean", "it"], flags: {} })).toEqual({ finding: key, reason: "we mean it" });
    expect(ackRequest({ words: [key], flags: {} })).toEqual({ finding: key, reason: "" });
    expect(() => ackRequest({ words: [], flags: {} })).toThrow("the finding is empty");
    expect(() => ackRequest({ words: ["x".repeat(601)], flags: {} })).toThrow("has 601 characters");
  });
});

describe("who confirmed that a finding is meant", () => {
  const entry: HistoryEntry = {
    ...{ kind: "acknowledged", id: "1", at: "2026-11-20T12:00:00Z", by: "ada" },
    ...{ pullRequest: 7, head: "abc", commit: "base", finding: key },
  };
  const compared = { pullRequest: 7, head: "abc", mergeBase: "base" };

  it("is told with the reason", () => {
    expect(acknowledgementOf([{ ...entry, reason: "moved" }], compared, key)).toEqual({ by: "ada", reason: "moved" });
    expect(acknowledgementOf([entry, { ...entry, by: "eve" }], compared, key)).toEqual({ by: "ada" });
    expect(acknowledgementOf([{ ...entry, finding: "deleted-namespace" }], compared, key)).toEqual({ by: "ada" });
  });

  it("counts where either merge base is not known", () => {
    const { commit: _, ...old } = entry;
    expect(acknowledgementOf([old], compared, key)).toEqual({ by: "ada" });
    expect(acknowledgementOf([entry], { pullRequest: 7, head: "abc" }, key)).toEqual({ by: "ada" });
  });

  it.each<[string, Partial<HistoryEntry>]>([
    ["another decision", { kind: "overridden" }],
    ["of another pull request", { pullRequest: 8 }],
    ["at another head", { head: "def" }],
    ["over another base", { commit: "other" }],
    ["about another finding", { finding: "other" }],
  ])("is nobody by %s", (_, other) => {
    expect(acknowledgementOf([{ ...entry, ...other }], compared, key)).toBeUndefined();
  });

  it("is answered with the findings and the reason, made inert", () => {
    expect(confirmedText("`abc`", [key], "")).toBe(
      `✅ **Confirmed as meant** for \`abc\`: \`${key}\`. The next push asks again.`,
    );
    expect(confirmedText("`abc`", ["a", "b"], "@all *x*")).toMatch(
      /^✅ \*\*Confirmed as meant\*\* for `abc`: 2 findings, `a`, `b`\. ".+"\. The next push asks again\.$/,
    );
    expect(confirmedText("`abc`", ["a"], "@all")).not.toContain('"@all"');
  });
});
