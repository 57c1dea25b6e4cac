import { describe, expect, it } from "vitest";
import { diffBlocks } from "../../src/diff/report/block.ts";
import { htmlText, placesOf, renamedText, shortPlacesOf } from "../../src/diff/report/block-words.ts";
import { type ChangeGroup, foldChanges } from "../../src/diff/report/fold.ts";
import type { ResourceChange } from "../../src/model/preview.ts";
import { change, finding, preview, target } from "./support.ts";

/** A group of changes in `app/environment` or `app/environment/name`. */
const group = (places: readonly string[], more: Partial<ResourceChange> = {}): ChangeGroup => ({
  change: change("-a: 1\n+a: 2", more),
  severity: undefined,
  members: places.map((place) => {
    const [app = "", environment = "", name = more.name ?? "web"] = place.split("/");
    return { target: `${app}/${environment}`, app, environment, name, namespace: "" };
  }),
});
const count = (length: number, of: (index: number) => string) => Array.from({ length }, (_, index) => of(index));

describe("where a change is", () => {
  const context = (targets: number, apps: number, groups = 2) => ({ targets, apps, groups });

  it.each<readonly [places: readonly string[], targets: number, apps: number, text: string]>([
    [["a/prod"], 1, 1, ""],
    [["a/prod"], 2, 1, " in prod"],
    [["a/default"], 2, 1, ""],
    [["a/prod", "a/dev"], 3, 2, " of a in prod, dev"],
    [["web/prod"], 3, 2, " in prod"],
    [["a/prod/x", "a/dev/xay"], 3, 2, " in prod, dev"],
    [["/prod"], 3, 2, " in prod"],
    [["a/default"], 2, 2, " of a"],
    [["a/prod", "/prod"], 3, 2, " of a in prod"],
    [count(4, (index) => `a/e${index}`), 9, 1, " in e0, e1, e2, e3"],
    [count(5, (index) => `a/e${index}`), 5, 1, " in all 5 places"],
    [count(5, (index) => `a/e${index}`), 9, 1, " in the 5 others"],
    [count(5, (index) => `a/e${index}`), 10, 1, " in 5 places"],
    [["a/prod", "b/prod"], 5, 2, " in 2 places"],
    [["a/prod/x", "a/prod/y", "b/prod"], 4, 2, " in 2 places"],
    [count(1200, (index) => `a${index}/x`), 1200, 2, " in all 1,200 places"],
  ])("%#: of %2$d places in %3$d apps is said as '%4$s'", (places, targets, apps, text) => {
    expect(placesOf(group(places), context(targets, apps))).toBe(text);
  });

  it("is not called the others where there is no other", () => {
    expect(placesOf(group(["a/x", "b/x"]), context(3, 2, 1))).toBe(" in 2 places");
  });

  it.each<readonly [places: readonly string[], text: string]>([
    [["a/prod", "b/dev"], " in prod, dev"],
    [["a/prod", "b/prod"], ""],
    [["a/default", "b/default"], ""],
    [["a/default"], ""],
    [count(4, (index) => `a/e${index}`), " in e0, e1, e2, e3"],
    [count(5, (index) => `a/e${index}`), ""],
  ])("is said by the environments alone, where these say it all: %#", (places, text) => {
    expect(shortPlacesOf(group(places))).toBe(text);
    expect(shortPlacesOf(group(places, { action: "removed" }))).toBe(text.replace(" in ", ": "));
  });
});

describe("what a renamed resource was", () => {
  const hashed = "c-2g4h6k8m9t";
  it.each<readonly [from: Partial<ResourceChange["from"] & object>, more: Partial<ResourceChange>, text: string]>([
    [{ name: "old" }, {}, "<old> → <web>"],
    [{ name: "old" }, { fields: [] }, "<old> → <web>, nothing else"],
    [{ name: "old" }, { fields: [{ name: "a", path: "a", from: "1", to: "2" }] }, "<old> → <web>"],
    [{ kind: "A_b" }, {}, "A&#95;b <web> → Deployment <web>"],
    [{ kind: "Job", name: "old", namespace: "x" }, {}, "Job <old> → Deployment <web>, namespace <x> → none"],
    [{}, { namespace: "y" }, "namespace none → <y>"],
    [{ name: "old", kind: "Secret" }, { kind: "Secret", name: hashed }, `<old> → <${hashed}>, a generated name`],
    [{ name: "old", kind: "ConfigMap" }, { kind: "ConfigMap", name: hashed }, `<old> → <${hashed}>, a generated name`],
    [{ name: "old" }, { name: hashed }, `<old> → <${hashed}>`],
  ])("%#: %3$s", (from, more, text) => {
    const before = { apiVersion: "apps/v1", kind: "Deployment", namespace: "", name: "web", ...from };
    expect(renamedText(change("", { from: before, ...more }), (name) => `<${name}>`)).toBe(text);
  });
});

