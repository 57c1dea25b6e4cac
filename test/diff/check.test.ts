import { describe, expect, it } from "vitest";
import { configProblemsReport, previewCheck, previewComment } from "../../src/diff/index.ts";
import type { Preview } from "../../src/model/preview.ts";
import { change, finding, preview, target } from "./support.ts";

const bytes = (text: string) => Buffer.byteLength(text);
const clean = preview([target("a/prod", { changes: [change("-a: 1\n+a: 2")] })]);

describe("the check of a preview", () => {
  it("is green only when all was rendered, shown and harmless", () => {
    expect(previewCheck(clean)).toMatchObject({
      conclusion: "success",
      title: "a in prod: Deployment web changes",
      annotations: [],
    });
    expect(previewCheck({ ...clean, findings: [finding()] }).conclusion).toBe("failure");
    expect(previewCheck({ ...clean, findings: [finding({ severity: "warning" })] }).conclusion).toBe("neutral");
    expect(previewCheck({ ...clean, findings: [finding({ severity: "notice" })] }).conclusion).toBe("success");
    const failed = target("a/dev", { status: "failed", error: { message: "no", side: "head" } });
    expect(previewCheck(preview([...clean.targets, failed])).conclusion).toBe("failure");
    const unpinned = [{ reference: "r", reason: "s" }];
    expect(previewCheck({ ...clean, completeness: { ...clean.completeness, unpinned } }).conclusion).toBe("neutral");
    expect(previewCheck({ ...clean, completeness: { ...clean.completeness, rendered: 0 } }).conclusion).toBe("failure");
  });

  it("leads to the comment, with what stands there", () => {
    const lead = (more: Partial<Preview>) =>
      previewCheck({ ...clean, ...more }, { commentUrl: "https://h/c" }).summary.split("\n")[0];
    expect(lead({})).toBe("The summary is in [the comment](https://h/c).");
    expect(lead({ findings: [finding()] })).toBe("Risks and summary are in [the comment](https://h/c).");
    expect(lead({ findings: [finding(), finding({ file: "a" })] })).toBe(
      'Risks and summary are in [the comment](https://h/c) and at their lines in "Files changed".',
    );
    const configuration = { isRemoved: false, apps: 1, environments: [], effects: [] };
    expect(lead({ configuration })).toBe("**The file is valid.** The summary is in [the comment](https://h/c).");
    expect(lead({ configuration, targets: [] })).toBe(
      "**The file is valid.** The effect is in [the comment](https://h/c).",
    );
  });

  it("has the first diff open, counts them from two on, and says how to check again", () => {
    const block = (name: string, open = "") =>
      `<details${open}><summary>Deployment ${name} (+1 −1)</summary>\n\n\`\`\`diff\n-${name}\n+${name}2\n\`\`\`\n\n</details>\n`;
    const one = (name: string) => change(`-${name}\n+${name}2`, { name });
    const of = (...names: readonly string[]) => preview([target("a/prod", { changes: names.map(one) })]);
    const options = { commentUrl: "https://h/c" };
    const lead = "The summary is in [the comment](https://h/c).\n\n";
    expect(previewCheck(of("x"), options)).toMatchObject({ summary: lead, text: block("x", " open") });
    expect(previewCheck(of("x", "y"), { ...options, command: "/diff" })).toMatchObject({
      summary: `${lead}**All 2 diffs**, the riskiest first:\n\n`,
      text: `${block("x", " open")}\n${block("y")}\n**To check again:** press "Re-run", or comment \`/diff\`.\n`,
    });
    expect(previewCheck(of(), options)).toMatchObject({ summary: lead, text: "" });
  });

  it("says how many diffs it holds where it has not all", () => {
    const large = (index: number) =>
      change(Array.from({ length: 100 }, () => `+${String(index).padEnd(298, "x")}`).join("\n"), { name: `c${index}` });
    const changes = Array.from({ length: 6 }, (_, index) => large(index));
    const { summary } = previewCheck(preview([target("a/prod", { changes })]), { commentUrl: "https://h/c" });
    expect(summary.split("\n\n")[1]).toBe("**3 of 6 diffs**, those first that the comment does not hold:");
  });

  it("holds a diff of 70,000 characters together with the comment, in parts", () => {
    const diff = Array.from({ length: 3500 }, (_, index) => `+line ${String(index).padStart(13, "0")}`).join("\n");
    expect(diff.length).toBeGreaterThan(69_000);
    const long = preview([target("a/prod", { changes: [change(diff, { action: "added" })] })]);
    const comment = previewComment(long);
    const check = previewCheck(long);
    expect(comment).toMatchObject({ shown: 0, omitted: 1 });
    expect(comment.body).toContain("**Shown here: 0 of 1 diff**, the riskiest first. The other one is in the check.");
    expect(comment.body).toContain("part 1 of");
    for (const line of diff.split("\n")) expect(comment.body.includes(line) || check.text.includes(line)).toBe(true);
    expect(check.completeness.truncated).toBe(0);
    expect(check.conclusion).toBe("success");
  });

  it("counts what neither can hold, says so, and is not green", () => {
    const changes = Array.from({ length: 40 }, (_, index) =>
      change(`+name: c${index}\n${"+ünïcödé text\n".repeat(700)}`, { kind: "ConfigMap", name: `c${index}` }),
    );
    const huge = preview([target("a/prod", { changes })]);
    const [comment, check] = [previewComment(huge), previewCheck(huge)];
    expect(bytes(check.summary)).toBeLessThanOrEqual(65_535);
    expect(bytes(check.text)).toBeLessThanOrEqual(65_535);
    const names = changes.map(({ name }) => `<summary>ConfigMap ${name} (`);
    const shown = names.filter((name) => [comment.body, check.summary, check.text].some((text) => text.includes(name)));
    const { truncated } = check.completeness;
    expect(truncated).toBe(40 - shown.length);
    expect(comment.completeness.truncated).toBe(truncated);
    expect(check.conclusion).toBe("neutral");
    expect(comment.body).toContain(`${truncated} diffs are too large for GitHub`);
    expect(check.summary).toContain(`**${truncated} diffs are too large for GitHub.**`);
  });

  it("cuts a line that no page can hold, says so, and is not green", () => {
    const huge = preview([target("a/prod", { changes: [change(`-x: 1\n+x: ${"y".repeat(70_000)}`)] })]);
    expect(previewComment(huge).body).toMatch(/…‹69,\d{3} more characters›/);
    expect(previewCheck(huge)).toMatchObject({ conclusion: "neutral", completeness: { truncated: 1 } });
  });

  it("annotates the lines of findings, the gravest first, at most 50", () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      finding({ severity: "warning", file: "a.yaml", line: index + 1, message: `w${index}` }),
    );
    const { annotations } = previewCheck({
      ...clean,
      findings: [
        finding(),
        ...many,
        finding({ file: "b.yaml", line: 7 }),
        finding({ file: "b.yaml", line: 7, environment: "dev" }),
      ],
    });
    expect(annotations).toHaveLength(50);
    expect(annotations[0]).toEqual({
      path: "b.yaml",
      startLine: 7,
      endLine: 7,
      level: "failure",
      title: "Privileged container: webapp in prod, webapp in dev · Deployment/web",
      message: "Container `web` now runs privileged.",
    });
  });
});

