import { describe, expect, it } from "vitest";
import type { GateResult, GateVerdict } from "../../../src/model/gates.ts";
import {
  gatesCheck,
  gatesOfCheck,
  gatesSection,
  mergedCheck,
  openGates,
  replaceGates,
  shownGates,
  starvedSoak,
  verdictLine,
} from "../../../src/promote/text/gates.ts";

const now = Date.UTC(2026, 10, 21, 13, 40);
const soon = now + 25 * 60_000;

function gate(label: string, state: GateResult["state"], more: Partial<GateResult> = {}): GateResult {
  return { gate: "checks", label, state, reason: `${label} is ${state}`, ...more };
}

/** The rows of a verdict's table, its head left out. */
function rows(...results: readonly GateResult[]): readonly string[] {
  const lines = gatesSection({ state: "blocked", results }, now).split("\n");
  return lines.filter((line) => line.startsWith("|")).slice(2);
}

const blocked: GateVerdict = {
  state: "blocked",
  nextAt: soon,
  results: [
    gate("Healthy", "passed"),
    gate("Soak", "waiting", { nextAt: soon }),
    gate("Approvals", "blocked", { who: "members of release | with write" }),
    gate("Checks", "overridden"),
  ],
};

describe("the gates in a body", () => {
  it("are a table between two markers, with remarks below", () => {
    expect(gatesSection(blocked, now, ["One.", "Two."])).toBe(
      [
        "<!-- sluice:gates -->",
        "### Gates",
        "",
        "| | Gate | Why | When, or who may act |",
        "|---|---|---|---|",
        "| ✅ | **Healthy** | Healthy is passed |  |",
        "| ⏳ | **Soak** | Soak is waiting | 2026-11-21 14:05 UTC (in 25 min) |",
        "| ⛔ | **Approvals** | Approvals is blocked | members of release &#124; with write |",
        "| ⚠️ | **Checks** | Checks is overridden |  |",
        "",
        "One.",
        "",
        "Two.",
        "<!-- /sluice:gates -->",
      ].join("\n"),
    );
  });

  it.each([
    ["that are not evaluated yet", undefined, "_The gates are evaluated in a moment._"],
    [
      "that nobody configured",
      { state: "passed", results: [] } as const,
      "No gate is configured: it may be merged at any time.",
    ],
  ])("%s are one line", (_, verdict, line) => {
    expect(gatesSection(verdict, now).split("\n").slice(3, -1)).toEqual([line]);
  });

  it.each([
    [
      "a moment alone while it waits",
      gate("G", "waiting", { nextAt: soon, who: "ada" }),
      "2026-11-21 14:05 UTC (in 25 min)",
    ],
    ["who may act where no moment is known", gate("G", "waiting", { who: "ada" }), "ada"],
    [
      "both where it is blocked",
      gate("G", "blocked", { nextAt: soon, who: "ada" }),
      "2026-11-21 14:05 UTC (in 25 min); ada",
    ],
    [
      "the moment where it is blocked and nobody may act",
      gate("G", "blocked", { nextAt: soon }),
      "2026-11-21 14:05 UTC (in 25 min)",
    ],
    ["no moment once it passed", gate("G", "passed", { nextAt: soon }), ""],
  ])("say %s", (_, result, act) => {
    expect(rows(result)[0]?.split(" | ").slice(3).join(" | ")).toBe(`${act} |`);
  });

  it("show text of people as text", () => {
    const [row] = rows(gate("a*b", "blocked", { reason: "x|y", who: "@eve" }));
    expect(row).toBe("| ⛔ | **a&#42;b** | x&#124;y | @\u200Beve |");
  });
});

describe("the parts of a gate", () => {
  const many = (length: number, state: GateResult["state"]) =>
    Array.from({ length }, (_, index) => gate(`part ${index}`, state));

  it("are listed below it, indented by depth, down to the third", () => {
    const deep = (depth: number): GateResult =>
      gate(`level ${depth}`, "blocked", depth === 5 ? {} : { children: [deep(depth + 1)] });
    expect(rows(deep(0)).map((row) => row.split(" | ")[1])).toEqual([
      "**level 0**",
      "&nbsp;&nbsp;&nbsp;&nbsp;level 1",
      "&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;level 2",
      "&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;level 3",
    ]);
  });

  it.each([
    ["one that passed says nothing more", many(1, "passed"), 0],
    ["two that passed are shown", many(2, "passed"), 2],
    ["six that passed are shown", many(6, "passed"), 6],
    ["seven that passed are not", many(7, "passed"), 0],
    ["one that is open is shown", many(1, "waiting"), 1],
    ["those that are open are shown alone", [...many(3, "passed"), ...many(2, "blocked")], 2],
    ["twenty that are open are shown", many(20, "blocked"), 20],
  ])("%s", (_, children, shown) => {
    expect(rows(gate("G", "blocked", { children }))).toHaveLength(1 + shown);
  });

  it("beyond twenty are counted", () => {
    const all = rows(gate("G", "blocked", { children: many(23, "blocked") }));
    expect(all).toHaveLength(22);
    expect(all.at(-1)).toBe("| | … | 3 more | |");
  });
});

