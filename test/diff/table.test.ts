import { describe, expect, it } from "vitest";
import { targetTable } from "../../src/diff/report/table.ts";
import type { Finding, TargetPreview } from "../../src/model/preview.ts";
import { change, finding, preview, target } from "./support.ts";

const room = (budget = 100_000) => ({ budget, measure: (text: string) => text.length, elsewhere: "" });
const table = (targets: readonly TargetPreview[], findings: readonly Finding[] = [], budget?: number) =>
  targetTable(preview(targets, { findings }), room(budget));

/** What the column says of one target. */
function cellOf(column: "Resources" | "Images" | "Replicas", more: Partial<TargetPreview>): string {
  const [header = "", , row = ""] = table([target("a/b", more)]).split("\n");
  const at = header.split(" | ").findIndex((name) => name.replace(" |", "") === column);
  return at < 0 ? "" : (row.split(" | ")[at]?.replace(/ \|$/, "") ?? "");
}

/** A target whose row equals that of no other number. */
const numbered = (index: number) =>
  target(`app-${index}/prod`, { changes: [change(`+a: ${index}`, { addedLines: index + 1 })] });
const row = (index: number) => `| ✏️ \`app-${index}/prod\` | 1 changed · +${index + 1} |\n`;
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => row(from + index)).join("");
const header = "| Target | Resources |\n|:--|:--|\n";

describe("the table of targets", () => {
  it("has a row for each target that does not render the same, with the sign of its gravest finding", () => {
    const targets = [
      target("a/dev", { changes: [change("-a: 1\n+a: 2")] }),
      target("a/test", { status: "added", changes: [change("+a: 1", { action: "added" })] }),
      target("a/prod", { status: "removed", changes: [change("-a: 1", { action: "removed" })] }),
      target("b/dev", { status: "failed", error: { message: "no", side: "head" } }),
      target("b/prod", { status: "unchanged" }),
    ];
    const of = (severity: Finding["severity"], app: string, environment: string) =>
      finding({ severity, app, environment });
    const findings = [
      ...[of("warning", "a", "dev"), of("danger", "a", "dev"), of("notice", "a", "dev")],
      ...[of("notice", "a", "test"), of("warning", "a", "prod"), of("danger", "b", "dev"), of("danger", "", "")],
    ];
    expect(table(targets, findings)).toBe(`${header}| ✏️ \`a/dev\` 🔴 | 1 changed · +1 −1 |
| 🆕 \`a/test\` 🔵 | new target, 1 added · +1 |
| 🗑️ \`a/prod\` 🟠 | target gone, 1 removed · −1 |
| ❌ \`b/dev\` | does not render: no |

`);
    expect(table([target("a/b", { status: "unchanged" })])).toBe("");
  });

  it("has only the columns that any target needs", () => {
    const images = [{ container: "c", from: "a:1", to: "a:2" }];
    const replicas = [{ workload: "Deployment/web", from: 1, to: 2 }];
    expect(table([target("a/b")])).toBe(`${header}| ✏️ \`a/b\` | none |\n\n`);
    expect(table([target("a/b", { images }), target("a/c")])).toBe(
      "| Target | Resources | Images |\n|:--|:--|:--|\n| ✏️ `a/b` | none | `a` `1` → `2` |\n| ✏️ `a/c` | none |  |\n\n",
    );
    expect(table([target("a/b", { replicas })])).toBe(
      "| Target | Resources | Replicas |\n|:--|:--|:--|\n| ✏️ `a/b` | none | `web` 1 → 2 |\n\n",
    );
  });

  it("shows up to 20 targets one by one, and equal rows of more as one", () => {
    const equal = (count: number) => Array.from({ length: count }, (_, index) => target(`app-${index}/prod`));
    expect(table(equal(20)).match(/\n\|/g)).toHaveLength(21);
    expect(table(equal(21))).toBe(
      `${header}| ✏️ \`app-0/prod\`, \`app-1/prod\`, \`app-2/prod\`, \`app-3/prod\`, \`app-4/prod\`, \`app-5/prod\` and 15 more | none |\n\n`,
    );
    const mixed = [...equal(19), target("b/prod", { status: "added" }), target("c/prod", { restarts: 1 })];
    const marked = table(mixed, [finding({ app: "app-0", environment: "prod" })]);
    expect(marked.match(/^\|.*\|$/gm)).toHaveLength(2 + 4);
  });

  it("folds away the rows beyond the 20th when there are many", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => numbered(index));
    expect(table(many(25))).toBe(`${header}${rows(0, 25)}\n`);
    expect(table(many(26))).toBe(
      `${header}${rows(0, 20)}\n<details><summary>6 more targets</summary>\n\n${header}${rows(20, 26)}\n</details>\n\n`,
    );
    const twins = [...many(27), target("twin/prod", { changes: [change("+a", { addedLines: 21 })] })];
    expect(table(twins)).toContain("<summary>8 more targets</summary>");
  });

  it("shows equal rows as one, then what fits, then counts, where there is less room", () => {
    const equal = [target("a/b"), target("a/c")];
    const whole = table(equal);
    expect(table(equal, [], whole.length)).toBe(whole);
    expect(table(equal, [], whole.length - 1)).toBe(`${header}| ✏️ \`a/b\`, \`a/c\` | none |\n\n`);

    const many = Array.from({ length: 30 }, (_, index) => numbered(index));
    const budget = header.length + 300 + row(0).length + row(1).length;
    const told = (kept: number) =>
      `${header}${rows(0, kept)}\nNot in this table for its size: ✏️ ${30 - kept} changed targets.\n\n`;
    expect(table(many, [], budget)).toBe(told(2));
    expect(table(many, [], budget - 1)).toBe(told(1));
    expect(table(many, [], budget - row(1).length - 1)).toBe("✏️ 30 changed targets.\n\n");
    expect(table(many, [], "✏️ 30 changed targets.\n\n".length)).toBe("✏️ 30 changed targets.\n\n");
    expect(table(many, [], "✏️ 30 changed targets.\n\n".length - 1)).toBe("");
  });

  it("counts by status, what failed first", () => {
    const statuses = ["added", "changed", "removed", "failed", "changed", "unchanged"] as const;
    const targets = statuses.map((status, index) => target(`app-${index}/prod`, { status }));
    expect(table(targets, [], 120)).toBe(
      "❌ 1 failed target, 🗑️ 1 removed target, ✏️ 2 changed targets, 🆕 1 added target.\n\n",
    );
  });
});