describe("the report of a broken configuration", () => {
  it("stays within the limits however many errors there are", () => {
    const many = Array.from({ length: 5000 }, (_, line) => ({
      ...{ message: `unknown key ${"x".repeat(50)}`, fix: "Remove it.", file: "f", line, column: 1 },
    }));
    const { comment, check } = configProblemsReport(many, { head: "9f8e7d6" });
    expect(comment.length).toBeLessThanOrEqual(60_000);
    expect(bytes(check.summary)).toBeLessThanOrEqual(65_535);
    const listed = comment.match(/unknown key/g)?.length ?? 0;
    expect(listed).toBeGreaterThan(100);
    expect(comment).toContain(`\n- and ${(5000 - listed).toLocaleString("en")} more errors\n\n`);
    expect(check.annotations).toHaveLength(50);
  });

  it("says of errors on the base branch that nothing was compared, and ends no sentence twice", () => {
    const problems = [{ message: "It is bad.", fix: "Remove it.", file: "a.yaml", line: 2, column: 1 }];
    const { comment, check } = configProblemsReport(problems, { head: "9f8e7d6", command: "/diff" });
    expect(comment).toContain("- Line 2: It is bad. Remove it.\n\nThe file on the base branch has these errors");
    expect(comment).toContain("**Next:** fix the file, then comment `/diff`.");
    expect(check).toEqual({
      ...{ title: "a.yaml has 1 error", conclusion: "failure", text: "" },
      summary:
        "- Line 2: It is bad. Remove it.\n\nThe file on the base branch has these errors, so nothing of this pull request was rendered or compared.\n",
      annotations: [
        {
          ...{ path: "a.yaml", startLine: 2, endLine: 2, level: "failure" },
          ...{ title: "It is bad.", message: "It is bad. Remove it." },
        },
      ],
    });
    expect(configProblemsReport([], { head: "9f8e7d6" }).comment).toMatch(/^### ❌ `\.sluice\.yaml` has 0 errors\n/);
    const long = configProblemsReport(
      problems.map((one) => ({ ...one, fix: "x".repeat(9000) })),
      { head: "9f8e7d6" },
    );
    expect(long.check.annotations[0]?.message).toHaveLength(8000);
  });
});
