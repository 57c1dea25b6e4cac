import { describe, expect, it } from "vitest";
import { exampleConfig } from "../../scripts/generate/config-example.ts";
import { parseConfig } from "../../src/config/parse.ts";

const good = "version: 1\nenvironments:\n  - name: prod\n    path: apps/{app}/prod\n";
/** The reference page's example with the keys that are not built yet. */
const full = `${exampleConfig.replace(
  "    from: staging\n",
  "    from: staging\n    deploy: { engine: argocd, cluster: prod, application: x }\n",
)}notify: [{ channel: slack, on: [failed] }]\n`;

function problems(text: string): readonly string[] {
  const parsed = parseConfig(text, ".sluice.yaml");
  if (parsed.ok) return parsed.warnings.map((problem) => `${problem.line}:${problem.column} ${problem.message}`);
  return parsed.problems.map((problem) => `${problem.line}:${problem.column} ${problem.message}`);
}

function firstFix(text: string): string | undefined {
  const parsed = parseConfig(text, ".sluice.yaml");
  return parsed.ok ? undefined : parsed.problems[0]?.fix;
}

describe("a configuration that is right", () => {
  it("is the example of the reference page", () => {
    expect(parseConfig(exampleConfig, ".sluice.yaml")).toMatchObject({ ok: true, warnings: [] });
  });

  it("is the same with what is not built yet, with a warning for that alone", () => {
    const messages = [/^`notify` is not built yet: /];
    const warnings = messages.map((message) => ({ severity: "warning", message: expect.stringMatching(message) }));
    expect(parseConfig(full, ".sluice.yaml")).toMatchObject({ ok: true, warnings });
  });

  it("gets its defaults, durations in milliseconds and windows as days and minutes", () => {
    const parsed = parseConfig(full, ".sluice.yaml");
    if (!parsed.ok) throw new Error("not parsed");
    const [staging, prod] = parsed.config.environments;
    expect(staging).toMatchObject({
      name: "staging",
      promote: { strategy: "images", auto: false, merge: "manual", method: "squash" },
      gates: { approvals: 0, healthy: true, checks: [], windows: [] },
    });
    expect(prod?.gates.soak).toBe(1_800_000);
    expect(prod?.gates.windows).toEqual([
      { allow: { kind: "weekly", days: [1, 2, 3, 4, 5], from: 540, to: 1020 }, timezone: "Europe/Berlin" },
      { deny: { kind: "dates", from: "2026-12-20", to: "2027-01-03" }, timezone: "Europe/Berlin" },
    ]);
    expect(prod?.deploy).toMatchObject({ engine: "argocd", namespace: "argocd", timeout: 900_000 });
    expect(parsed.config.preview.ignore).toHaveLength(1);
  });

  it("may be as short as a version and one environment", () => {
    expect(parseConfig(good, ".sluice.yaml")).toMatchObject({ ok: true, config: { images: [], notify: [], apps: {} } });
  });

  it("keeps values of a chart as they are written", () => {
    const parsed = parseConfig(`${good}    helm: { values: { on: yes, list: [1, { a: null }] } }\n`, "f");
    expect(parsed).toMatchObject({
      ok: true,
      config: { environments: [{ helm: { values: { on: "yes", list: [1, { a: null }] } } }] },
    });
  });
});

