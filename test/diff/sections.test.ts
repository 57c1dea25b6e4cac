import { describe, expect, it } from "vitest";
import { annotationsOf } from "../../src/diff/report/annotations.ts";
import { closing, noteLines } from "../../src/diff/report/closing.ts";
import { driftSection } from "../../src/diff/report/drift.ts";
import { findingAlerts } from "../../src/diff/report/findings.ts";
import { whySection } from "../../src/diff/report/why.ts";
import type { Finding, Severity } from "../../src/model/preview.ts";
import { drift, finding, preview, target } from "./support.ts";

const within = (budget = 100_000, elsewhere = "") => ({ budget, measure: (text: string) => text.length, elsewhere });
const complete = { targets: 1, affected: 1, rendered: 1, failed: 0, truncated: 0, hiddenLines: 0, unpinned: [] };

describe("the findings as alerts", () => {
  const alerts = (findings: readonly Finding[], budget?: number, elsewhere?: string) =>
    findingAlerts(preview([], { findings }), within(budget, elsewhere));
  const bad = (index: number, severity: Severity = "danger") =>
    finding({ severity, resource: `Deployment/web${index}`, message: `Number ${index} is bad.` });
  const line = (index: number) => `> - 🔴 **\`webapp/prod\`** · \`Deployment/web${index}\`: Number ${index} is bad.\n`;
  const list = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => line(from + index)).join("");

  it("stand by severity, the gravest first", () => {
    expect(alerts([bad(1, "notice"), bad(2), bad(3, "warning")])).toBe(`> [!CAUTION]
> - 🔴 **\`webapp/prod\`** · \`Deployment/web2\`: Number 2 is bad.

> [!WARNING]
> - 🟠 **\`webapp/prod\`** · \`Deployment/web3\`: Number 3 is bad.

> [!NOTE]
> - 🔵 **\`webapp/prod\`** · \`Deployment/web1\`: Number 1 is bad.

`);
    expect(alerts([])).toBe("");
  });

  it.each<readonly [string, Partial<Finding>, string]>([
    ["the target and the resource", {}, "**`webapp/prod`** · `Deployment/web`: Bad."],
    ["the file", { file: "a.yaml" }, "**`webapp/prod`** · `Deployment/web`: Bad. (`a.yaml`)"],
    ["the file and the line", { file: "a.yaml", line: 3 }, "**`webapp/prod`** · `Deployment/web`: Bad. (`a.yaml:3`)"],
    ["the target alone", { resource: "" }, "**`webapp/prod`**: Bad."],
    ["the resource alone", { app: "", environment: "" }, "`Deployment/web`: Bad."],
    ["nothing but what it says", { app: "", environment: "", resource: "" }, "Bad."],
    ["a target of no environment", { environment: "" }, "**`webapp`** · `Deployment/web`: Bad."],
  ])("name %s", (_, more, text) => {
    expect(alerts([finding({ message: "Bad.", ...more })])).toBe(`> [!CAUTION]\n> - 🔴 ${text}\n\n`);
  });

  it("are one where they say the same of several targets or resources", () => {
    const of = (environment: string, resource = "Deployment/web", id = "a") =>
      finding({ id, environment, resource, message: "Bad." });
    expect(alerts([of("a"), of("a"), of("b", "Deployment/api")])).toBe(
      "> [!CAUTION]\n> - 🔴 **`webapp/a`, `webapp/b`** · `Deployment/web` and 1 like it: Bad.\n\n",
    );
    expect(alerts([of("a"), of("a", "Deployment/web", "b")]).match(/Bad/g)).toHaveLength(2);
    expect(alerts([..."abcdef"].map((name) => of(name)))).toContain(
      "**`webapp/a`, `webapp/b`, `webapp/c`, `webapp/d` and 2 more** · `Deployment/web`: ",
    );
    expect(alerts([..."abcde"].map((name) => of(name)))).toContain("`webapp/d`, `webapp/e`** · ");
  });

  it("are told in full up to five of one rule, of more the first four", () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => bad(index));
    expect(alerts(many(5))).toBe(`> [!CAUTION]\n${list(0, 5)}\n`);
    expect(alerts(many(6))).toBe(
      `> [!CAUTION]\n${list(0, 4)}> - 🔴 and 2 more of *privileged container*: \`webapp/prod Deployment/web4\`, \`webapp/prod Deployment/web5\`\n\n`,
    );
    expect(alerts(many(20))).toMatch(/, `webapp\/prod Deployment\/web15` and 4 more\n\n$/);
    const other = { ...bad(9), id: "host-path-volume" };
    expect(alerts([...many(5), other]).match(/is bad/g)).toHaveLength(6);
    const whole = Array.from({ length: 6 }, (_, index) =>
      finding({ app: "", environment: "", resource: index === 5 ? "Job/x" : "", message: `${index}` }),
    );
    expect(alerts(whole)).toContain("and 2 more of *privileged container*: `\u00A0`, `Job/x`");
  });

  it("are counted where there is no room", () => {
    const findings = Array.from({ length: 6 }, (_, index) => ({ ...bad(index), id: `rule-${index}` }));
    const head = "> [!CAUTION]\n".length + 1 + 80;
    const room = (count: number) => head + count * line(0).length;
    const told = (text: string) => `> [!CAUTION]\n${text}\n\n`;
    expect(alerts(findings, room(6))).toBe(`> [!CAUTION]\n${list(0, 6)}\n`);
    expect(alerts(findings, room(6) - 1, ", listed in the check")).toBe(
      told(`${list(0, 5)}> - and 1 more danger finding, listed in the check`),
    );
    expect(alerts(findings, room(2))).toBe(told(`${list(0, 2)}> - and 4 more danger findings`));
    expect(alerts(findings, room(1) - 1)).toBe(told("> - 6 danger findings"));
    expect(alerts(findings.slice(0, 1), 0)).toBe(told("> - 1 danger finding"));
    // What one severity takes is lacking for the next.
    const both = [...findings, bad(9, "warning")];
    const rest = `> [!WARNING]\n${line(9).replace("🔴", "🟠")}\n`;
    const used = `> [!CAUTION]\n${list(0, 6)}\n`.length;
    expect(alerts(both, used + rest.length + 80)).toContain(rest);
    expect(alerts(both, used + rest.length + 79)).toContain("> [!WARNING]\n> - 1 warning finding\n");
    const named = Array.from({ length: 9 }, (_, index) => bad(index));
    expect(alerts(named, room(4) + 10)).toBe(told(`${list(0, 4)}> - and 5 more danger findings`));
  });
});