describe("what the table says of a target's resources", () => {
  const changes = (["changed", "added", "removed", "changed", "renamed"] as const).map((action) =>
    change("-a\n+b", { action }),
  );

  it.each<readonly [Partial<TargetPreview>, string]>([
    [{}, "none"],
    [{ changes }, "1 added, 1 removed, 1 renamed, 2 changed · +5 −5"],
    [{ restarts: 1 }, "restarts 1 workload"],
    [{ restarts: 2, changes: changes.slice(0, 1) }, "1 changed, restarts 2 workloads · +1 −1"],
    [{ changes: [change("")] }, "1 changed · ±0"],
    [
      { status: "added", error: { message: "no", side: "base" } },
      "new target (did not render at the merge base: all of it shows as added)",
    ],
    [{ status: "failed", error: { message: "first line\nsecond", side: "head" } }, "does not render: first line"],
    [{ status: "failed" }, "does not render"],
    [
      { status: "failed", error: { message: "password: hunter2", side: "head" } },
      "does not render: password: ‹withheld›",
    ],
    [
      { status: "failed", error: { message: "a b ".repeat(40), side: "head" } },
      `does not render: ${"a b ".repeat(40)}`,
    ],
    [
      { status: "failed", error: { message: `${"a b ".repeat(40)}c`, side: "head" } },
      `does not render: ${"a b ".repeat(40).slice(0, 159)}…`,
    ],
  ])("%#: %j is %s", (more, cell) => {
    expect(cellOf("Resources", more)).toBe(cell);
  });
});

describe("what the table says of a target's images", () => {
  const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

  it.each([
    ["a new tag", "ghcr.io/acme/web:1", "ghcr.io/acme/web:2", "`ghcr.io/acme/web` `1` → `2`"],
    [
      "a new digest",
      `web@${digest("a")}`,
      `web@${digest("b")}`,
      "`web` `sha256:aaaaaaaaaaaa…` → `sha256:bbbbbbbbbbbb…`",
    ],
    ["another image", "web:1", "app:1", "`web:1` → `app:1`"],
    ["a tag that comes", "web", "web:1", "`web` → `web:1`"],
    ["a tag that goes", "web:1", "web", "`web:1` → `web`"],
    ["a new image", "", "web:1", "new `web:1`"],
    ["an image that is gone", "web:1", "", "`web:1` gone"],
  ])("%s", (_, from, to, cell) => {
    expect(cellOf("Images", { images: [{ container: "c", from, to }] })).toBe(cell);
  });

  it("is at most three changes, equal ones once", () => {
    const images = (...names: readonly string[]) =>
      names.map((name) => ({ container: "c", from: `${name}:1`, to: `${name}:2` }));
    const [a, b, c] = ["`a` `1` → `2`", "`b` `1` → `2`", "`c` `1` → `2`"];
    expect(cellOf("Images", { images: images("a", "a", "b") })).toBe(`${a}<br>${b}`);
    expect(cellOf("Images", { images: images("a", "b", "c") })).toBe(`${a}<br>${b}<br>${c}`);
    expect(cellOf("Images", { images: images("a", "b", "c", "d", "e") })).toBe(`${a}<br>${b}<br>${c}<br>and 2 more`);
  });
});

describe("what the table says of a target's replicas", () => {
  it("is how many there were and are", () => {
    const replicas = [
      { workload: "Deployment/shop/web", from: 2, to: 0 },
      { workload: "Deployment/api", from: undefined, to: 1 },
      { workload: "Job/x", from: 1, to: undefined },
    ];
    expect(cellOf("Replicas", { replicas })).toBe("`web` 2 → 0<br>`api` – → 1<br>`x` 1 → –");
  });
});