describe("text in a summary", () => {
  it("is neither HTML nor Markdown, and mentions nobody", () => {
    expect(htmlText("<b> & > @ada #1 GH-2 https://x www.x # a")).toBe(
      "&lt;b&gt; &amp; &gt; @\u200Bada #\u200B1 GH-\u200B2 https:\u200B//x www\u200B.x # a",
    );
  });
});

describe("an open diff", () => {
  const context = { targets: 2, apps: 1, groups: 2 };
  const caption = (one: ChangeGroup) => diffBlocks(one, context, true)[0]?.text.split("\n\n")[0];
  const line = { path: "data.a.json", length: 1200, places: 1, words: { from: "x", to: "y" } };
  const from = { apiVersion: "apps/v1", kind: "Deployment", namespace: "", name: "old" };

  it.each<readonly [places: readonly string[], more: Partial<ResourceChange>, text: string]>([
    [["a/prod"], {}, "**Deployment `web`** in prod"],
    [["a/prod/x", "a/dev/y"], {}, "**Deployment** in prod, dev"],
    [["a/p_d"], {}, "**Deployment `web`** in p&#95;d"],
    [["a/prod"], { kind: "A_b" }, "**`A_b` `web`** in prod"],
    [["a/prod"], { action: "added" }, "**Deployment `web`** in prod is new"],
    [["a/prod"], { action: "removed" }, "**Deployment `web`** in prod removed"],
    [["a/prod"], { copies: true }, "**Deployment `web`** in prod, first copy → second copy"],
    [["a/prod"], { action: "renamed", from }, "**Deployment** in prod `old` → `web`"],
    [["a/prod"], { action: "renamed", from: { ...from, name: "web" } }, "**Deployment `web`** in prod, new content"],
    [
      ["a/prod"],
      { longLines: [line] },
      "**Deployment `web`** in prod, key `a.json`: 1 place in a line of 1,200 characters, `x` → `y`",
    ],
    [
      ["a/prod"],
      { longLines: [{ path: "args[0]", length: 700, places: 1200, words: undefined }] },
      "**Deployment `web`** in prod, `args[0]`: 1,200 places in a line of 700 characters",
    ],
    [["a/prod"], { longLines: [line, line] }, "**Deployment `web`** in prod"],
  ])("says what it is about: %#", (places, more, text) => expect(caption(group(places, more))).toBe(text));

  it("says which part it is, with the diff below it", () => {
    const diff = ["+a".padEnd(500, "a"), ...count(50, (index) => `+${index}`.padEnd(500, "b"))].join("\n");
    const [first, second, ...others] = diffBlocks(group(["a/prod"], { diff }), context, true);
    expect(others).toEqual([]);
    expect(first?.text).toMatch(/^\*\*Deployment `web`\*\* in prod, part 1 of 2\n\n```diff\n\+aaa[^`]*\n```\n$/);
    expect(second?.text).toMatch(/^\*\*Deployment `web`\*\* in prod, part 2 of 2\n\n```diff\n\+\d+bb[^`]*\n```\n$/);
    expect(diffBlocks(group(["a/prod"], { diff: "" }), context, true)[0]?.text).toBe("**Deployment `web`** in prod\n");
  });
});

