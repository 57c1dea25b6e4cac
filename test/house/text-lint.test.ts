import { describe, expect, it } from "vitest";
import { lintText } from "../support/text-lint.ts";

const good = `### 🔴 Danger in prod: volume claim deleted (orders), and 1 warning

> [!CAUTION]
> **orders loses the volume claim \`backup\` in prod.** Where pruning is on, the deploy deletes it.
>
> **Fix:** keep the claim. [apps/orders/kustomization.yaml:7](https://github.example/acme/shop/blob/1/a.yaml#L7)

| Where | Change |
|---|---|
| **prod** · orders | replicas \`3\` → \`0\` |

\`\`\`diff
@@ spec @@
-target: 0 truncated
\`\`\`

<details><summary>2 more</summary>

text

</details>

<sub>checked 1 of 1 · \`/reconcile\`</sub>
`;

describe("the lint of texts", () => {
  it("takes a text that keeps the rules", () => expect(lintText(good)).toEqual([]));

  it.each([
    ["a long first line", `${"x".repeat(73)}\n`, "the first line has 73 characters"],
    ["a first line about the sender", "### Sluice: 1 danger\n", "the first line is about Sluice"],
    ["an old word", "Three targets change.\n", 'the word "targets"'],
    ["an exclamation mark", "Done!\n", "an exclamation mark"],
    ["a zero", "1 change, 0 hidden\n", "a count of nothing: 0 hidden"],
    ["an empty column", "x\n\n| A | B |\n|---|---|\n| a | |\n| b | |\n", "column 2 is empty"],
    ["a header without a word", "x\n\n| A | |\n|---|---|\n| a | b |\n", "column 2 is empty"],
    ["a long line in a diff", `x\n\n\`\`\`diff\n+${"y".repeat(600)}\n\`\`\`\n`, "a line of 601 characters"],
    ["a block that stays open", "x\n\n```diff\n+y\n", "a block is not closed"],
    ["details that stay open", "x\n\n<details><summary>y</summary>\n", "1 details opened and 0 closed"],
    ["a long summary", `x\n\n<details><summary>${"y".repeat(71)}</summary></details>\n`, "a long summary"],
    ["another heading", "x\n\n## y\n", "a heading that is no ###"],
    ["a bare line break", "One line\nand another\n", "a bare line break after"],
  ])("finds %s", (_, text, problem) => {
    expect(lintText(text)).toEqual([expect.stringContaining(problem)]);
  });

  it("knows what a terminal is: columns count, Markdown does not", () => {
    expect(lintText(`Short\n\n${"word ".repeat(25)}\n`, "terminal")).toEqual([expect.stringContaining("125 columns")]);
    expect(lintText("webapp in prod: 1.4.0 → 1.5.0\nprod  webapp\n", "terminal")).toEqual([]);
  });
});
