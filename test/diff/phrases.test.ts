import { describe, expect, it } from "vitest";
import { annotationsOf } from "../../src/diff/report/annotations.ts";
import { environmentOrder, knownEnvironments } from "../../src/diff/report/environments.ts";
import { firstThatFits } from "../../src/diff/report/fit.ts";
import { commitLink, fileLink } from "../../src/diff/report/links.ts";
import { inEnvironments, nameList, plusMinus, subject, targetName } from "../../src/diff/report/phrases.ts";
import type { Finding } from "../../src/model/preview.ts";
import { finding } from "./support.ts";

describe("phrases", () => {
  it("count lines", () => {
    expect([plusMinus(1200, 0), plusMinus(0, 3), plusMinus(2, 3), plusMinus(0, 0)]).toEqual([
      ...["+1,200", "−3", "+2 −3", "±0"],
    ]);
  });

  it("name a target, and where it is", () => {
    const of = (app: string, environment: string) => [subject({ app, environment }), targetName({ app, environment })];
    expect(of("a", "prod")).toEqual(["a in prod", "a/prod"]);
    expect(of("a", "default")).toEqual(["a", "a/default"]);
    expect(of(" ", "prod")).toEqual(["this repository in prod", " /prod"]);
    expect(of("", "prod")).toEqual(["this repository in prod", "prod"]);
    expect(of("a", "")).toEqual(["a", "a"]);
  });

  it("name environments, or count them", () => {
    expect(inEnvironments(["a", "default", "b"])).toBe(" in a, b");
    expect(inEnvironments(["default"])).toBe("");
    expect([inEnvironments(["a", "b"], 2), inEnvironments(["a", "b", "c"], 2)]).toEqual([
      " in a, b",
      " in 3 environments",
    ]);
  });

  it("name what there is room for, and one more rather than counting it", () => {
    expect([2, 3, 4].map((count) => nameList(["a", "b", "c", "d"].slice(0, count), 2))).toEqual([
      ...["a, b", "a, b, c", "a, b and 2 more"],
    ]);
  });

  it("are the first that fits", () => {
    const fit = { budget: 3, measure: (text: string) => text.length, elsewhere: "" };
    expect(firstThatFits([() => "abcd", () => "abc", () => "a"], fit)).toBe("abc");
    expect(firstThatFits([() => "abcd"], fit)).toBe("");
  });
});

describe("links", () => {
  const base = { repositoryUrl: "https://h/r", head: "c0ffee" };

  it.each([
    ["a/b-c.yaml", undefined, "[a/b-c.yaml](https://h/r/blob/c0ffee/a/b-c.yaml)"],
    ["a.yaml", 7, "[a.yaml:7](https://h/r/blob/c0ffee/a.yaml#L7)"],
    ["a_b.yaml", 7, "[`a_b.yaml:7`](https://h/r/blob/c0ffee/a_b.yaml#L7)"],
    ["a b]/#.yaml", undefined, "[`a b]/#.yaml`](https://h/r/blob/c0ffee/a%20b%5D/%23.yaml)"],
  ])("lead to %s at line %s", (file, line, link) => {
    expect(fileLink(file, line, base)).toBe(link);
    const { repositoryUrl: _, ...nowhere } = base;
    expect(fileLink(file, line, nowhere)).toBe(`\`${line === undefined ? file : `${file}:${line}`}\``);
  });

  it("lead to commits", () => {
    expect(commitLink("0123456789", "https://h/r")).toBe("[`0123456`](https://h/r/commit/0123456789)");
    expect(commitLink("0123456789", undefined)).toBe("`0123456`");
  });
});

describe("environments", () => {
  const sorted = (names: readonly string[], environments?: readonly string[]) =>
    names.toSorted(environmentOrder(environments === undefined ? {} : { environments }));

  it("stand production first, by what their names mean", () => {
    expect(
      sorted(["dev-1", "x", "qa", "pre-prod", "eu-production", "integration", "stg", "preprod", "prod", "local"]),
    ).toEqual(["eu-production", "prod", "pre-prod", "stg", "preprod", "x", "qa", "integration", "dev-1", "local"]);
    expect(sorted(["reproduce", "alive", "staging", "latest"])).toEqual(["staging", "reproduce", "alive", "latest"]);
  });

  it("stand as they are promoted, the last one first, and those that are not at the end", () => {
    expect(sorted(["prod", "a", "z", "b"], ["b", "z", "a"])).toEqual(["a", "z", "b", "prod"]);
    expect(knownEnvironments({ environments: ["b", "default", "a"] })).toEqual(["a", "b"]);
    expect(knownEnvironments({})).toEqual([]);
  });
});

describe("findings as annotations", () => {
  const of = (...findings: readonly Finding[]) => annotationsOf(findings);
  const placed = (more: Partial<Finding> = {}) => finding({ id: "a-rule", message: "It is.", file: "a.yaml", ...more });
  const annotation = {
    ...{ path: "a.yaml", startLine: 1, endLine: 1, level: "failure" },
    ...{ title: "A rule: webapp in prod · Deployment/web", message: "It is." },
  };

  it("have their place, level, title and message", () => {
    expect(of(placed())).toEqual([annotation]);
    expect(of(placed({ line: 7, severity: "warning", fix: "do" }))).toEqual([
      { ...annotation, startLine: 7, endLine: 7, level: "warning", message: "It is. Fix: do." },
    ]);
    expect(of(placed({ severity: "notice", resource: "", app: "" }))).toEqual([
      { ...annotation, level: "notice", title: "A rule" },
    ]);
    expect(of(placed({ app: "" }))[0]?.title).toBe("A rule: Deployment/web");
    expect(of(placed({ resource: "" }))[0]?.title).toBe("A rule: webapp in prod");
  });

  it("are one for the same place and message, the gravest first; none without a file", () => {
    const same = ["a", "b", "c", "d", "e", "f", "a"].map((app) => placed({ app }));
    expect(of(...same).map(({ title }) => title)).toEqual([
      "A rule: a in prod, b in prod, c in prod, d in prod, e in prod and 1 more · Deployment/web",
    ]);
    for (const more of [{ id: "b" }, { file: "b" }, { line: 2 }, { message: "x" }])
      expect(of(placed(), placed(more))).toHaveLength(2);
    const levels = (["notice", "danger", "warning"] as const).map((severity) =>
      placed({ severity, message: severity }),
    );
    expect(of(...levels).map(({ level }) => level)).toEqual(["failure", "warning", "notice"]);
    expect(of(finding(), placed({ file: "" }))).toEqual([]);
  });

  it("are no longer than they may be", () => {
    const [one] = of(placed({ resource: "x".repeat(300), message: `${"m".repeat(7999)}😀` }));
    expect([one?.title.length, one?.message.length]).toEqual([250, 8000]);
    expect(one?.message.isWellFormed()).toBe(true);
  });
});
