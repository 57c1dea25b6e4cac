import { describe, expect, it } from "vitest";
import { type IncludedChange, includedSection } from "../../../src/promote/text/included-changes.ts";
import { betweenText } from "../../../src/promote/text/source-commits.ts";

const page = "https://github.com/acme/shop";

function change(more: Partial<IncludedChange> = {}): IncludedChange {
  return { sha: "c".repeat(40), subject: "Release 1.5.0", author: "Ada", pullRequest: 14, ...more };
}

/** The section of these changes, ten at most. */
function lines(changes: readonly IncludedChange[], more: { truncated?: boolean; compareUrl?: string } = {}) {
  const { truncated = false, compareUrl } = more;
  return includedSection({ changes, truncated, compareUrl }, page, 10);
}

describe("the changes that a promotion carries", () => {
  const commit = `[\`ccccccc\`](https://github.com/acme/shop/commit/${"c".repeat(40)})`;

  it("are a list with pull requests, authors and commits, and a page that compares where that is not all", () => {
    const compareUrl = `${page}/compare/a...b`;
    expect(lines([change(), change({ pullRequest: undefined })], { compareUrl, truncated: true })).toEqual([
      "### What is new",
      "",
      "- #14 Release 1.5.0 (`Ada`)",
      `- Release 1.5.0 (\`Ada\`, ${commit})`,
      "- and older ones",
      "",
      `[All commits of this repository between the two](${compareUrl})`,
    ]);
  });

  it("are nothing where there are none", () => {
    expect(lines([], { truncated: true, compareUrl: page })).toEqual([]);
  });

  it.each([
    [10, false, []],
    [11, false, ["- and 1 more"]],
    [13, true, ["- and 3 more"]],
    [10, true, ["- and older ones"]],
  ])("that are %i, and older ones: %s, are listed up to ten", (length, truncated, more) => {
    const all = lines(
      Array.from({ length }, () => change()),
      { truncated },
    );
    expect(all.slice(12)).toEqual(more);
  });

  it("have other people's words as words, cut", () => {
    const [, , line] = lines([change({ subject: `*${"x".repeat(300)}`, author: `_${"y".repeat(300)}` })]);
    expect(line).toBe(`- #14 &#42;${"x".repeat(199)} (\`_${"y".repeat(79)}\`)`);
  });
});

describe("what images are built from", () => {
  const url = "https://github.com/acme/web";
  const compareUrl = `${url}/compare/a...b`;
  const change = { image: "ghcr.io/acme/web", from: "1.4.0", to: "1.5.0" };

  it.each([
    [{ compareUrl, total: 9 }, change, `[All 9 commits between 1.4.0 and 1.5.0](${compareUrl}) in acme/web`],
    [{ compareUrl, total: 1 }, change, `[The 1 commit between 1.4.0 and 1.5.0](${compareUrl}) in acme/web`],
    [{ compareUrl, total: 0 }, undefined, `[All commits](${compareUrl}) in acme/web`],
    [{ compareUrl: undefined, total: 0 }, change, `Built from [acme/web](${url})`],
  ])("is %o of %o in one sentence", (source, of, text) => {
    expect(betweenText({ url, commits: [], ...source }, of)).toBe(text);
  });
});
