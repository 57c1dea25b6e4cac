import { describe, expect, it } from "vitest";
import { previewCheck, previewComment } from "../../src/diff/index.ts";
import { foldChanges } from "../../src/diff/report/fold.ts";
import { opening } from "../../src/diff/report/opening.ts";
import type { Finding, ResourceChange, Severity } from "../../src/model/preview.ts";
import { lintText } from "../support/text-lint.ts";
import { change, finding, preview, target } from "./support.ts";

const within = (budget = 100_000) => ({ budget, measure: (text: string) => text.length, elsewhere: "" });
const complete = { targets: 1, affected: 1, rendered: 1, failed: 0, truncated: 0, hiddenLines: 0, unpinned: [] };

describe("the verdict of a preview", () => {
  const title = (given: Parameters<typeof preview>) => previewCheck(preview(...given)).title;
  const found = (...severities: readonly Severity[]) =>
    severities.map((severity, index) => finding({ severity, id: `rule-${index}`, message: `${index}` }));
  const changed = (name: string, count = 1) =>
    target(name, {
      changes: Array.from({ length: count }, (_, index) => change(`+a: ${index}`, { name: `w${index}` })),
    });
  const environments = ["dev", "staging", "prod"];

  it.each<readonly [Parameters<typeof preview>, string]>([
    [[[]], "No app found to check"],
    [[[], { completeness: { ...complete, affected: 0 } }], "No change in the apps that Sluice knows"],
    [[[], { completeness: complete, apps: 1 }], "No change in the 1 app that Sluice knows"],
    [[[], { completeness: complete, apps: 3, environments: ["prod"] }], "No change in prod"],
    [[[], { completeness: complete, environments }], "No change in prod, staging or dev"],
    [
      [[], { completeness: complete, environments: Array.from({ length: 30 }, (_, index) => `cluster-${index}`) }],
      "No change in the 30 environments that Sluice knows",
    ],
    [[[changed("a/prod")]], "a in prod: Deployment w0 changes"],
    [[[changed("a/default")]], "a: Deployment w0 changes"],
    [[[changed("a/prod", 3)]], "a in prod: 3 resources changed"],
    [[[changed("a/staging"), changed("a/prod")], { environments }], "a in prod, staging: Deployment w0 changes"],
    [[[changed("a/staging", 3), changed("a/prod", 2)], { environments }], "a in prod, staging: 5 resources change"],
    [
      [[changed("a/staging"), changed("b/prod"), changed("c/prod")], { environments }],
      "3 changes: 2 apps in prod, 1 in staging",
    ],
    [
      [[changed("a/staging", 2), changed("b/prod")], { environments }],
      "3 resources change: 1 app in prod, 1 in staging",
    ],
    [[[target("a/prod", { status: "failed" })]], "a in prod cannot be rendered"],
    [
      [[target("a/prod", { status: "failed" }), target("a/dev", { status: "failed" })]],
      "a in prod, dev cannot be rendered",
    ],
    [[[target("a/x", { status: "failed" }), target("b/x", { status: "failed" })]], "2 apps in x cannot be rendered"],
    [
      [[target("a/x", { status: "failed" })], { findings: [finding({ id: "render-failed" }), ...found("danger")] }],
      "a in x cannot be rendered, and 1 danger",
    ],
    [[[], { findings: found("danger", "warning", "notice") }], "Danger in prod: rule 0, and 1 warning"],
    [
      [[], { findings: found("danger", "danger", "warning", "warning") }],
      "Danger in prod: rule 0, and 1 more danger and 2 warnings",
    ],
    [[[], { findings: found("warning") }], "Warning in prod: rule 0"],
    [[[], { findings: [finding({ id: "broken-configuration" })] }], ".sluice.yaml has 1 error"],
  ])("%#: is %2$s", (given, text) => {
    expect(title(given)).toBe(text);
    expect(lintText(title(given), "title")).toEqual([]);
  });

  it("counts a finding of sixty places once, and is never longer than a title may be", () => {
    const sixty = Array.from({ length: 60 }, (_, index) => finding({ app: `app-${index}`, id: "host-path" }));
    expect(title([[], { findings: sixty }])).toBe("Danger in prod: host path");
    const long = (id: string): Finding => finding({ id, environment: "a-long-name-of-an-environment-in-the-west" });
    expect(title([[], { findings: [long("a-rule-with-a-very-long-name-that-does-not-fit")] }])).toBe(
      "Danger in a-long-name-of-an-environment-in-the-west: 1 danger",
    );
  });
});

