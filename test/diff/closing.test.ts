import { describe, expect, it } from "vitest";
import { checkedCount, closing, noteLines, notFetched } from "../../src/diff/report/closing.ts";
import type { ReportOptions } from "../../src/diff/report/options.ts";
import type { Completeness, Preview } from "../../src/model/preview.ts";
import { change, finding, preview, target } from "./support.ts";

const targets = ["a/prod", "b/prod"].map((name) => target(name));
const print = (more: Partial<Preview> = {}, options: ReportOptions = {}) => {
  const given = preview(more.targets ?? targets, more);
  return closing(given, given.completeness, options);
};
const completeness = (more: Partial<Completeness>): Pick<Preview, "completeness"> => ({
  completeness: { ...preview(targets).completeness, ...more },
});
const compared = "base `1a2b3c4` → this branch `9f8e7d6`";

describe("the small print", () => {
  it.each<readonly [about: string, more: Partial<Preview>, options: ReportOptions, text: string]>([
    ["the commits and how much was checked", {}, {}, `${compared} · checked 2 of 2`],
    [
      "branches by their names, commits as links, what to do, and where it is explained",
      {},
      { baseName: "ma_in", headName: "fix", repositoryUrl: "https://h/r", command: "/diff", docsUrl: "https://d" },
      "ma&#95;in [`1a2b3c4`](https://h/r/commit/1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d) → fix [`9f8e7d6`](https://h/r/commit/9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c) · checked 2 of 2 · `/diff` checks again · [how to read this](https://d/preview)",
    ],
    [
      "that there is nothing to compare with",
      { mergeBase: "" },
      {},
      "nothing → this branch `9f8e7d6` · checked 2 of 2",
    ],
    [
      "that values are hidden",
      { targets: [target("a/prod", { changes: [change("-a: 1\n+a: ‹hidden 01234567›")] })] },
      {},
      `Values of Secrets are never shown; the same fingerprint means the same value · ${compared} · checked 1 of 1`,
    ],
    ["what was not checked", completeness({ rendered: 1, partial: 1 }), {}, `${compared} · **checked 1 of 2**`],
    ["what was checked in part", completeness({ partial: 1 }), {}, `${compared} · **checked 2 of 2 in part**`],
    [
      "what is not followed",
      completeness({
        unpinned: [
          { kind: "object", reference: "a", reason: "" },
          { reference: "b", reason: "" },
        ],
      }),
      {},
      `${compared} · checked 2 of 2 · **1 not followed**`,
    ],
    [
      "lines that are hidden",
      completeness({ ignoredLines: 1 }),
      {},
      `${compared} · checked 2 of 2 · 1 line hidden by \`preview.ignore\``,
    ],
    [
      "nothing of checking again where nothing had to be checked",
      completeness({ affected: 0, rendered: 0 }),
      { command: "/diff", docsUrl: "https://d" },
      `${compared} · [how to read this](https://d/preview)`,
    ],
    [
      "the configuration where that is all",
      {
        ...completeness({ affected: 0, rendered: 0 }),
        configuration: { isRemoved: false, apps: 1, environments: [], effects: [] },
      },
      { docsUrl: "https://d" },
      "Compared with base's `.sluice.yaml` at `bbbbbbb` · [configuration](https://d/configuration)",
    ],
  ])("says %s", (_, more, options, text) => expect(print(more, options)).toBe(`<sub>${text}</sub>\n`));

  it.each([
    [0, 0, 0, ""],
    [2, 2, 0, "checked 2 of 2"],
    [2, 1, 1, "checked 1 of 2, 1 stays the same"],
    [1200, 1100, 1000, "checked 1,100 of 1,200, 1,000 stay the same"],
    [2, 2, 2, "checked 2 of 2"],
  ])("counts, of %d affected and %d rendered places, %d that stay the same: %s", (affected, rendered, same, text) => {
    expect(checkedCount({ ...preview([]).completeness, affected, rendered }, same)).toBe(text);
  });
});

describe("remarks on the configuration", () => {
  const within = (budget: number) => ({ budget, measure: (text: string) => text.length, elsewhere: "" });
  const folded = (title: string, ...lines: readonly string[]) =>
    `<details><summary>${title}</summary>\n\n${lines.join("\n")}\n\n</details>\n\n`;
  const notes = (count: number) => Array.from({ length: count }, (_, index) => `note${index}`);

  it.each<readonly [notes: readonly string[], budget: number, text: string]>([
    [[], 1000, ""],
    [["a_b"], 1000, folded("1 remark", "- a&#95;b")],
    [notes(2), 136, folded("2 remarks", "- note0", "- note1")],
    [notes(2), 135, folded("2 remarks", "- note0", "- and 1 more")],
    [notes(2), 127, ""],
    [notes(2), 128, folded("2 remarks", "- note0", "- and 1 more")],
    [notes(1200), 1000, folded("1,200 remarks", ...notes(10).map((note) => `- ${note}`), "- and 1,190 more")],
  ])("are folded, as many as fit: %#", (given, budget, text) => expect(noteLines(given, within(budget))).toBe(text));
});

describe("what is not followed", () => {
  const object = { kind: "object", reference: "x", reason: "not_here", file: "a.yaml" } as const;
  const base = { reference: "r", reason: "no" };
  const lead = "Not followed, so what it would add is not compared:\n\n";
  const text = (more: Partial<Preview>) => notFetched(preview([], more));
  const told = { findings: [finding(), finding({ id: "reference-not-fetched" })] };

  it("is listed, with its file and reason, where no finding tells it", () => {
    expect(text(completeness({ unpinned: [object, base] }))).toBe(
      `${lead}- \`x\` in \`a.yaml\`: not&#95;here\n- \`r\`: no\n\n`,
    );
    expect(text({ ...completeness({ unpinned: [object, base] }), ...told })).toBe(
      `${lead}- \`x\` in \`a.yaml\`: not&#95;here\n\n`,
    );
    expect(text({ ...completeness({ unpinned: [base] }), ...told })).toBe("");
    expect(text({ ...completeness({ unpinned: [base] }), findings: [finding()] })).toBe(`${lead}- \`r\`: no\n\n`);
  });

  it("is listed up to ten", () => {
    const many = (length: number) => Array.from({ length }, () => base);
    const line = "- `r`: no\n";
    expect(text(completeness({ unpinned: many(10) }))).toBe(`${lead}${line.repeat(10)}\n`);
    expect(text(completeness({ unpinned: many(12) }))).toBe(`${lead}${line.repeat(10)}- and 2 more\n\n`);
  });
});