describe("a folded diff", () => {
  const folded = (one: ChangeGroup, context = { targets: 9, apps: 2, groups: 2 }) => diffBlocks(one, context)[0]?.text;
  const summary = (one: ChangeGroup) => /<summary>(.*)<\/summary>/.exec(folded(one) ?? "")?.[1];
  const from = { apiVersion: "apps/v1", kind: "Deployment", namespace: "", name: "old" };

  it("names its resources, up to twenty, and what they were", () => {
    const names = (length: number) => group(count(length, (index) => `a/prod/n_${index}`));
    const two = "<details><summary>Deployment of a in prod (+1 −1 each)</summary>\n\n`n_0`, `n_1`\n\n```diff\n";
    expect(folded(names(2))?.startsWith(two)).toBe(true);
    expect(folded(names(20))).toContain("`n_18`, `n_19`\n\n```diff");
    expect(folded(names(21))).not.toContain("`n_20`");
    expect(folded(names(1))).toContain("</summary>\n\n```diff");
    const renamed = group(["a/prod/x", "a/prod/y"], { action: "renamed", from });
    expect(folded(renamed)).toContain("</summary>\n\n`old` → `web`\n\n`x`, `y`\n\n```diff");
    const content = group(["a/prod"], { action: "renamed", from: { ...from, name: "web" } });
    expect(folded(content)).toBe(
      "<details><summary>Deployment web, new content of a in prod (+1 −1)</summary>\n\n```diff\n-a: 1\n+a: 2\n```\n\n</details>\n",
    );
    expect(folded(group(["a/prod"], { diff: "" }))).toBe(
      "<details><summary>Deployment web of a in prod (+1 −1)</summary>\n\n</details>\n",
    );
  });

  it("leaves out of its summary what has no room: the word of the risk, then places, then the end of the name", () => {
    const of = (length: number, places = ["a/prod", "b/prod", "a/dev"]) =>
      summary({ ...group(places, { name: "x".repeat(length) }), severity: "danger" });
    expect(of(20)).toBe(`Deployment ${"x".repeat(20)} in 3 places (+1 −1 each) · 🔴 danger`);
    expect(of(23)).toBe(`Deployment ${"x".repeat(23)} in 3 places (+1 −1 each) · 🔴 danger`);
    expect(of(24)).toBe(`Deployment ${"x".repeat(24)} in 3 places (+1 −1 each) · 🔴`);
    expect(of(31)).toBe(`Deployment ${"x".repeat(31)} in 3 places (+1 −1 each)`);
    expect(of(90)).toBe(`Deployment ${"x".repeat(33)}… in 3 places (+1 −1 each)`);
    const long = count(3, (index) => `a/${"e".repeat(12)}${index}`);
    expect(of(20, long)).toBe(`Deployment ${"x".repeat(20)} in 3 places (+1 −1 each) · 🔴 danger`);
  });
});