describe("the opening of a page", () => {
  it("keeps to its room: findings keep their first sentence, then are counted; rows are counted", () => {
    const findings = Array.from({ length: 200 }, (_, index) =>
      finding({ id: `rule-${index}`, message: `Message ${index}. And more of it.`, fix: "do this" }),
    );
    const targets = Array.from({ length: 90 }, (_, index) =>
      target(`app${index}/prod`, { changes: [change(`+a: ${index}`, { name: `w${index}` })] }),
    );
    const full = preview(targets, { findings });
    for (const budget of [2000, 4000, 6000]) {
      const text = opening(full, foldChanges(full), {}, within(budget));
      expect(text.length).toBeLessThanOrEqual(budget);
      expect(text).toContain("> **Message 0.**");
      expect(text).toMatch(/\d+ more dangers\./);
      expect(text).toMatch(/\d+ more places change\./);
    }
  });
});

describe("the diffs of a comment", () => {
  const sized = (name: string, lines: number, more: Partial<ResourceChange> = {}) =>
    change(Array.from({ length: lines }, (_, index) => `+${name}${index}`).join("\n"), { name, kind: "Job", ...more });
  /** The names of the diffs that are open, and of those that are folded away. */
  const shown = (changes: readonly ResourceChange[], findings: readonly Finding[] = []) => {
    const { body } = previewComment(preview([target("a/b", { changes })], { findings }));
    return {
      open: [...body.matchAll(/^\*\*Job `(\w+)`/gm)].map(([, name]) => name).join(" "),
      folded: [...body.matchAll(/<summary>Job (\w+)/g)].map(([, name]) => name).join(" "),
    };
  };
  const about = (name: string, severity: Severity) =>
    finding({ app: "a", environment: "b", resource: `Job/${name}`, severity });
  const added = { action: "added" } as const;

  it("are open where they have twenty lines together", () => {
    expect(shown([sized("one", 10), sized("two", 10, added)])).toEqual({ open: "one two", folded: "" });
  });

  it("are open without those of whole resources, where they have twenty lines without", () => {
    expect(shown([sized("one", 10), sized("two", 10), sized("three", 1, added)])).toEqual({
      ...{ open: "one two", folded: "three" },
    });
  });

  it("are open where a finding points to them, up to twenty lines each and forty together", () => {
    const changes = ["one", "two", "three", "four", "five", "six"].map((name) =>
      sized(name, { one: 20, two: 21, three: 20, four: 1 }[name] ?? 10),
    );
    const risky = (...names: readonly string[]) => names.map((name) => about(name, "warning"));
    expect(shown(changes, [...risky("one", "two"), about("five", "notice")])).toEqual({
      ...{ open: "one", folded: "two five three four six" },
    });
    expect(shown(changes, risky("one", "three", "four")).open).toBe("one three");
    expect(shown(changes, risky("one", "five", "four")).open).toBe("one four five");
  });

  it("are left to the check where only labels of versions change, unless that is all", () => {
    const label = (name: string) => sized(name, 2, { labelsOnly: true });
    expect(shown([sized("one", 2), label("two")])).toEqual({ open: "one", folded: "" });
    expect(shown([label("one"), label("two")])).toEqual({ open: "", folded: "one two" });
  });
});

