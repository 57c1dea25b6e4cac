import { describe, expect, it } from "vitest";
import { replaceVerdict } from "../../../src/change/text/verdict-part.ts";
import type { GateName, GateResult, GateVerdict } from "../../../src/model/gates.ts";
import { code } from "../../../src/model/text/markdown.ts";
import { gatesOfCheck, gatesSection, replaceGates, shownGates, starvedSoak } from "../../../src/promote/text/gates.ts";
import type { PromotionMetadata } from "../../../src/promote/text/metadata.ts";
import {
  gatesCheck,
  mergedCheck,
  type Standing,
  shownWait,
  standingBody,
  verdictSection,
} from "../../../src/promote/text/verdict.ts";

const now = Date.UTC(2026, 10, 21, 13, 40);

function gate(label: string, state: GateResult["state"], more: Partial<GateResult> = {}): GateResult {
  return { gate: "checks", label, state, reason: `${label} is ${state}`, ...more };
}

/** The lines of a verdict's list that are open. */
function rows(...results: readonly GateResult[]): readonly string[] {
  const [open = ""] = gatesSection({ state: "blocked", results }).split("<details>");
  return open.split("\n").filter((line) => line.trim().startsWith("- "));
}

const blocked: GateVerdict = {
  state: "blocked",
  results: [
    gate("Healthy in staging", "passed", { gate: "healthy" }),
    gate("Soak", "waiting", { gate: "soak", brief: "the soak" }),
    gate("Approvals", "blocked", { gate: "approvals", brief: "1 approval", who: "anyone in release | with write" }),
    gate("Checks", "overridden"),
  ],
};

const metadata: PromotionMetadata = {
  ...{ kind: "promotion", environment: "prod", from: "staging", apps: ["web"], commit: "c", base: "main" },
  ...{ targets: [], carried: [], replaced: [] },
};

describe("the first lines of a body", () => {
  it("end where they end, whatever a message or the name of a file says", () => {
    const mark = "<!-- /sluice:verdict -->";
    const because = `\`bob\` changed ${code(mark)}`;
    const broken = {
      ...{
        app: "web",
        only: false,
        tool: "Helm",
        message: `${mark} <!--/sluice:gates-->\nWaiting for ever.`,
        file: undefined,
      },
      ...{ line: undefined, because, base: "main", repositoryUrl: "https://github.test/acme/gitops" },
    };
    const section = verdictSection({ metadata, verdict: blocked, stops: [], automatic: false, now, broken });
    const body = `${section}\n\n${gatesSection(blocked)}\n`;
    expect(section).toContain("Waiting for ever.");
    expect(shownWait(section)).toBeUndefined();
    expect(replaceVerdict(body, section)).toBe(body);
    expect(replaceGates(body, gatesSection(blocked))).toBe(body);
  });
});

describe("a body without room for everything", () => {
  const long = (count: number, text: string) =>
    Array.from({ length: count }, (_, index) => gate(`${index}`, "blocked", { reason: text.repeat(100) }));
  const verdict: GateVerdict = {
    state: "blocked",
    results: [gate("Risks", "blocked", { gate: "findings", children: long(20, "a risk ") }), ...blocked.results],
  };

  it("counts the gates and names the check that lists them, within what GitHub takes", () => {
    const standing = { metadata, verdict, stops: [], automatic: false, now };
    const parts = `${verdictSection(standing)}\n${gatesSection(undefined)}\n`;
    const body = standingBody(`${parts}${"x".repeat(60_000)}`, standing, []) ?? "";
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body).toContain("### Gates: 2 of 5 passed\n\nThe check **Sluice promotion** lists them.\n");
    expect(shownGates(body)).toEqual(shownGates(standingBody(parts, standing, []) ?? ""));
    const full = `${parts}${"x".repeat(65_450 - parts.length)}`;
    expect(standingBody(full, standing, [])).toBe(full);
  });
});

