import { describe, expect, it } from "vitest";
import { markdownForTerminal } from "../../src/cli/demo/markdown-terminal.ts";
import { style } from "../../src/cli/style.ts";
import { hasEscapes } from "./support/escapes.ts";

const show = (markdown: string) => markdownForTerminal(markdown, style(false)).join("\n");

describe("a comment for a terminal", () => {
  it("shows headings, tables, lists, folded parts and diffs as a person reads them", () => {
    const markdown = [
      "<!-- sluice:preview -->",
      "## Preview",
      "",
      "Two **findings**, see `apps/webapp`.",
      "",
      "- one &amp; only",
      "- two",
      "",
      "| target | images |",
      "|---|---|",
      "| webapp/prod | `1.3.0` → `1.4.0` |",
      "",
      "<details><summary><b>Deployment/webapp</b> +1 −1</summary>",
      "",
      "```diff",
      "-  replicas: 2",
      "+  replicas: 3",
      "```",
      "",
      "</details>",
      "",
      "2 of 2 rendered",
    ].join("\n");
    expect(show(markdown)).toMatchInlineSnapshot(`
      "Preview

      Two findings, see apps/webapp.

        • one & only
        • two

      target       images
      webapp/prod  1.3.0 → 1.4.0

      ▾ Deployment/webapp +1 −1
            -  replicas: 2
            +  replicas: 3

      2 of 2 rendered"
    `);
  });

  it("folds long paragraphs", () => {
    expect(markdownForTerminal("word ".repeat(50), style(false), 40).every((line) => line.length <= 40)).toBe(true);
  });

  it("lets no control sequence through", () => {
    expect(hasEscapes(show("a\u001b[2J `b\u001b[2J`\n\n```\nc\u001b[2J\n```\n\n<b>\u001b[2J</b>"))).toBe(false);
  });
});