describe("a configuration with errors", () => {
  const four = [
    "version: 1",
    "enviroments: []",
    "environments:",
    "  - name: staging",
    "    path: apps/{app}/staging",
    "    deploy: { engine: argo, cluster: staging }",
    "  - name: prod",
    "    path: apps/{app}/prod",
    "    from: stagging",
    "    gates: { soak: 30x }",
    "",
  ].join("\n");

  it("tells all of them at once, each with its line, its column and what was written", () => {
    expect(problems(four)).toEqual([
      "2:1 `enviroments` is not a key of the file",
      '6:23 `environments[0].deploy.engine` cannot be "argo"',
      '9:11 There is no environment "stagging"',
      '10:20 `environments[1].gates.soak`: "30x" is not a duration',
    ]);
  });

  it("says for each what to write in its place", () => {
    const parsed = parseConfig(four, ".sluice.yaml");
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.fix)).toEqual([
      "Did you mean `environments`?",
      "Did you mean `argocd`? It can be `apply`, `argocd`, `flux`, `hydrate`.",
      "Did you mean `staging`? The environments are `staging`, `prod`.",
      "Write days, hours, minutes and seconds like `30m`, `1h30m` or `2d`.",
    ]);
  });

  it.each([
    ["gates: { soak: 30 }\n    from: x", "Write `soak: 30m`."],
    ["deploy: { engine: apply, cluster: x, driftInterval: 5 }", "Write `driftInterval: 5m`."],
    ["gates: { soak: 1.5 }\n    from: x", "For example `soak: 30m`."],
  ])("names the unit that a duration lacks: %s", (line, fix) => {
    const parsed = parseConfig(`${good}    ${line}\n`, ".sluice.yaml");
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.fix)).toContainEqual(expect.stringContaining(fix));
  });

  it.each([
    ["poll: 300", "Write `poll: 300m`."],
    ["minimumAge: 3", "Write `minimumAge: 3m`."],
  ])("names it in entries for images too: %s", (line, fix) => {
    const entry = `images: [{ image: ghcr.io/a/b, policy: { semver: "*" }, environments: [prod], ${line} }]`;
    const parsed = parseConfig(`${good}${entry}\n`, ".sluice.yaml");
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.fix)).toEqual([fix]);
  });

  it("gives each problem its file, its path and its severity", () => {
    const parsed = parseConfig(four, "other.yaml");
    expect(parsed.ok ? undefined : parsed.problems[3]).toMatchObject({
      file: "other.yaml",
      severity: "error",
      path: ["environments", 1, "gates", "soak"],
    });
  });

  it.each([
    [
      "a missing key points at what lacks it",
      "version: 1\nenvironments:\n  - path: a/{app}\n",
      "3:5 `environments[0]` has no `name`",
    ],
    ["a duration without a unit", `${good}    gates: { soak: 30 }\n    from: x\n`, "5:20 `soak: 30` needs a unit"],
    ["a number where text belongs", good.replace("prod\n", "1\n"), "3:11 `environments[0].name` must be text, not 1"],
    ["a list where a map belongs", `${good}preview: []\n`, "5:10 `preview` must be a map, not a list"],
    ["a key without a value", `${good}preview:\n`, "5:1 `preview` is empty, it must be a map"],
    [
      "a fraction",
      `${good}    gates: { approvals: 1.5 }\n    from: x\n`,
      "5:25 `environments[0].gates.approvals` must be a whole number, not 1.5",
    ],
    [
      "a number that is too large",
      `${good}    gates: { approvals: 99 }\n`,
      "5:25 `environments[0].gates.approvals` is 99, it must be at most 10",
    ],
    ["an empty list", "version: 1\nenvironments: []\n", "2:15 `environments` has 0 entries, it must have at least 1"],
    ["another version", "version: 2\nenvironments: []\n", "1:10 `version` cannot be 2"],
    [
      "a path that leads out",
      good.replace("apps/", "../"),
      '4:11 `environments[0].path`: "../{app}/prod" leads out with `..`',
    ],
    [
      "an absolute path",
      good.replace("apps/", "/"),
      '4:11 `environments[0].path`: "/{app}/prod" is not a path from the root of the repository',
    ],
    [
      "an unknown placeholder",
      good.replace("{app}", "{ap}"),
      '4:11 `environments[0].path`: "apps/{ap}/prod" has the unknown placeholder "{ap}"',
    ],
    [
      "a time zone that is none",
      `${good}    gates: { windows: [{ allow: sat, timezone: Mars }] }\n`,
      '5:48 `environments[0].gates.windows[0].timezone`: "Mars" is not a time zone',
    ],
    [
      "a window without a side",
      `${good}    gates: { windows: [{}] }\n`,
      "5:24 `environments[0].gates.windows[0]` has neither `allow` nor `deny`",
    ],
    [
      "an app's name that is none",
      `${good}apps: { "a b": {} }\n`,
      '5:9 The key "a b" of `apps` is not the name of an app',
    ],
    [
      "an image with its tag",
      `${good}images: [{ image: "a/b:1", policy: { newest: true }, environments: [prod] }]\n`,
      '5:19 `images[0].image`: "a/b:1" is not the name of an image',
    ],
    [
      "a policy that orders twice",
      `${good}images: [{ image: a/b, policy: { newest: true, semver: "1" }, environments: [prod] }]\n`,
      "5:32 `images[0].policy` has `semver` and `newest`, which exclude each other",
    ],
    [
      "a pointer that is none",
      `${good}preview: { ignore: [{ path: metadata }] }\n`,
      '5:29 `preview.ignore[0].path`: "metadata" is not a JSON pointer',
    ],
  ])("tells %s", (_, text, expected) => {
    expect(problems(text)).toContain(expected);
  });

  it("tells how a file outside of the target's folder is written", () => {
    const named = (file: string) => `${good}    promote: { strategy: paths, paths: [{ file: ${file}, key: a }] }\n`;
    expect(problems(named("../../envs/prod.yaml")).join()).toContain("leads out with `..`");
    expect(firstFix(named("../../envs/prod.yaml"))).toBe(
      "Begin with `/` for a path from the root of the repository: `/envs/{environment}.yaml`.",
    );
    expect(problems(named("/../envs/prod.yaml")).join()).toContain("leads out with `..`");
    expect(problems(named('"/envs/{environment}.yaml"')).join()).not.toContain("promote");
  });

  it("tells an unknown key of a union's branch against the keys of that branch", () => {
    const text = `${good}    deploy: { engine: flux, cluster: a, namespce: b }\n`;
    expect(problems(text)).toEqual(["5:41 `namespce` is not a key of `environments[0].deploy`"]);
    expect(firstFix(text)).toBe("Did you mean `namespace`?");
  });

  it("tells that `delivery` is called `deploy` now, in an environment and in an app's override", () => {
    const old = "delivery: { engine: apply, cluster: a }";
    const text = `${good}    ${old}\napps:\n  webapp:\n    environments:\n      prod:\n        ${old}\n`;
    expect(problems(text)).toEqual(["5:5 `delivery` is called `deploy` now", "10:9 `delivery` is called `deploy` now"]);
    expect(firstFix(text)).toBe("Rename the key.");
    expect(firstFix(`${good}    ${old}\n    deploy: { engine: hydrate }\n`)).toBe(
      "Delete it: `deploy` is there already.",
    );
    expect(problems(`${good}delivery: {}\n`)).toEqual(["5:1 `delivery` is not a key of the file"]);
  });

  it("lists the engines where none is named", () => {
    const text = `${good}    deploy: { cluster: a }\n`;
    expect(problems(text)).toEqual(["5:13 `environments[0].deploy` has no `engine`"]);
    expect(firstFix(text)).toBe("Add it. It can be `apply`, `argocd`, `flux`, `hydrate`.");
  });

  it("lists the keys where none is close", () => {
    expect(firstFix(`${good}zebra: 1\n`)).toBe(
      "Delete it. The keys here are `version`, `environments`, `images`, `clusters`, `addresses`, `preview`, `notify`, `apps`.",
    );
  });

  it("finds the place of a value behind an alias", () => {
    const text = 'version: 1\nenvironments:\n  - &a { name: prod, path: "a/{app}", from: 7 }\n  - *a\n';
    expect(problems(text)).toContain("3:45 `environments[1].from` must be text, not 7");
  });

  it("keeps every report short however long the file is", () => {
    const text = `${good}images: [${"{},".repeat(2_000)}]\n`;
    const parsed = parseConfig(text, "f");
    expect(parsed.ok ? [] : parsed.problems).toHaveLength(101);
    expect(parsed.ok ? "" : parsed.problems.at(-1)?.message).toBe("There are more problems from here on");
  });
});