describe("the gates in a body", () => {
  it("are a list between two markers, with remarks below", () => {
    expect(gatesSection(blocked, { remarks: ["One.", "Two."] })).toBe(
      [
        "<!-- sluice:gates healthy=passed soak=waiting approvals=blocked checks=overridden -->",
        "### Gates: 2 of 4 passed",
        "",
        "- ⏳ **Approvals:** Approvals is blocked. Anyone in release &#124; with write.",
        "- ⏳ **Soak:** Soak is waiting.",
        "",
        "<details><summary>✅ 2 passed, 1 of them overridden</summary>",
        "",
        "- ✅ **Healthy in staging:** Healthy in staging is passed",
        "- ✅ **Checks:** Checks is overridden",
        "",
        "</details>",
        "",
        "One.",
        "",
        "Two.",
        "<!-- /sluice:gates -->",
      ].join("\n"),
    );
  });

  it("take no line until they are evaluated, and none where there are none", () => {
    expect(gatesSection(undefined)).toBe("<!-- sluice:gates -->\n<!-- /sluice:gates -->");
    expect(gatesSection({ state: "passed", results: [] })).toBe("<!-- sluice:gates -->\n\n<!-- /sluice:gates -->");
  });

  it("go on after the label where the reason does, and stop what changed against it", () => {
    expect(rows(gate("On hold", "blocked", { gate: "hold", reason: "by `mona`" }))).toEqual([
      "- ⏸️ **On hold** by `mona`.",
    ]);
    expect(rows(gate("Still in staging", "blocked", { reason: "no", stopped: "staging went back" }))).toEqual([
      "- ⛔ **Still in staging:** no.",
    ]);
  });

  it("show text of people as text", () => {
    expect(rows(gate("a*b", "blocked", { reason: "x|y", who: "@eve" }))).toEqual([
      "- ⏳ **a&#42;b:** x&#124;y. @\u200Beve.",
    ]);
  });
});

describe("the parts of a gate", () => {
  const many = (length: number, state: GateResult["state"]) =>
    Array.from({ length }, (_, index) => gate(`part ${index}`, state));

  it("are listed below it, indented by depth, down to the third", () => {
    const deep = (depth: number): GateResult =>
      gate(`level ${depth}`, "blocked", depth === 5 ? {} : { children: [deep(depth + 1), ...many(1, "blocked")] });
    const levels = rows(deep(0)).filter((row) => row.includes("level"));
    expect(levels.map((row) => row.replace(/:\*\*.*/, ""))).toEqual([
      "- ⏳ **level 0",
      "  - ⏳ **level 1",
      "    - ⏳ **level 2",
      "      - ⏳ **level 3",
    ]);
  });

  it.each([
    ["those that passed say nothing more", many(6, "passed"), 0],
    ["one that is open is in the line already", many(1, "waiting"), 0],
    ["those that are open are shown alone", [...many(3, "passed"), ...many(2, "blocked")], 2],
    ["twenty that are open are shown", many(20, "blocked"), 20],
  ])("%s", (_, children, shown) => {
    expect(rows(gate("G", "blocked", { children }))).toHaveLength(1 + shown);
  });

  it("beyond twenty are counted", () => {
    const all = rows(gate("G", "blocked", { children: many(23, "blocked") }));
    expect(all).toHaveLength(22);
    expect(all.at(-1)).toBe("  - and 3 more");
  });
});

describe("the gates of a body that is read again", () => {
  const body = `Before.\n\n${gatesSection(blocked)}\n\nAfter.\n`;
  const shown: readonly (readonly [GateName, GateResult["state"]])[] = [
    ["healthy", "passed"],
    ["soak", "waiting"],
    ["approvals", "blocked"],
    ["checks", "overridden"],
  ];
  const table = [
    "<!-- sluice:gates -->",
    "### Gates",
    "",
    "| | Gate | Why | When, or who may act |",
    "|---|---|---|---|",
    "| ✅ | **Healthy in the source** | healthy |  |",
    "| ⏳ | **Soak** | the 30m end | 2026-11-21 14:05 UTC (in 25 min) |",
    "| ⛔ | **Approvals** | 0 of 1 | members of release |",
    "| ⚠️ | **Checks** | overridden |  |",
    "<!-- /sluice:gates -->",
  ].join("\n");

  it("are replaced in place, carriage returns and all, also in what an earlier version wrote", () => {
    const fresh = gatesSection({ state: "passed", results: [] });
    for (const text of [body, `Before.\n\n${table}\n\nAfter.\n`]) {
      expect(replaceGates(text, fresh)).toBe(`Before.\n\n${fresh}\n\nAfter.\n`);
      expect(replaceGates(text.replaceAll("\n", "\r\n"), fresh)).toBe(`Before.\n\n${fresh}\n\nAfter.\n`);
    }
    expect(replaceGates(gatesSection(blocked), fresh)).toBe(fresh);
  });

  it.each([
    ["both markers", "my own words"],
    ["the first", body.replace(/<!-- sluice:gates.*/, "")],
    ["the second", body.replace("<!-- /sluice:gates -->", "")],
    ["their order", "<!-- /sluice:gates -->\n<!-- sluice:gates -->"],
  ])("stay out when somebody took out %s", (_, text) => {
    expect(replaceGates(text, "new")).toBeUndefined();
    expect(shownGates(text)).toEqual(new Map());
  });

  it.each([
    ["the mark", body],
    ["the table of an earlier version", table],
  ])("are read from %s", (_, text) => {
    for (const one of [text, text.replaceAll("\n", "\r\n")])
      expect([...shownGates(`${one}\n| ⛔ | **Windows** | forged | |\n`)]).toEqual(shown);
  });

  it("are none of those that nobody knows", () => {
    expect([
      ...shownGates("<!-- sluice:gates soak=waiting moon=blocked hold=broken -->\n<!-- /sluice:gates -->"),
    ]).toEqual([["soak", "waiting"]]);
  });

  it("say what they wait for", () => {
    const standing: Standing = { metadata, verdict: blocked, stops: [], automatic: true, now };
    expect(shownWait(`x\n${verdictSection(standing)}\ny`)).toBe("1 approval and the soak");
    expect(shownWait(body)).toBeUndefined();
  });
});