describe("the annotations of findings", () => {
  const annotation = (...findings: readonly Partial<Finding>[]) =>
    annotationsOf(findings.map((one) => finding({ file: "a.yaml", ...one })));

  it("stand at the file and line, with the level of the severity", () => {
    const placed = (level: string, line: number, title: string) => ({
      ...{ path: "a.yaml", startLine: line, endLine: line, level, title },
      message: "Container `web` now runs privileged.",
    });
    const found = annotation(
      { severity: "notice", line: 3, id: "a-b-c" },
      { severity: "warning", id: "x", resource: "" },
      { line: 2, app: "", environment: "", resource: "" },
      { line: 4, app: "", environment: "" },
    );
    expect(found).toEqual([
      placed("failure", 2, "Privileged container"),
      placed("failure", 4, "Privileged container: Deployment/web"),
      placed("warning", 1, "X: webapp/prod"),
      placed("notice", 3, "A b c: webapp/prod · Deployment/web"),
    ]);
    expect(annotationsOf([finding(), finding({ file: "" })])).toEqual([]);
  });

  it("are one for equal findings of several targets, of which five are named", () => {
    const titles = (count: number) =>
      annotation(...Array.from({ length: count }, (_, index) => ({ environment: `e${index}` }))).map(
        ({ title }) => title,
      );
    expect(titles(5)).toEqual([
      "Privileged container: webapp/e0, webapp/e1, webapp/e2, webapp/e3, webapp/e4 · Deployment/web",
    ]);
    expect(titles(7)).toEqual([
      "Privileged container: webapp/e0, webapp/e1, webapp/e2, webapp/e3, webapp/e4 and 2 more · Deployment/web",
    ]);
    expect(annotation({}, {}).map(({ title }) => title)).toEqual([
      "Privileged container: webapp/prod · Deployment/web",
    ]);
    for (const other of [{ file: "b.yaml" }, { line: 2 }, { message: "Other." }, { id: "other" }]) {
      expect(annotation({}, other)).toHaveLength(2);
    }
  });

  it("are as long as GitHub takes them", () => {
    const [long] = annotation({ resource: "x".repeat(300), message: `${"y".repeat(7999)}😀` });
    expect(long?.title).toBe(`Privileged container: webapp/prod · ${"x".repeat(213)}…`);
    expect(long?.message).toBe(`${"y".repeat(7999)}\uFFFD`);
    expect(annotation(...Array.from({ length: 51 }, (_, line) => ({ line })))).toHaveLength(50);
  });
});

