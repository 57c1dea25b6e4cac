import { describe, expect, it } from "vitest";
import { previewCheck, previewComment } from "../../src/diff/index.ts";
import { opening } from "../../src/diff/report/opening.ts";
import type { Severity } from "../../src/model/preview.ts";
import { change, drift, finding, preview, target } from "./support.ts";

const within = (budget = 100_000) => ({ budget, measure: (text: string) => text.length, elsewhere: "" });
const complete = { targets: 1, affected: 1, rendered: 1, failed: 0, truncated: 0, hiddenLines: 0, unpinned: [] };

describe("the opening of a page", () => {
  const title = (given: Parameters<typeof preview>) => previewCheck(preview(...given)).title;
  const found = (...severities: readonly Severity[]) => severities.map((severity) => finding({ severity }));

  it.each<readonly [Parameters<typeof preview>, string]>([
    [[[]], "Nothing changes in any environment"],
    [[[target("a/b", { status: "unchanged" })]], "Nothing changes in any environment"],
    [[[target("a/b")]], "1 target changes"],
    [[[target("a/b"), target("a/c", { status: "added" }), target("a/d", { status: "removed" })]], "3 targets change"],
    [[[target("a/b", { status: "failed" }), target("a/c")]], "1 target does not render, 1 target changes"],
    [[[target("a/b", { status: "failed" }), target("a/c", { status: "failed" })]], "2 targets do not render"],
    [[[], { findings: found("danger", "warning", "notice") }], "1 danger, 1 warning"],
    [[[], { findings: found("danger", "danger", "warning", "warning") }], "2 dangers, 2 warnings"],
    [
      [[target("a/b", { status: "failed" })], { findings: [finding({ id: "render-failed" })] }],
      "1 target does not render",
    ],
    [[[], { findings: [finding({ id: "render-failed" })] }], "1 danger"],
  ])("%#: has the title %2$s", (given, text) => {
    expect(title(given)).toBe(text);
  });

  it("says of targets that render the same how many they are", () => {
    const said = (...targets: readonly ReturnType<typeof target>[]) =>
      opening(preview(targets), { title: "" }, within());
    expect(said(target("a/b", { status: "unchanged" }))).toBe(
      "1 target reads the changed files and renders the same.\n\n",
    );
    expect(said(target("a/b", { status: "unchanged" }), target("a/c", { status: "unchanged" }), target("a/d"))).toBe(
      "2 targets read the changed files and render the same.\n\n| Target | Resources |\n|:--|:--|\n| ✏️ `a/d` | none |\n\n",
    );
  });

  it("says what there is to do where there are no targets, and nothing more", () => {
    const none = { ...complete, affected: 0, rendered: 0 };
    expect(opening(preview([], { completeness: { ...none, targets: 0 } }), {}, within())).toBe(
      "### Sluice: Nothing changes in any environment\n\nNo targets were found in this repository, so there is nothing to render. A target is a kustomization, a Helm chart or a directory of manifests; `.sluice.yaml` can name them.\n\n",
    );
    expect(opening(preview([], { completeness: none }), { title: "" }, within())).toBe(
      "No target reads a file that this pull request changes, so nothing changes in any environment (1 target checked).\n\n",
    );
  });

  it("has the title that it is given", () => {
    expect(previewComment(preview([]), { title: "### Mine" }).body).toMatch(/^### Mine\n\nNo targets were found/);
    expect(previewCheck(preview([]), { title: "### Mine" }).summary).toMatch(/^No targets were found/);
  });

  it("shares its room out between its parts", () => {
    const findings = Array.from({ length: 90 }, (_, index) =>
      finding({ id: `rule-${index}`, message: `Message ${index}.` }),
    );
    const because = Array.from({ length: 90 }, (_, index) => [`file${index}.yaml`, "x"]);
    const targets = Array.from({ length: 90 }, (_, index) => target(`app/env${index}`, { restarts: index, because }));
    const notes = Array.from({ length: 90 }, (_, index) => `remark ${index}`);
    const apart = Array.from({ length: 90 }, (_, index) => drift({ app: `app${index}` }));
    const full = preview(targets, { findings, notes, drift: { apart, unchecked: 0 } });
    for (const budget of [6000, 9000, 12_000]) {
      const text = opening(full, { title: "T\n\n" }, within(budget));
      expect(text.length).toBeLessThanOrEqual(budget);
      const ends = ["| Target", "Environments apart", "Why these targets"].map((mark) => text.indexOf(mark));
      for (const [index, share] of [0.36, 0.36, 0.1].entries()) {
        const used = ((ends[index] ?? 0) - (ends[index - 1] ?? 0)) / budget;
        expect(used).toBeGreaterThan(share / 2);
        expect(used).toBeLessThan(share + 0.01);
      }
    }
  });
});

describe("the pages of a report", () => {
  /** A diff of `size` characters, as `cN`. */
  const sized = (index: number, size: number) =>
    change(`+${String(index).padEnd(size - 1, "x")}`, { kind: "ConfigMap", name: `c${index}` });
  const held = (text: string) => [...text.matchAll(/<code>c(\d+)<\/code>/g)].map(([, index]) => Number(index));

  it("hold the diffs in order, in the check's text those first that the comment lacks", () => {
    const changes = Array.from({ length: 14 }, (_, index) => sized(index, 9000));
    const given = preview([target("a/b", { changes })]);
    const [comment, check] = [previewComment(given), previewCheck(given)];
    expect(held(comment.body)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(held(check.text)).toEqual([7, 8, 9, 10, 11, 12, 13]);
    expect(held(check.summary)).toEqual([]);
    expect(comment).toMatchObject({ shown: 7, omitted: 7 });
    expect(comment.body).toContain("**7 more resource diffs stand in the check.**\n\n**1 of 1");
  });

  it("hold in the check's summary what comment and text cannot, and count what none can", () => {
    const changes = Array.from({ length: 24 }, (_, index) => sized(index, 9000));
    const given = preview([target("a/b", { changes })], { completeness: { ...complete, truncated: 2 } });
    const [comment, check] = [
      previewComment(given, { detailsUrl: "https://h/c" }),
      previewCheck(given, { detailsUrl: "https://h/c" }),
    ];
    expect([held(comment.body), held(check.text), held(check.summary)].map(({ length }) => length)).toEqual([7, 7, 7]);
    expect([...held(comment.body), ...held(check.text), ...held(check.summary)]).toEqual(
      Array.from({ length: 21 }, (_, index) => index),
    );
    expect(comment).toMatchObject({ shown: 7, omitted: 17, completeness: { truncated: 5 } });
    expect(check).toMatchObject({ conclusion: "neutral", completeness: { truncated: 5 } });
    expect(comment.body).toContain(
      "**14 more resource diffs stand in [the check](https://h/c).** 3 resource diffs no report on GitHub can hold whole.\n\n",
    );
    expect(check.summary).toContain(
      "**3 resource diffs could not be held whole by the comment and this check together.** Run `sluice preview` to read all of it.\n\n",
    );
  });

  it("skip a diff that is too large for what smaller ones still fit into", () => {
    const given = preview([target("a/b", { changes: [sized(0, 9000), sized(1, 9000), sized(2, 100)] })]);
    const { body, shown, omitted } = previewComment(given, { limit: 12_000 });
    expect([held(body), shown, omitted]).toEqual([[0, 2], 2, 1]);
    expect(body).toContain("**1 more resource diff stands in the check.**\n");
    expect(held(previewCheck(given, { limit: 12_000 }).text)).toEqual([0, 1, 2]);
  });

  it("say nothing of the check where the comment holds all, and count a folded diff for each of its resources", () => {
    const one = change("-a: 1\n+a: 2");
    const given = preview([target("a/b", { changes: [one] }), target("a/c", { changes: [one] })]);
    const { body, ...counts } = previewComment(given);
    expect(body).not.toContain("the check");
    expect(counts).toMatchObject({ shown: 2, omitted: 0, completeness: { truncated: 0 } });
    expect(previewCheck(given).summary).not.toContain("could not be held");
  });

  it("count a diff in parts as shown only where the comment has all of them", () => {
    const diff = Array.from({ length: 50 }, (_, index) => `+${String(index).padStart(999, "0")}`).join("\n");
    const given = preview([target("a/b", { changes: [change(diff)] })]);
    expect(previewComment(given)).toMatchObject({ shown: 1, omitted: 0 });
    expect(previewComment(given, { limit: 40_000 })).toMatchObject({
      shown: 0,
      omitted: 1,
      completeness: { truncated: 0 },
    });
  });
});