describe("resources that come, go or move together", () => {
  const whole = (kind: string, more: Partial<ResourceChange> = {}) => {
    const sign = more.action === "removed" ? "-" : "+";
    return change(count(11, (index) => `${sign}${kind}${index}`).join("\n"), {
      kind,
      name: kind,
      action: "added",
      ...more,
    });
  };
  const blocks = (changes: readonly ResourceChange[], severities: readonly string[] = []) => {
    const findings = severities.map((resource) =>
      finding({ app: "a", environment: "prod", resource, severity: "warning" }),
    );
    const groups = foldChanges(preview([target("a/prod", { changes })], { findings }));
    const context = { targets: 1, apps: 1, groups: groups.length };
    return groups.flatMap((one) =>
      diffBlocks(one, context, true).map(({ text, folded }) => ({ text, folded, group: one })),
    );
  };
  const summaries = (changes: readonly ResourceChange[]) =>
    blocks(changes).map(({ folded }) => /<summary>(.*)<\/summary>/.exec(folded)?.[1]);
  const removed = { action: "removed" } as const;

  it("are one block that lists their kinds", () => {
    expect(summaries([whole("A"), whole("B")])).toEqual(["2 new resources: A, B (+22)"]);
    expect(summaries([whole("A", removed), whole("B", removed)])).toEqual(["2 removed resources: A, B (−22)"]);
    expect(blocks([whole("A", removed), whole("B", removed)])[0]?.folded).toContain("-A10\n----\n-B0\n");
    const short = change("+a\n+b", { action: "added", kind: "B", name: "b" });
    expect(summaries([whole("A"), short])).toHaveLength(2);
    expect(summaries([whole("A"), { ...short, addedLines: 10 }])).toEqual(["2 new resources: A, B (+21)"]);
    expect(summaries([whole("A"), { ...short, addedLines: 9 }])).toHaveLength(2);
    expect(summaries([whole("A"), whole("B", removed)])).toHaveLength(2);
    expect(summaries([whole("A", { addedLines: 30 })])).toEqual(["A A is new (+30)"]);
    const large = (size: number) => whole("B", { diff: "x".repeat(size - whole("A").diff.length) });
    expect(summaries([whole("A"), large(20_000)])).toHaveLength(1);
    expect(summaries([whole("A"), large(20_001)])).toHaveLength(2);
  });

  it("list as many kinds as there is room for", () => {
    const kinds = (...sizes: readonly number[]) => sizes.map((size, index) => whole(`${index}`.padEnd(size, "K")));
    expect(summaries(kinds(6, 6, 6, 6, 6, 6, 6))).toEqual([
      "7 new resources: 0KKKKK, 1KKKKK, 2KKKKK, 3KKKKK and 3 more (+77)",
    ]);
    expect(summaries(kinds(22, 23))).toEqual([`2 new resources: ${"0".padEnd(22, "K")}, ${"1".padEnd(23, "K")} (+22)`]);
    expect(summaries(kinds(23, 23))).toEqual([`2 new resources: ${"0".padEnd(23, "K")} and 1 more (+22)`]);
    expect(summaries(kinds(60, 60))).toEqual(["2 new resources (+22)"]);
  });

  it("are shown apart where something is to be said of one", () => {
    expect(blocks([whole("A"), whole("B")], ["B/B"])).toHaveLength(2);
  });

  const renamed = (kind: string, more: Partial<ResourceChange> = {}) =>
    change("@@ metadata @@\n-name: x\n+name: y", {
      ...{ kind, name: "y", action: "renamed", fields: [] },
      ...{ from: { apiVersion: "apps/v1", kind, namespace: "", name: "x" }, ...more },
    });
  const moved = (kind: string, more: Partial<ResourceChange> = {}) =>
    renamed(kind, {
      name: "x",
      namespace: "n",
      diff: "@@ metadata @@\n+namespace: n",
      addedLines: 1,
      removedLines: 0,
      ...more,
    });

  it("under other names are one block, with their kinds in its diff", () => {
    const [one, ...others] = blocks([renamed("A"), renamed("B")], ["B/y"]);
    expect(others).toEqual([]);
    expect(one?.folded).toBe(
      "<details><summary>Diffs (+2 −2)</summary>\n\n```diff\n@@ B metadata @@\n-name: x\n+name: y\n@@ A metadata @@\n-name: x\n+name: y\n```\n\n</details>\n",
    );
    expect(one?.group.severity).toBe("warning");
    expect(blocks([renamed("A")])).toHaveLength(1);
    expect(blocks([renamed("A")])[0]?.group.combined).toBeUndefined();
    const more = { fields: [{ name: "a", path: "a", from: "1", to: "2" }] };
    expect(blocks([renamed("A"), renamed("B", more)])).toHaveLength(2);
    const { fields: _, ...unknown } = renamed("B");
    expect(blocks([renamed("A"), unknown])).toHaveLength(2);
    const kind = { from: { apiVersion: "v1", kind: "C", namespace: "", name: "x" } };
    expect(blocks([renamed("A"), renamed("B", kind)])).toHaveLength(2);
    expect(blocks([renamed("A"), moved("B")])).toHaveLength(2);
  });

  it("to another namespace are one block with the one diff of all", () => {
    const all = [moved("A"), moved("B")];
    expect(blocks(all)[0]?.text).toBe("**All 2 resources**\n\n```diff\n@@ metadata @@\n+namespace: n\n```\n");
    expect(summaries(all)).toEqual(["All 2 resources (+1 each)"]);
    expect(blocks([...all, whole("C")]).map(({ text }) => text.split("\n")[0])).toContain("**2 resources**");
    expect(summaries([...all, moved("C", { diff: "@@ metadata @@\n+namespace: m" })])).toHaveLength(3);
  });
});
