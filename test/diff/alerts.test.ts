import { describe, expect, it } from "vitest";
import { groupFindings } from "../../src/diff/report/finding-groups.ts";
import { findingAlerts, sentences } from "../../src/diff/report/findings.ts";
import type { Finding, FindingWords } from "../../src/model/preview.ts";
import { finding, preview } from "./support.ts";

const environments = ["dev", "prod"];
const groups = (...findings: readonly Finding[]) => groupFindings(preview([], { findings, environments }));
const acknowledged = { by: "ada" };
const words: FindingWords = { short: "{app} is bad", message: "{app}{where} {is|are} bad.", fix: "repair {app}" };

describe("findings that say the same", () => {
  const places = (...findings: readonly Finding[]) =>
    groups(...findings).map((group) => group.places.map(({ app, environment }) => `${app}/${environment}`).join(" "));

  it("are one, production first", () => {
    const at = (environment: string, more: Partial<Finding> = {}) => finding({ environment, words, ...more });
    expect(places(at("dev"), at("prod"))).toEqual(["webapp/prod webapp/dev"]);
    expect(places(at("dev", { message: "x" }), at("prod", { message: "y", fix: "z" }))).toHaveLength(1);
    for (const other of [
      { id: "x" },
      { severity: "warning" as const },
      { words: { ...words, message: "x" } },
      { words: { ...words, fix: "x" } },
      { acknowledged },
    ])
      expect(places(at("dev"), at("prod", other))).toHaveLength(2);
    const own = finding({ message: "x", fix: "y" });
    expect(places(own, own)).toHaveLength(1);
    expect(places(own, { ...own, message: "z" }, { ...own, fix: "z" })).toHaveLength(3);
  });

  it("stand the gravest first, then what nobody confirmed, then production, then most places", () => {
    const of = (id: string, more: Partial<Finding> = {}) => finding({ id, ...more });
    const all = groups(
      of("notice", { severity: "notice" }),
      of("warning", { severity: "warning" }),
      of("confirmed", { acknowledged }),
      of("dev", { environment: "dev" }),
      of("once"),
      of("twice"),
      of("twice", { app: "b" }),
    );
    expect(all.map(({ id }) => id)).toEqual(["twice", "once", "dev", "confirmed", "warning", "notice"]);
    expect(all[3]?.acknowledged).toBe(acknowledged);
  });

  it("have their phrases filled for all places, or the name of their rule", () => {
    const [worded] = groups(finding({ words }), finding({ words, app: "b", environment: "dev" }));
    expect(worded?.filled()).toMatchObject({
      ...{ short: "webapp and b is bad", message: "webapp and b in prod and dev are bad.", fix: "repair webapp and b" },
    });
    const [plain] = groups(finding({ id: "a-rule", message: " It is. ", fix: "do" }));
    expect(plain?.filled()).toEqual({ short: "a rule", message: "It is.", fix: "do" });
    expect(groups(finding({ id: "a-rule", message: " " }))[0]?.filled().message).toBe("a rule");
  });

  it.each<readonly [about: string, one: Finding, fix: string | undefined]>([
    ["after the fix", finding({ id: "x", fix: "do" }), "do. If it is meant, comment `/ack x`"],
    ["as the fix where there is none", finding({ id: "x" }), "If it is meant, comment `/ack x`"],
    ["of words too", finding({ id: "x", words }), "repair webapp. If it is meant, comment `/ack x`"],
    [
      "where the fix has a place for it",
      finding({ id: "x", words: { ...words, fix: "do {ack}" } }),
      "do and comment `/ack x`",
    ],
    ["not for what is no danger", finding({ severity: "warning", fix: "do" }), "do"],
    ["not for a failed render", finding({ id: "render-failed", fix: "do" }), "do"],
    ["not for a broken configuration", finding({ id: "broken-configuration", fix: "do" }), "do"],
  ])("say how they are confirmed: %s", (_, one, fix) => {
    expect(groups(one)[0]?.filled({ ack: "/ack" }).fix).toBe(fix);
  });
});

describe("the first sentence of a message", () => {
  it.each([
    ["One. Two. Three.", "One.", "Two. Three."],
    ["One 1.5 `a. b` c. Two", "One 1.5 `a. b` c.", "Two"],
    ["One.\n Two", "One.", "Two"],
    ["One. ", "One. ", ""],
    ["One", "One", ""],
    ["`a. b", "`a. b", ""],
    [". a", ".", "a"],
  ])("%j is %j", (message, first, rest) => expect(sentences(message)).toEqual({ first, rest }));
});

