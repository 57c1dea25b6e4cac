import { describe, expect, it } from "vitest";
import { configProblemsReport, previewCheck, previewComment } from "../../src/diff/index.ts";
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
    expect(check.annotations[0]).toMatchObject({ title: "It is bad.", message: "It is bad. Remove it." });
  });
});
