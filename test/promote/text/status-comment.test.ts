import { describe, expect, it } from "vitest";
import { type StatusStep, statusComment } from "../../../src/promote/text/status-comment.ts";

const at = Date.UTC(2026, 10, 21, 14, 5);
const place = { app: "web", environment: "prod", version: "1.4.0" } as const;

function notYet(environment: string, automatic = false, app = "web"): StatusStep {
  return { app, environment, version: "1.4.0", state: "not-yet", automatic };
}

describe("the comment that says where a change is", () => {
  it("is a table of the environments, and what to do next", () => {
    const text = statusComment([
      { app: "web", environment: "staging", version: "1.5.0", state: "merged" },
      notYet("prod"),
    ]);
    expect(text).toBe(
      [
        "### Where is this change",
        "",
        "| | Environment | Version | |",
        "|---|---|---|---|",
        "| ✅ | staging | `1.5.0` | merged with this pull request |",
        "| ◻️ | prod | `1.4.0` | not yet |",
        "",
        "Comment `/promote prod` to carry it on.",
        "",
        "<sub>Renewed when something changes. `/status` says it again.</sub>",
        "",
      ].join("\n"),
    );
  });

  it("has a column for apps when there are several", () => {
    const lines = statusComment([notYet("prod", true, "a|b"), notYet("prod", true)]).split("\n");
    expect(lines.slice(2, 6)).toEqual([
      "| | App | Environment | Version | |",
      "|---|---|---|---|---|",
      "| ◻️ | a&#124;b | prod | `1.4.0` | not yet; promoted by itself when the source is healthy |",
      "| ◻️ | web | prod | `1.4.0` | not yet; promoted by itself when the source is healthy |",
    ]);
  });

  it("says so when the change touches no app", () => {
    expect(statusComment([])).toBe("### Where is this change\n\nIt touches no app of any environment.\n");
  });

  it.each<readonly [StatusStep, string]>([
    [{ ...place, state: "comes" }, "| ◻️ | prod | `1.4.0` | comes with this pull request |"],
    [{ ...place, version: "", state: "comes" }, "| ◻️ | prod |  | comes with this pull request |"],
    [{ ...place, environment: "eu_1", state: "same" }, "| ✅ | eu&#95;1 | `1.4.0` | has the same versions |"],
    [{ ...place, state: "arrived", pullRequest: undefined, at: undefined }, "| ✅ | prod | `1.4.0` | arrived |"],
    [{ ...place, state: "arrived", pullRequest: 7, at: undefined }, "| ✅ | prod | `1.4.0` | arrived by #7 |"],
    [
      { ...place, state: "arrived", pullRequest: 7, at },
      "| ✅ | prod | `1.4.0` | arrived by #7, 2026-11-21 14:05 UTC |",
    ],
    [
      { ...place, state: "under-way", pullRequest: 13, becomes: "2", gates: "" },
      "| ⏳ | prod | `1.4.0` | becomes `2` with #13 |",
    ],
    [
      { ...place, state: "under-way", pullRequest: 13, becomes: "2", gates: "⏳ So|ak" },
      "| ⏳ | prod | `1.4.0` | becomes `2` with #13: ⏳ So&#124;ak |",
    ],
    [
      {
        ...place,
        state: "under-way",
        pullRequest: 13,
        becomes: "2",
        gates: "⛔ Soak",
        pushed: true,
        starved: "10m only",
      },
      "| ⏳ | prod | `1.4.0` | changes with #13, to which somebody pushed: ⛔ Soak. Soak: 10m only |",
    ],
    [
      { ...place, state: "ahead", from: "sta_ging" },
      "| ◻️ | prod | `1.4.0` | has a newer version than sta&#95;ging, which stays until somebody takes it back |",
    ],
    [
      { ...place, state: "arrived", pullRequest: 7, at: undefined, unmet: { by: "bob", gates: [] } },
      "| 🟠 | prod | `1.4.0` | arrived by #7, merged by `bob` before its gates were evaluated |",
    ],
    [
      { ...place, state: "asked", by: "ada", missing: undefined },
      "| ⏳ | prod | `1.4.0` | asked for by `ada`; opens after the merge, when the source is healthy |",
    ],
    [
      { ...place, state: "rolled-back", by: "ada", at },
      "| ↩️ | prod | `1.4.0` | rolled back by `ada`, 2026-11-21 14:05 UTC |",
    ],
    [{ ...place, state: "held", by: "ada", reason: "a|b" }, "| ⏸️ | prod | `1.4.0` | held by `ada`: a&#124;b |"],
  ])("says of %o one row", (step, row) => {
    expect(statusComment([step]).split("\n")[4]).toBe(row);
  });

  it("names the first environment that waits for a person, and none where everything goes by itself", () => {
    expect(
      statusComment([notYet("eu", true), notYet("prod"), notYet("us")])
        .split("\n")
        .slice(-4),
    ).toEqual([
      "Comment `/promote prod` to carry it on.",
      "",
      "<sub>Renewed when something changes. `/status` says it again.</sub>",
      "",
    ]);
    expect(statusComment([notYet("eu", true), { ...place, state: "same" }])).not.toContain("/promote");
  });

  it("lists 200 rows and counts the rest", () => {
    const steps = (length: number) => Array.from({ length }, (_, index) => notYet(`env-${index}`, true));
    expect(statusComment(steps(200)).match(/^\| ◻️/gmu)).toHaveLength(200);
    expect(statusComment(steps(200))).not.toContain("more");
    expect(statusComment(steps(203)).match(/^\| ◻️/gmu)).toHaveLength(200);
    expect(statusComment(steps(203))).toContain("\n| | … | 3 more | |\n");
  });
});