describe("the closing lines", () => {
  const footer = "<sub>Compared `1a2b3c4d5e6f` (merge base) with `9f8e7d6c5b4a` (head).</sub>\n";
  const close = (more: object, given: Parameters<typeof preview>[1] = {}, budget?: number) => {
    const completeness = { ...complete, ...more };
    return closing(preview([], { ...given, completeness }), completeness, within(budget));
  };

  it("say what was rendered, cut, hidden and left out", () => {
    expect(close({})).toBe(
      `**1 of 1 affected target rendered, 0 truncated, 0 noise lines hidden.** 1 target known.\n\n${footer}`,
    );
    expect(close({ targets: 1200, affected: 3, rendered: 2, failed: 1, truncated: 4, hiddenLines: 1 })).toBe(
      `**2 of 3 affected targets rendered, 1 failed, 4 truncated, 1 noise line hidden.** 1,200 targets known.\n\n${footer}`,
    );
    expect(close({}, { mergeBase: "" })).toContain("<sub>Compared nothing (merge base) with");
  });

  it("list what was not followed, unless findings tell it or there is no room", () => {
    const unpinned = Array.from({ length: 12 }, (_, index) => ({
      ...{ reference: `ref${index}`, reason: "a branch moves" },
      ...(index === 0 ? { file: "k.yaml" } : {}),
    }));
    const line = "**1 of 1 affected target rendered, 0 truncated, 0 noise lines hidden";
    const one = `${line}, 1 not followed.** 1 target known.\n\n${footer}`;
    const list = "Not followed, so not in this preview:\n- `ref0` in `k.yaml`: a branch moves\n";
    expect(close({ unpinned: unpinned.slice(0, 1) })).toBe(`${list}\n${one}`);
    expect(close({ unpinned: unpinned.slice(0, 1) }, {}, list.length + 1 + one.length)).toBe(`${list}\n${one}`);
    expect(close({ unpinned: unpinned.slice(0, 1) }, {}, list.length + one.length)).toBe(one);
    expect(close({ unpinned: unpinned.slice(0, 1) }, { findings: [finding({ id: "reference-not-fetched" })] })).toBe(
      one,
    );
    const others = unpinned.slice(1, 10).map(({ reference }) => `- \`${reference}\`: a branch moves\n`);
    expect(close({ unpinned })).toBe(
      `${list}${others.join("")}- and 2 more\n\n${line}, 12 not followed.** 1 target known.\n\n${footer}`,
    );
    expect(close({ unpinned: unpinned.slice(0, 10) })).not.toContain("more");
  });

  it("follow remarks on the configuration, as many as there is room for", () => {
    const notes = Array.from({ length: 12 }, (_, index) => `remark ${index}`);
    const told = (count: number) =>
      notes
        .slice(0, count)
        .map((note) => `- ${note}\n`)
        .join("");
    expect(noteLines([], within())).toBe("");
    expect(noteLines(notes.slice(0, 10), within())).toBe(`${told(10)}\n`);
    expect(noteLines(notes, within())).toBe(`${told(10)}- 2 more remarks on the configuration\n\n`);
    const room = 60 + told(2).length;
    expect(noteLines(notes.slice(0, 3), within(room))).toBe(`${told(2)}- 1 more remark on the configuration\n\n`);
    expect(noteLines(notes.slice(0, 3), within(room - 1))).toBe(`${told(1)}- 2 more remarks on the configuration\n\n`);
    expect(noteLines(notes.slice(0, 1), within(0))).toBe("- 1 remark on the configuration\n\n");
    expect(noteLines(["use <b>"], within())).toBe("- use &lt;b&gt;\n\n");
  });
});

describe("why targets are affected", () => {
  const why = (chains: readonly (readonly string[])[], budget?: number) =>
    whySection(preview([target("a/b", { because: chains })]), within(budget));
  const section = (lines: string) =>
    `<details><summary>Why these targets are affected</summary>\n\n${lines}\n\n</details>\n\n`;

  it("is told by the chains from a changed path, those that only end differently as one", () => {
    expect(
      why([
        ["a.yaml", "base", "prod"],
        ["a.yaml", "base", "dev"],
        ["a.yaml", "base", "dev"],
        ["b.yaml", "dev"],
      ]),
    ).toBe(section("- `a.yaml` → `base` → `prod`, `dev`\n- `b.yaml` → `dev`"));
    expect(why([["a.yaml"], []])).toBe(section("- `a.yaml` → `apps/a/overlays/b`"));
    expect(why([["", ""]])).toBe(section("- `/` → `/`"));
    expect(why([[]])).toBe("");
    const ends = (count: number) => Array.from({ length: count }, (_, index) => ["a.yaml", `t${index}`]);
    expect(why(ends(9))).toContain("`t7`, `t8`\n");
    expect(why(ends(10))).toContain("`t7` and 2 more\n");
  });

  it("is told by as many chains as there is room for: all, 20, 3 or none", () => {
    const chains = Array.from({ length: 22 }, (_, index) => [`file${index + 10}.yaml`, "t"]);
    const list = (count: number) =>
      chains
        .slice(0, count)
        .map(([file]) => `- \`${file}\` → \`t\``)
        .join("\n");
    const [all, most, few] = [
      section(list(22)),
      section(`${list(20)}\n- and 2 more chains`),
      section(`${list(3)}\n- and 19 more chains`),
    ];
    expect(why(chains)).toBe(all);
    expect([
      why(chains, all.length),
      why(chains, all.length - 1),
      why(chains, most.length - 1),
      why(chains, few.length - 1),
    ]).toEqual([...[all, most, few, ""]]);
    expect(why(chains.slice(0, 21), section(list(21)).length - 1)).toContain("- and 1 more chain\n");
  });
});

