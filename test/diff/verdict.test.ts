import { describe, expect, it } from "vitest";
import { fillWords } from "../../src/diff/finding-words.ts";
import { headingMarks, plainMarks } from "../../src/diff/report/changes.ts";
import { verdict } from "../../src/diff/report/verdict.ts";
import type { Finding, Preview, TargetPreview } from "../../src/model/preview.ts";
import { change, finding, preview, target } from "./support.ts";

const environments = ["dev", "staging", "prod"];
const said = (targets: readonly TargetPreview[], more: Partial<Preview> = {}) => {
  const { sign, text } = verdict(preview(targets, { environments, ...more }), plainMarks);
  return [sign, text].filter((part) => part !== "").join(" ");
};
const changed = (name: string, count = 1, more: Partial<TargetPreview> = {}) =>
  target(name, { changes: Array.from({ length: count }, (_, index) => change(`+a: ${index}`)), ...more });
const failed = (name: string, cause?: "change" | "before") =>
  target(name, { status: "failed", error: { message: "no", side: "head", ...(cause === undefined ? {} : { cause }) } });
/** A finding with words of its own. */
const worded = (short: string, more: Partial<Finding> = {}): Finding => {
  const words = { short, message: `${short}.` };
  const one = finding({ words, ...more });
  return { ...one, message: fillWords(words, [{ ...one, name: undefined }]).message };
};
const unknown = (...unpinned: Preview["completeness"]["unpinned"]) => ({
  completeness: { targets: 1, affected: 1, rendered: 1, failed: 0, truncated: 0, hiddenLines: 0, unpinned },
});
const notFetched = [finding({ id: "reference-not-fetched", severity: "warning" })];
const long = (letter: string) => letter.repeat(30);