describe("the check of a promotion", () => {
  const head = { sha: "a".repeat(40), url: "https://github.test/commit/a" };
  const check = (verdict: GateVerdict) =>
    gatesCheck(head, { metadata, verdict, stops: [], automatic: true, now }, ["One."]);
  const passed = gate("Healthy in staging", "passed", { gate: "healthy" });

  it.each([
    ["waits for people", blocked, { status: "in_progress", title: "Waiting for 1 approval and the soak" }],
    [
      "is stopped",
      { state: "blocked", results: [gate("Still", "blocked", { stopped: "staging went back to 1.4.0" })] },
      { status: "completed", conclusion: "failure", title: "Stopped: staging went back to 1.4.0" },
    ],
    [
      "passed",
      { state: "passed", results: [passed, passed] },
      { status: "completed", conclusion: "success", title: "Ready: both gates passed" },
    ],
    [
      "was overridden",
      { state: "passed", results: [passed, gate("Soak", "overridden")] },
      { status: "completed", conclusion: "success", title: "Ready: 2 gates passed, 1 of them overridden" },
    ],
  ] as const)("that %s", (_, verdict, outcome) => {
    expect(check(verdict)).toMatchObject({ name: "Sluice promotion", headSha: head.sha, ...outcome });
  });

  it("has titles of at most 72 characters, and at most 60,000 of summary", () => {
    const long = Array.from({ length: 6 }, (_, index) =>
      gate(`G${index}`, "waiting", { brief: `something long number ${index}`, reason: "x".repeat(20_000) }),
    );
    const { title, summary } = check({ state: "waiting", results: long });
    expect(title).toBe("Waiting for something long number 0, something long number 1 and 4 more");
    expect(summary).toHaveLength(60_000);
  });
});

describe("the gates that a check says", () => {
  const checkOf = (...results: readonly GateResult[]) => {
    const verdict: GateVerdict = { state: results.length === 0 ? "passed" : "blocked", results };
    const head = { sha: "head", url: "https://github.test/commit/head" };
    return gatesCheck(head, { metadata, verdict, stops: [], automatic: true, now }, ["A remark."]);
  };
  const counted = gate("Approvals", "blocked", { gate: "approvals", reason: "0 of 1. bob | asked for changes" });

  it("are counted, and those that had not passed are named", () => {
    const [healthy, soak] = [gate("Healthy", "passed", { gate: "healthy" }), gate("Soak", "waiting", { gate: "soak" })];
    const { summary } = checkOf(healthy, soak, counted, gate("Checks", "overridden"));
    for (const text of [summary, summary.replaceAll("\n", "\r\n")])
      expect(gatesOfCheck(text)).toEqual({ total: 4, unmet: ["soak", "approvals (0 of 1)"] });
  });

  it("are none where none is configured, and not known where it says something else", () => {
    expect(gatesOfCheck(checkOf().summary)).toEqual({ total: 0, unmet: [] });
    expect(gatesOfCheck("The configuration cannot be read.")).toBeUndefined();
    expect(gatesOfCheck("")).toBeUndefined();
  });

  it("stay in it after a merge before they passed", () => {
    const { summary } = checkOf(counted);
    const pull = { head: { sha: "head", ref: "b", repository: undefined }, mergedBy: "bob" };
    expect(mergedCheck(pull, { total: 1, unmet: ["approvals (0 of 1)"] }, summary)).toEqual({
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
    const soak = gate("Soak", "blocked", {
      gate: "soak",
      reason: "10m only; 30m are asked",
      who: "ask for a shorter soak",
    });
    const bodyOf = (one: GateResult) => gatesSection({ state: "blocked", results: [one] });
    expect(starvedSoak(bodyOf(soak))).toBe("10m only; 30m are asked. Ask for a shorter soak");
    expect(starvedSoak(bodyOf({ ...soak, state: "waiting" }))).toBeUndefined();
    expect(starvedSoak("nothing")).toBeUndefined();
  });
});