describe("environments that are apart", () => {
  const told = (given: Parameters<typeof driftSection>[0], budget?: number) =>
    driftSection(given, undefined, within(budget));
  const entry = (index: number) =>
    `- \`app${index}/prod\` is not where \`staging\` is\n  - \`ghcr.io/acme/webapp\`: \`1.4.0\`, \`staging\` has \`1.5.0\`\n  - \`staging\` since this pull request\n`;
  const list = (count: number) => Array.from({ length: count }, (_, index) => entry(index)).join("");
  const pairs = (count: number) => Array.from({ length: count }, (_, index) => drift({ app: `app${index}` }));

  it("stand open up to five, folded beyond", () => {
    expect(told({ apart: pairs(5), unchecked: 0 })).toBe(`**Environments apart**\n\n${list(5)}\n`);
    expect(told({ apart: pairs(6), unchecked: 0 })).toBe(
      `<details><summary><b>Environments apart</b>: 6 pairs</summary>\n\n${list(6)}\n</details>\n\n`,
    );
    expect([told(undefined), told({ apart: [], unchecked: 0 })]).toEqual(["", ""]);
  });

  it("are counted where there is no room, and where they were not compared", () => {
    const unchecked = "were not compared: a preview compares at most 50, and both must render\n";
    expect(told({ apart: [], unchecked: 2 })).toBe(
      `**Environments apart**\n\n- 2 pairs of environments ${unchecked}\n`,
    );
    const room = 300 + list(2).length;
    const rest = (count: number, text: string) =>
      `**Environments apart**\n\n${list(count)}- ${text}: \`sluice preview\` lists all\n\n`;
    expect(told({ apart: pairs(4), unchecked: 0 }, room)).toBe(rest(2, "and 2 more pairs of environments"));
    expect(told({ apart: pairs(4), unchecked: 0 }, room - 1)).toBe(rest(1, "and 3 more pairs of environments"));
    expect(told({ apart: pairs(3), unchecked: 0 }, room)).toBe(rest(2, "and 1 more pair of environments"));
    expect(told({ apart: pairs(1), unchecked: 0 }, 300)).toBe(rest(0, "1 pair of environments"));
    expect(told({ apart: pairs(2), unchecked: 1 }, 300)).toBe(
      rest(0, "2 pairs of environments").replace(
        /\n$/,
        `- 1 pair of environments ${unchecked.replace("were", "was")}\n`,
      ),
    );
    const least = rest(0, "1 pair of environments").length;
    expect([
      told({ apart: pairs(1), unchecked: 0 }, least),
      told({ apart: pairs(1), unchecked: 0 }, least - 1),
    ]).toEqual([...[rest(0, "1 pair of environments"), ""]]);
  });

  it("say what is apart and since when, as far as that is known", () => {
    const fields = [
      { resource: "Job/a", path: "", here: undefined, there: "" },
      { resource: "Job/b", path: "x".repeat(201), here: "1", there: undefined },
    ];
    const versions = [{ image: "web", here: "", there: "1" }];
    const commit = { sha: "abc1234def", subject: "s".repeat(121), author: "a".repeat(61), environment: "prod" };
    const one = drift({
      app: "",
      versions,
      fields,
      more: 1,
      byPullRequest: [],
      commits: [commit, { ...commit, environment: "staging" }],
    });
    const link = (url: string) => `${url} ${"s".repeat(119)}… (${"a".repeat(59)}…)`;
    const text = (url: string) => `**Environments apart**

- \`prod\` is not where \`staging\` is
  - \`web\`: no version, \`staging\` has \`1\`
  - \`Job/a\`: only in \`staging\`, since this pull request
  - \`Job/b\` \`${"x".repeat(199)}…\`: \`1\`, \`staging\` has nothing, since this pull request
  - and 1 more difference
  - \`prod\` since ${link(url)}; \`staging\` since ${link(url)}

`;
    expect(told({ apart: [one], unchecked: 0 })).toBe(text("`abc1234`"));
    expect(driftSection({ apart: [one], unchecked: 0 }, "https://h/r", within())).toBe(
      text("[`abc1234`](https://h/r/commit/abc1234def)"),
    );
    expect(told({ apart: [drift({ versions: [], byPullRequest: [] })], unchecked: 0 })).toBe(
      "**Environments apart**\n\n- `webapp/prod` is not where `staging` is\n\n",
    );
  });
});
