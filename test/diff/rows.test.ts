import { describe, expect, it } from "vitest";
import { codeMarks } from "../../src/diff/report/changes.ts";
import { changeRows, rowEnvironments } from "../../src/diff/report/rows.ts";
import { changeTable } from "../../src/diff/report/table.ts";
import type { Finding, Preview, TargetPreview } from "../../src/model/preview.ts";
import { change, finding, preview, target } from "./support.ts";

const environments = ["dev", "prod"];
const changed = (name: string, kind = "Job", more: Partial<TargetPreview> = {}) =>
  target(name, { changes: [change("-a: 1\n+a: 2", { kind })], ...more });
const failed = (name: string, cause: "change" | "before" = "change") =>
  target(name, { status: "failed", error: { message: "no", side: "head", cause } });
const about = (severity: Finding["severity"], app: string, environment = "prod") =>
  finding({ id: severity, severity, app, environment });

describe("what changes where", () => {
  const rows = (targets: readonly TargetPreview[], findings: readonly Finding[] = []) =>
    changeRows(preview(targets, { environments, findings }), codeMarks).map(
      ({ environments: places, apps, change: text, severity, failed: isFailed }) =>
        [places.join("+"), apps.join("+"), text, severity, isFailed ? "!" : undefined]
          .filter((part) => part !== undefined)
          .join(" | "),
    );

  it("is one row for the same change of several apps, and in several environments", () => {
    expect(rows([changed("b/dev"), changed("a/dev"), changed("a/prod"), changed("b/prod")])).toEqual([
      "prod+dev | a+b | Job `web` changes",
    ]);
    expect(rows([changed("b/dev"), changed("a/prod"), changed("b/prod")])).toEqual([
      "prod | a+b | Job `web` changes",
      "dev | b | Job `web` changes",
    ]);
    expect(rows([changed("a/prod"), changed("b/prod")], [about("danger", "a")])).toHaveLength(2);
    expect(rows([changed("a/prod"), target("a/dev", { status: "unchanged" })])).toHaveLength(1);
  });

  it("stands in the order of environments, then what failed, is risky, removed, new, changed", () => {
    const targets = [
      changed("d/dev", "Dev"),
      changed("z/prod", "Z"),
      changed("c/prod", "C"),
      changed("y/prod", "Same"),
      changed("x/prod", "Same"),
      changed("n/prod", "N", { status: "added" }),
      changed("r/prod", "R", { status: "removed" }),
      changed("w/prod", "W"),
      changed("v/prod", "V", { status: "removed" }),
      changed("i/prod", "I"),
      failed("f/prod"),
    ];
    const findings = [
      about("warning", "w"),
      about("danger", "v"),
      about("warning", "v"),
      about("notice", "v"),
      about("notice", "i"),
      about("danger", "f"),
    ];
    expect(rows(targets, findings).map((row) => row.split(" | ").slice(0, 2).join(" "))).toEqual([
      ...["prod f", "prod v", "prod w", "prod r", "prod n", "prod c", "prod i", "prod z", "prod x+y", "dev d"],
    ]);
    expect(rows(targets, findings).map((row) => row.split(" | ")[3])).toEqual([
      ...["danger", "danger", "warning", ...Array.from({ length: 7 }, () => undefined)],
    ]);
  });

  it.each<readonly [one: TargetPreview, text: string]>([
    [failed("a/prod"), "not rendered | !"],
    [target("a/prod", { status: "removed" }), "removed"],
    [changed("a/prod", "Job", { status: "removed" }), "Job `web` changes"],
    [target("a/prod", { status: "added" }), "new, no resources"],
    [changed("a/prod", "Job", { status: "added" }), "new, Job `web` changes"],
    [changed("a/prod", "Job", { error: { message: "no", side: "base" } }), "could not be rendered before"],
    [target("a/prod"), "changed"],
  ])("is told in words: %#", (one, text) => expect(rows([one])).toEqual([`prod | a | ${text}`]));

  it("names up to four environments, or the first three of more", () => {
    const named = (...names: readonly string[]) =>
      rowEnvironments({ environments: names, apps: [], change: "", failed: false, severity: undefined });
    expect(named("a", "default", "b", "c", "d")).toBe("a, b, c, d");
    expect(named("a", "b", "c", "d", "e")).toBe("a, b, c and 2 more");
    expect(named("default")).toBe("");
  });
});