describe("the first line about a preview", () => {
  it.each<readonly [targets: readonly TargetPreview[], more: Partial<Preview>, text: string]>([
    [[failed("a/prod")], {}, "❌ a in prod cannot be rendered"],
    [[failed("a/prod", "change"), failed("b/dev", "before")], {}, "❌ a in prod cannot be rendered"],
    [[failed("a/prod", "before")], {}, "No change in prod, staging or dev"],
    [
      [failed("a/prod")],
      { findings: [worded("{app} is bad"), finding({ id: "x", severity: "warning" })] },
      "❌ a in prod cannot be rendered, and 1 danger and 1 warning",
    ],
    [
      ["dev", "staging", "prod", "x"].map((name) => failed(`a/${name}`)),
      {},
      "❌ a in 4 environments cannot be rendered",
    ],
    [[failed(`${long("a")}/${long("b")}`)], { findings: [worded("bad")] }, `❌ ${long("a")} in ${long("b")} can…`],
    [[], { findings: [worded("{app} is bad")] }, "🔴 Danger in prod: webapp is bad"],
    [[], { findings: [worded("{app} is bad", { environment: "default" })] }, "🔴 Danger: webapp is bad"],
    [[], { findings: [worded("{app} is bad", { severity: "warning" })] }, "🟠 Warning in prod: webapp is bad"],
    [
      [],
      { findings: [worded("{app} is bad", { acknowledged: { by: "ada" } })] },
      "🟠 Danger in prod, confirmed: webapp is bad",
    ],
    [
      [failed("a/prod", "before")],
      { findings: [worded("{app} is broken on {base}", { id: "render-failed", severity: "warning" })] },
      "🟠 Unknown: webapp is broken on the base branch",
    ],
    [
      [],
      {
        findings: [
          worded(`${"x".repeat(40)} is bad`),
          worded("b", { id: "b" }),
          worded("c", { id: "c", severity: "warning" }),
        ],
      },
      `🔴 Danger in prod: ${"x".repeat(40)} is bad`,
    ],
    [
      [],
      { findings: [worded(`${"x".repeat(60)} is bad`), worded("c", { id: "c", severity: "warning" })] },
      "🔴 Danger in prod: 1 danger and 1 warning",
    ],
    [
      [],
      { findings: [worded("x".repeat(60), { environment: "e".repeat(60), severity: "warning" })] },
      "🟠 Warning: 1 warning",
    ],
    [
      [],
      { findings: [worded("1 file belongs to no app", { id: "unread-files", severity: "warning" })] },
      "🟠 Not checked: 1 file belongs to no app",
    ],
    [
      [],
      { findings: ["x", "y"].map((message) => finding({ id: "broken-configuration", message })) },
      "❌ .sluice.yaml has 2 errors",
    ],
  ])("is the gravest that is found: %#", (targets, more, text) => expect(said(targets, more)).toBe(text));

  it.each<readonly [targets: readonly TargetPreview[], more: Partial<Preview>, text: string]>([
    [[changed("a/prod")], unknown({ reference: "r", reason: "" }), "🟠 a in prod: 1 change, 1 remote base unknown"],
    [[changed("a/prod", 3)], unknown({ reference: "r", reason: "" }), "🟠 a in prod: 3 changes, 1 remote base unknown"],
    [
      [target("a/prod", { status: "unchanged" }), target("b/prod", { status: "unchanged" })],
      unknown({ reference: "r", reason: "" }, { reference: "r", reason: "" }),
      "🟠 2 apps in prod: 1 remote base unknown",
    ],
    [
      [changed("a/prod"), target("b/prod", { status: "unchanged" })],
      unknown({ kind: "chart", reference: "r", reason: "" }, { kind: "chart", reference: "s", reason: "" }),
      "🟠 a in prod: 1 change, 2 charts unknown",
    ],
    [
      [changed("a/prod")],
      unknown({ kind: "file", reference: "r", reason: "" }, { reference: "s", reason: "" }),
      "🟠 a in prod: 1 change, 2 remote sources unknown",
    ],
    [
      [changed("a/prod")],
      unknown({ kind: "object", reference: "r", reason: "" }),
      "🟠 a in prod: 1 change, 1 remote source unknown",
    ],
    [[changed("a/prod")], {}, "🟠 a in prod: 1 change, 1 remote source unknown"],
    [
      environments.map((name) => changed(`${long("a")}/${long(name.slice(0, 1))}`)),
      unknown({ reference: "r", reason: "" }),
      `🟠 3 changes: 1 app in ${long("d")} and 2 elsewhere`,
    ],
  ])("says what is unknown where something was not fetched: %#", (targets, more, text) => {
    expect(said(targets, { ...more, findings: notFetched })).toBe(text);
  });

  it("is a warning where something is not known, though nothing is found", () => {
    expect(said([changed("a/prod")], unknown({ reference: "r", reason: "" }))).toBe(
      "🟠 a in prod: Deployment web changes",
    );
    expect(said([changed("a/prod")])).toBe("a in prod: Deployment web changes");
  });

  it.each<readonly [targets: readonly TargetPreview[], text: string]>([
    [[changed("/prod")], "this repository in prod: Deployment web changes"],
    [[changed("a/prod", 2, { status: "added" })], "New in prod: app a, 2 resources"],
    [
      [changed("a/prod", 1, { status: "added" }), changed("b/dev", 1, { status: "added" })],
      "New in prod, dev: 2 apps, 2 resources",
    ],
    [[changed("a/prod", 1, { status: "added" }), changed("b/dev")], "2 changes: 1 app in prod, 1 in dev"],
    [
      environments.map((name) => changed(`${"a".repeat(20)}/${name}-${"b".repeat(20)}`, 2, { status: "added" })),
      "6 resources change in 3 places",
    ],
    [
      ["one", "two", "three", "four", "five", "six"].map((name) => changed(`${name}/${name}-${"x".repeat(9)}`)),
      "6 changes: 1 app in one-xxxxxxxxx, 1 in two-xxxxxxxxx and 4 elsewhere",
    ],
    [
      [
        ...[..."abcd"].map((app) => changed(`${app}/prod`, 2)),
        ...["one", "two", "three", "four", "five"].flatMap((name) => [..."ab"].map((app) => changed(`${app}/${name}`))),
      ],
      "18 resources change: 4 apps in prod, 2 in one and 8 elsewhere",
    ],
    [[changed("a/default"), changed("b/default")], "2 changes: 2 apps"],
    [
      [...Array.from({ length: 1200 }, (_, index) => changed(`a${index}/x`)), changed("b/y")],
      "1,201 changes: 1,200 apps in x, 1 in y",
    ],
  ])("is what changes, in what has room: %#", (targets, text) => expect(said(targets)).toBe(text));

  const suspended = (...names: readonly string[]) =>
    names.map((environment) =>
      worded("Flux is suspended there", { id: "suspended", severity: "notice", app: "a", environment }),
    );

  it("says that nothing of it is deployed where all places are suspended, and it has room", () => {
    const two = [changed("a/prod"), changed("a/dev")];
    const text = "a in prod, dev: Deployment web changes";
    expect(said(two, { findings: suspended("prod", "dev") })).toBe(`${text}, Flux is suspended there`);
    expect(said(two, { findings: suspended("prod") })).toBe(text);
    const name = `a/prod-${"x".repeat(20)}`;
    expect(said([changed(name)], { findings: suspended(name.slice(2)) })).toBe(
      `a in prod-${"x".repeat(20)}: Deployment web changes`,
    );
  });

  it("sets off names, and has the name of the branch", () => {
    const broken = [worded("{app} is broken on {base}, `x` too", { severity: "warning" })];
    expect(verdict(preview([], { findings: broken }), headingMarks, "main")).toEqual({
      ...{ sign: "🟠", text: "Warning in prod: webapp is broken on main, `x` too" },
    });
    expect(verdict(preview([], { findings: broken }), plainMarks, "main").text).toBe(
      "Warning in prod: webapp is broken on main, x too",
    );
  });
});