describe("the gates of a body that is read again", () => {
  const body = `Before.\n\n${gatesSection(blocked, now)}\n\nAfter.\n`;

  it("are replaced in place, carriage returns and all", () => {
    const fresh = gatesSection({ state: "passed", results: [] }, now);
    expect(replaceGates(body, fresh)).toBe(`Before.\n\n${fresh}\n\nAfter.\n`);
    expect(replaceGates(body.replaceAll("\n", "\r\n"), fresh)).toBe(`Before.\n\n${fresh}\n\nAfter.\n`);
    const bare = gatesSection(blocked, now);
    expect(replaceGates(bare, fresh)).toBe(fresh);
  });

  it.each([
    ["both markers", "my own words"],
    ["the first", body.replace("<!-- sluice:gates -->", "")],
    ["the second", body.replace("<!-- /sluice:gates -->", "")],
    ["their order", "<!-- /sluice:gates -->\n<!-- sluice:gates -->"],
  ])("stay out when somebody took out %s", (_, text) => {
    expect(replaceGates(text, "new")).toBeUndefined();
    expect(shownGates(text)).toEqual(new Map());
  });

  it("are those of the section alone, by label", () => {
    const forged = `${body}| ⛔ | **Forged** | | |\n`;
    for (const text of [forged, forged.replaceAll("\n", "\r\n")])
      expect([...shownGates(text)]).toEqual([
        ["Healthy", "passed"],
        ["Soak", "waiting"],
        ["Approvals", "blocked"],
        ["Checks", "overridden"],
      ]);
    expect(shownGates(body.replace("✅", "🎉")).has("Healthy")).toBe(false);
    expect([...shownGates(gatesSection(blocked, now)).keys()]).toHaveLength(4);
  });

  it("name those that are open with their signs", () => {
    for (const text of [body, body.replaceAll("\n", "\r\n")]) expect(openGates(text)).toBe("⏳ Soak, ⛔ Approvals");
    expect(openGates(gatesSection({ state: "passed", results: [gate("Soak", "passed")] }, now))).toBe("");
  });
});

describe("the check of a promotion", () => {
  const open = [gate("Soak", "waiting", { nextAt: soon }), gate("Approvals", "blocked"), gate("Healthy", "passed")];

  it.each([
    ["passed", { status: "completed", conclusion: "success" }],
    ["waiting", { status: "in_progress" }],
    ["blocked", { status: "completed", conclusion: "action_required" }],
  ] as const)("of gates that are %s", (state, outcome) => {
    const verdict: GateVerdict = { state, nextAt: soon, results: open };
    expect(gatesCheck("head", verdict, now, ["One."])).toEqual({
      name: "Sluice promotion",
      headSha: "head",
      title: verdictLine(verdict, now),
      summary: `${gatesSection(verdict, now).split("\n").slice(3, -1).join("\n")}\n\nOne.`,
      ...outcome,
    });
  });

  it("has at most 60,000 characters of summary", () => {
    const long = gate("Soak", "waiting", { reason: "x".repeat(70_000) });
    expect(gatesCheck("head", { state: "waiting", results: [long] }, now, []).summary).toHaveLength(60_000);
  });

  it.each([
    ["blocked", soon, open, "Blocked: Soak, Approvals"],
    ["waiting", soon, open, "Waiting: Soak, Approvals; next at 2026-11-21 14:05 UTC (in 25 min)"],
    ["waiting", undefined, open, "Waiting: Soak, Approvals"],
    ["passed", undefined, [gate("Healthy", "passed"), gate("Checks", "overridden")], "All gates passed"],
  ] as const)("says of gates that are %s until %s which are open", (state, nextAt, results, line) => {
    expect(verdictLine({ state, results, ...(nextAt !== undefined && { nextAt }) }, now)).toBe(line);
  });
});

describe("the gates that a check says", () => {
  const checkOf = (...results: readonly GateResult[]) =>
    gatesCheck("head", { state: results.length === 0 ? "passed" : "blocked", results }, now, ["A remark."]);
  const counted = gate("Approvals", "blocked", { reason: "0 of 1 approval; bob | asked for changes", who: "ada" });

  it("are counted, and those that had not passed are named", () => {
    const { summary } = checkOf(
      gate("Healthy", "passed"),
      gate("Soak", "waiting"),
      counted,
      gate("Checks", "overridden"),
    );
    for (const text of [summary, summary.replaceAll("\n", "\r\n")])
      expect(gatesOfCheck(text)).toEqual({ total: 4, unmet: ["Soak", "Approvals (0 of 1)"] });
  });

  it("are none where none is configured, and not known where it says something else", () => {
    expect(gatesOfCheck(checkOf().summary)).toEqual({ total: 0, unmet: [] });
    expect(gatesOfCheck("The configuration cannot be read.")).toBeUndefined();
    expect(gatesOfCheck("")).toBeUndefined();
  });

  it("stay in it after a merge before they passed", () => {
    const { summary } = checkOf(counted);
    const pull = { head: { sha: "head", ref: "b", repository: undefined }, mergedBy: "bob" };
    expect(mergedCheck(pull, { total: 1, unmet: ["Approvals (0 of 1)"] }, summary)).toEqual({
      name: "Sluice promotion",
      headSha: "head",
      status: "completed",
      conclusion: "neutral",
      title: "Merged by bob, 1 gate not passed",
      summary,
    });
    expect(mergedCheck(pull, { total: 1, unmet: [] }, summary)).toBeUndefined();
  });
});

describe("a soak that no time ends", () => {
  it("is told with what helps, and only where it is blocked", () => {
    const soak = gate("Soak", "blocked", { reason: "10m only; 30m are asked", who: "ask for a shorter soak" });
    const bodyOf = (one: GateResult) => gatesSection({ state: "blocked", results: [one] }, now);
    expect(starvedSoak(bodyOf(soak))).toBe("10m only; 30m are asked; ask for a shorter soak");
    expect(starvedSoak(bodyOf({ ...soak, state: "waiting" }))).toBeUndefined();
    expect(starvedSoak("nothing")).toBeUndefined();
  });
});