describe("findings as alerts", () => {
  const within = (budget: number) => ({ budget, measure: (text: string) => text.length, elsewhere: ", elsewhere" });
  const head = "c0ffee";
  const url = "https://h/r";
  const alerts = (findings: readonly Finding[], heading = "", budget = 10_000) =>
    findingAlerts(preview([], { findings, environments }), { repositoryUrl: url, head }, within(budget), {
      ...{ ack: undefined, heading },
    });
  const link = (file: string, line?: number) =>
    `[${file}${line === undefined ? "" : `:${line}`}](${url}/blob/${head}/${file}${line === undefined ? "" : `#L${line}`})`;
  const of = (more: Partial<Finding>) => finding({ message: "It_is. And more.", ...more });
  const what = "**It&#95;is.** And more.";

  it.each<readonly [about: string, findings: readonly Finding[], text: string]>([
    ["a danger", [of({})], `> [!CAUTION]\n> ${what}\n\n`],
    ["a warning", [of({ severity: "warning" })], `> [!WARNING]\n> ${what}\n\n`],
    ["a note of one sentence", [of({ severity: "notice", message: "Only." })], "> [!NOTE]\n> **Only.**\n\n"],
    ["a place", [of({ file: "a.yaml", line: 2 })], `> [!CAUTION]\n> ${what} ${link("a.yaml", 2)}\n\n`],
    ["a fix", [of({ fix: "do_it" })], `> [!CAUTION]\n> ${what}\n>\n> **Fix:** do&#95;it.\n\n`],
    [
      "a fix and places, each once",
      [
        of({ fix: "do", file: "a.yaml" }),
        of({ fix: "do", file: "b.yaml", line: 1, app: "b" }),
        of({ fix: "do", file: "b.yaml", line: 1, app: "c" }),
        of({ fix: "do", file: "", app: "d" }),
      ],
      `> [!CAUTION]\n> ${what}\n>\n> **Fix:** do. ${link("a.yaml")}, ${link("b.yaml", 1)}\n\n`,
    ],
    [
      "three places of more",
      [1, 2, 3, 4, 5].map((line) => of({ file: "a.yaml", line, app: `a${line}` })),
      `> [!CAUTION]\n> ${what} ${link("a.yaml", 1)}, ${link("a.yaml", 2)}, ${link("a.yaml", 3)} and 2 more\n\n`,
    ],
    [
      "two places of one thing",
      [of({ fix: "remove one", file: "a.yaml", line: 1, also: { file: "b.yaml" } })],
      `> [!CAUTION]\n> ${what}\n>\n> **Fix:** remove one: ${link("a.yaml", 1)} or ${link("b.yaml")}.\n\n`,
    ],
    [
      "who confirmed it, and why",
      [of({ fix: "do", file: "a.yaml", acknowledged: { by: "ada", reason: "it_is" } })],
      `> [!CAUTION]\n> ${what}\n>\n> **Confirmed** by \`ada\`: "it&#95;is". ${link("a.yaml")}\n\n`,
    ],
    ["who confirmed it", [of({ acknowledged })], `> [!CAUTION]\n> ${what}\n>\n> **Confirmed** by \`ada\`.\n\n`],
    [
      "the only place in the sentence",
      [
        of({ message: "See `a.yaml:2`. More.", file: "a.yaml", line: 2 }),
        of({ message: "See `a.yaml:2`. More.", file: "a.yaml", line: 2, app: "b" }),
      ],
      `> [!CAUTION]\n> **See ${link("a.yaml", 2)}.** More.\n\n`,
    ],
    [
      "places behind a sentence that names one of them",
      [
        of({ message: "See `a.yaml:2`.", file: "a.yaml", line: 2 }),
        of({ message: "See `a.yaml:2`.", file: "a.yaml", line: 3, app: "b" }),
      ],
      `> [!CAUTION]\n> **See \`a.yaml:2\`.** ${link("a.yaml", 2)}, ${link("a.yaml", 3)}\n\n`,
    ],
    [
      "files behind a sentence that names one of them",
      [of({ message: "See `a.yaml`.", file: "a.yaml" }), of({ message: "See `a.yaml`.", file: "b.yaml", app: "b" })],
      `> [!CAUTION]\n> **See \`a.yaml\`.** ${link("a.yaml")}, ${link("b.yaml")}\n\n`,
    ],
    ["no error of the configuration", [of({ id: "broken-configuration" })], ""],
  ])("have %s", (_, findings, text) => expect(alerts(findings)).toBe(text));

  it("leave out the place that the heading names, of the first one", () => {
    const placed = (id: string) => {
      const placedWords = { short: "s", message: "{app} is bad{there}." };
      return finding({ id, words: placedWords });
    };
    expect(alerts([placed("a"), placed("b")], "Danger in prod: bad").match(/\*\*.*\*\*/g)).toEqual([
      ...["**webapp is bad.**", "**webapp is bad in prod.**"],
    ]);
    expect(alerts([placed("a")], "Danger in dev: bad")).toContain("is bad in prod.");
  });

  it("keep their first sentence where there is no room for more, then are counted", () => {
    const many = [
      of({ id: "a" }),
      of({ id: "b", message: "B. And more." }),
      of({ id: "c", severity: "warning", message: "C. And more." }),
      of({ id: "d", severity: "warning", message: "D. And more." }),
      of({ id: "e", severity: "notice", message: "E. And more." }),
    ];
    const whole = alerts(many);
    const shown = (budget: number) =>
      alerts(many, "", budget)
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("> [!"));
    const [a, b, c, d, e] = [what, "**B.** And more.", "**C.** And more.", "**D.** And more.", "**E.** And more."];
    expect(shown(whole.length + 120)).toEqual([a, b, c, d, e].map((text) => `> ${text}`));
    expect(shown(whole.length + 119)).toEqual([a, b, c, d, "**E.**"].map((text) => `> ${text}`));
    const brief = whole.replaceAll(" And more.", "");
    expect(shown(brief.length + 129)).toEqual(["> **It&#95;is.**", "> **B.**", "> **C.**", "> **D.**", "> **E.**"]);
    expect(shown(brief.length + 119)).toEqual([
      "> **It&#95;is.**",
      "> **B.**",
      "> **C.**",
      "> **D.**",
      "1 more note, elsewhere.",
    ]);
    expect(shown(0)).toEqual(["2 more dangers, 2 more warnings, 1 more note, elsewhere."]);
  });
});