describe("a file that is not YAML", () => {
  it.each([
    ["empty", "", "1:1 The file is empty"],
    ["only a comment", "# nothing\n", "1:1 The file is empty"],
    ["a list", "- a\n", "1:1 The file must be a map, not a list"],
    ["a key twice", "version: 1\nversion: 1\n", '2:1 The key "version" is there twice in the same map'],
    ["a tab", "a:\n\tb: 1\n", "2:1 The file is not YAML: Tabs are not allowed as indentation"],
    ["two documents", `${good}---\n${good}`, "5:1 The file is not YAML: it holds more than one document"],
    [
      "itself as a key of a key",
      Array.from({ length: 400 }, (_, depth) => `${" ".repeat(depth)}?\n`).join(""),
      "1:1 The file has a map or a list as a key",
    ],
    ["itself again", "a: &x [*x]\n", "1:1 The file is nested more than 50 levels deep, or an alias contains itself"],
  ])("is told when it is %s", (_, text, expected) => {
    expect(problems(text)).toContain(expected);
  });

  it("tells several syntax errors, one for each line", () => {
    const found = problems('a: "\\q"\nb: "\\w"\nc: 1\n');
    expect(found.map((problem) => problem.split(":")[0])).toEqual(["1", "2"]);
  });

  it.each([
    ["brackets without end", "[".repeat(100_000)],
    ["maps without end", "{a: ".repeat(50_000)],
    [
      "aliases of aliases",
      `a: &a [x]\n${[..."bcdefghij"].map((name, index) => `${name}: &${name} [${`*${"abcdefghi"[index]},`.repeat(9)}]\n`).join("")}`,
    ],
    ["a megabyte", `# ${"x".repeat(1_000_000)}\n${good}`],
    ["dashes without end", "- ".repeat(200_000)],
    ["very many keys", Array.from({ length: 40_000 }, (_, index) => `k${index}: 1\n`).join("")],
    [
      "a chain of very many environments",
      `version: 1\nenvironments:\n${Array.from({ length: 5_000 }, (_, index) => `- { name: e${index}, from: e${index + 1} }\n`).join("")}`,
    ],
    ["a prototype", '__proto__: { polluted: true }\n"constructor": { prototype: { polluted: true } }\n'],
  ])("survives %s", (_, text) => {
    expect(parseConfig(text, "f")).toMatchObject({ ok: false });
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("is read with Windows line ends and a byte order mark", () => {
    expect(parseConfig(`\ufeff${good.replaceAll("\n", "\r\n")}`, "f")).toMatchObject({ ok: true });
    expect(problems(good.replaceAll("\n", "\r\n").replace("path:", "pth:"))).toContain(
      "4:5 `pth` is not a key of `environments[0]`",
    );
  });
});