describe("the table of what changes where", () => {
  const within = (budget: number) => ({ budget, measure: (text: string) => text.length, elsewhere: "" });
  const table = (targets: readonly TargetPreview[], more: Partial<Preview> = {}, budget = 100_000) =>
    changeTable(preview(targets, { environments, ...more }), within(budget));
  const header = "| Where | Change |\n|---|---|\n";

  it("has a row for each, from two on", () => {
    expect(table([changed("a/prod")])).toBe("");
    const findings = [about("danger", "b_c"), about("warning", "", "default"), about("danger", "f", "dev")];
    expect(table([changed("a|x/prod"), changed("b_c/prod"), changed("/default"), failed("f/dev")], { findings })).toBe(
      `${header}| **prod** · b&#95;c | Job \`web\` changes · 🔴 danger |\n| **prod** · a&#124;x | Job \`web\` changes |\n| **dev** · f | ❌ not rendered |\n| this repository | Job \`web\` changes · 🟠 warning |\n\n`,
    );
  });

  it("is a sentence beside what was broken before", () => {
    const before = failed("f/prod", "before");
    expect(table([before, changed("a_b/dev")])).toBe(
      "This pull request also changes a&#95;b in dev: Job `web` changes.\n\n",
    );
    expect(table([before, changed("/default")])).toBe(
      "This pull request also changes this repository: Job `web` changes.\n\n",
    );
    expect(table([before, changed("a/dev")], {}, 10)).toBe("");
    for (const rest of [
      [before, failed("g/prod"), changed("a/dev")],
      [before, changed("a/dev"), changed("b/dev", "Other")],
    ])
      expect(table(rest)).toMatch(/^\| Where/);
    expect(table([before, changed("a/dev")], { findings: [about("warning", "a", "dev")] })).toMatch(/^\| Where/);
  });

  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => changed(`a${10 + index}/prod`, `K${index}`));
  const open = (text: string) => text.split("<details>")[0]?.match(/^\| \*\*/gm)?.length ?? 0;

  it("folds rows away beyond twenty, where these are more than five", () => {
    expect(table(many(25))).not.toContain("<details>");
    expect(open(table(many(25)))).toBe(25);
    expect(open(table(many(26)))).toBe(20);
    expect(table(many(26))).toContain(
      `\n\n<details><summary>6 more</summary>\n\n${header}| **prod** · a30 | Job`.replace("Job", "K20"),
    );
    expect(table(many(26)).endsWith("| **prod** · a35 | K25 `web` changes |\n\n</details>\n\n")).toBe(true);
  });

  it("has as many rows as there is room for, and counts the places of the others", () => {
    const rows = [...many(3), failed("f/dev"), failed("g/dev")];
    const whole = table(rows);
    expect(table(rows, {}, whole.length)).toBe(whole);
    const row = (index: number) => `| **prod** · a${10 + index} | K${index} \`web\` changes |\n`;
    const room = header.length + 120;
    const rest = (count: number) => `${count} more places change, 2 of them not rendered.\n\n`;
    const names = Array.from({ length: 9 }, (_, index) => `z${index}-${"x".repeat(80)}/prod`);
    const wide = [...rows, ...names.map((name, index) => changed(name, `W${index}`))];
    expect(table(wide, {}, room + row(0).length)).toBe(`${header}${row(0)}\n${rest(13)}`);
    expect(table(wide, {}, room + row(0).length - 1)).toBe(rest(14));
    expect(table(wide, {}, room + row(0).length + row(1).length)).toBe(`${header}${row(0)}${row(1)}\n${rest(12)}`);
    expect(table(wide, {}, 10)).toBe("");
    expect(table(many(14), {}, 60)).toBe("14 more places change.\n\n");
  });
});