describe("the pages of a report", () => {
  /** A diff of `size` characters, as `cN`. */
  const sized = (index: number, size: number) =>
    change(
      Array.from(
        { length: Math.ceil(size / 500) },
        () => `+${String(index).padEnd(Math.min(size, 500) - 2, "x")}`,
      ).join("\n"),
      { kind: "ConfigMap", name: `c${index}` },
    );
  const held = (text: string) => [...text.matchAll(/ConfigMap c(\d+) \(/g)].map(([, index]) => Number(index));

  it("hold the diffs in order, in the check's text those first that the comment lacks", () => {
    const changes = Array.from({ length: 12 }, (_, index) => sized(index, 9000));
    const given = preview([target("a/b", { changes })]);
    const [comment, check] = [previewComment(given), previewCheck(given)];
    expect(held(comment.body)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(held(check.text)).toEqual([0, 6, 7, 8, 9, 10, 11]);
    expect(held(check.summary)).toEqual([]);
    expect(comment).toMatchObject({ shown: 6, omitted: 6 });
    expect(comment.body).toContain(
      "**Shown here: 6 of 12 diffs**, the riskiest first. The other 6 are in the check.\n",
    );
  });

  it("hold in the check's summary what comment and text cannot, and count what none can", () => {
    const changes = Array.from({ length: 24 }, (_, index) => sized(index, 9000));
    const given = preview([target("a/b", { changes })], { completeness: { ...complete, truncated: 2 } });
    const options = { detailsUrl: "https://h/c" };
    const [comment, check] = [previewComment(given, options), previewCheck(given, options)];
    expect([held(comment.body), held(check.text), held(check.summary)].map(({ length }) => length)).toEqual([6, 7, 6]);
    expect(comment).toMatchObject({ shown: 6, omitted: 18, completeness: { truncated: 7 } });
    expect(check).toMatchObject({ conclusion: "neutral", completeness: { truncated: 7 } });
    expect(comment.body).toContain(
      "The other 13 are in [the check](https://h/c). 5 diffs are too large for GitHub; `sluice preview` shows all.\n\n",
    );
    expect(check.summary).toContain("**5 diffs are too large for GitHub.** `sluice preview` shows all.\n\n");
  });

  it("skip a diff that is too large for what smaller ones still fit into", () => {
    const given = preview([target("a/b", { changes: [sized(0, 9000), sized(1, 9000), sized(2, 100)] })]);
    const { body, shown, omitted } = previewComment(given, { limit: 12_000 });
    expect([held(body), shown, omitted]).toEqual([[0, 2], 2, 1]);
    expect(held(previewCheck(given, { limit: 12_000 }).text)).toEqual([0, 1, 2]);
  });

  it("say nothing of the check where the comment holds all, and count a folded diff for each of its resources", () => {
    const one = change("-a: 1\n+a: 2");
    const given = preview([target("a/b", { changes: [one] }), target("a/c", { changes: [one] })]);
    const { body, ...counts } = previewComment(given);
    expect(body).not.toContain("the check");
    expect(counts).toMatchObject({ shown: 2, omitted: 0, completeness: { truncated: 0 } });
  });

  it("count a diff in parts as shown only where the comment has all of them", () => {
    const diff = Array.from({ length: 100 }, (_, index) => `+${String(index).padStart(499, "0")}`).join("\n");
    const given = preview([target("a/b", { changes: [change(diff)] })]);
    expect(previewComment(given)).toMatchObject({ shown: 1, omitted: 0 });
    expect(previewComment(given, { limit: 40_000 })).toMatchObject({
      ...{ shown: 0, omitted: 1, completeness: { truncated: 0 } },
    });
  });

  it("keep a table of many rows within its room, equal ones together", () => {
    const targets = Array.from({ length: 3000 }, (_, index) =>
      target(`application-${index}/prod`, { changes: [change(`+a: ${index}`, { name: `w${index}` })] }),
    );
    const { body } = previewComment(preview(targets), { limit: 3000 });
    expect(body.length).toBeLessThanOrEqual(3000);
    expect(body).toMatch(/[\d,]+ more places change/);
    const same = Array.from({ length: 40 }, (_, index) => target(`app${index}/prod`, { changes: [change("+a: 1")] }));
    const other = target("app99/dev", { changes: [change("+a: 2", { name: "other" })] });
    expect(previewComment(preview([...same, other])).body).toContain(
      " · app0, app1, app10, app11, app12, app13 and 34 more |",
    );
  });
});
