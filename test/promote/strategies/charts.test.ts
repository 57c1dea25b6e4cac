import { describe, expect, it } from "vitest";
import { StagedFiles } from "../../../src/change/staged-files.ts";
import type { FoundSettings, VersionSetting } from "../../../src/edit/find/index.ts";
import { carryCharts } from "../../../src/promote/strategies/charts.ts";
import { targetIn } from "../../support/memory-renderer.ts";
import { type MemoryEntry, memoryTree } from "../../support/memory-tree.ts";
import { type InputParts, inputOf, lines } from "./support.ts";

type Files = Readonly<Record<string, MemoryEntry>>;

/** The settings of charts: `FORM FILE NAME VERSION`, each the next item of its file's list. */
function found(...charts: readonly string[]): FoundSettings {
  const counts = new Map<string, number>();
  const settings = charts.map((chart): VersionSetting => {
    const [form = "", file = "", name = "", version = ""] = chart.split(" ");
    const index = counts.get(file) ?? 0;
    counts.set(file, index + 1);
    const at = [form === "helm-charts" ? "helmCharts" : "dependencies", index];
    return {
      subject: { kind: "chart", name, repository: undefined },
      matches: name,
      form: form === "helm-charts" ? "helm-charts" : "chart-dependency",
      file,
      document: 0,
      at,
      version: { path: [...at, "version"], value: version, line: 1 },
    };
  });
  return { settings, problems: [], kustomizations: [], valueFiles: [] };
}

/** What is carried from the source's charts to the target's, with the edited files before the charts themselves. */
async function carry(
  [source, theirs]: readonly [Files, FoundSettings],
  [target, ours]: readonly [Files, FoundSettings],
  parts: InputParts = {},
) {
  const input = await inputOf(source, target, parts);
  const staged = new StagedFiles(input.target.at.tree);
  const { versions, changes, notes } = await carryCharts(input, ours, theirs, staged);
  return { versions, notes, changes: lines([...staged.changes(), ...changes]) };
}

async function oidOf(files: Files, path: string): Promise<string | undefined> {
  return (await memoryTree(files).at(path))?.oid;
}

const kustomization = (version: string, more = "") => `${more}helmCharts:\n  - name: lib\n    version: ${version}\n`;
const [from, to] = ["web/staging/kustomization.yaml", "web/prod/kustomization.yaml"];
const ours = found(`helm-charts ${to} lib 1.0.0`);
const theirs = found(`helm-charts ${from} lib 2.0.0`);
const source = { [from]: kustomization("2.0.0") };
const target = { [to]: kustomization("1.0.0") };
const versions = [{ image: "chart lib", from: "1.0.0", to: "2.0.0" }];

describe("charts of a kustomization", () => {
  it("get the version of the chart of the same name", async () => {
    expect(await carry([source, theirs], [target, ours])).toEqual({
      versions,
      notes: [],
      changes: [`write ${to}: ${kustomization("2.0.0")}`],
    });
  });

  it.each([
    ["has the same version", found(`helm-charts ${from} lib 1.0.0`)],
    ["is called otherwise", found(`helm-charts ${from} other 2.0.0`)],
    ["stands in another kind of list", found(`chart-dependency ${from} lib 2.0.0`)],
    ["is set in the same file", found(`helm-charts ${to} lib 2.0.0`)],
    ["is an image", { ...theirs, settings: [{ ...theirs.settings[0], subject: { kind: "image", name: "lib" } }] }],
  ] as const)("stay where the source's %s", async (_, settings) => {
    const result = await carry([source, settings as FoundSettings], [target, ours]);
    expect(result).toEqual({ versions: [], notes: [], changes: [] });
  });

  it("are taken back from the target's own past, in the same file", async () => {
    const prod = targetIn("web/prod");
    const before = [{ [to]: kustomization("0.9.0") }, found(`helm-charts ${to} lib 0.9.0`)] as const;
    const result = await carry(before, [target, ours], { source: prod, target: prod });
    expect(result.versions).toEqual([{ image: "chart lib", from: "1.0.0", to: "0.9.0" }]);
  });

  it("are refused where others read the file, or the version cannot be edited", async () => {
    const readers = { [to]: [targetIn("web/prod"), targetIn("web/eu")] };
    await expect(carry([source, theirs], [target, ours], { readers })).rejects.toMatchObject({
      kind: "refused",
      message: `editing \`${to}\` would also change web in eu`,
    });
    const [chart] = ours.settings;
    const blocked = { path: ["helmCharts", 0, "version"], value: "1.0.0", line: 3, blocked: "alias" } as const;
    const alias: FoundSettings = { ...ours, settings: chart === undefined ? [] : [{ ...chart, version: blocked }] };
    await expect(carry([source, theirs], [target, alias])).rejects.toMatchObject({
      kind: "refused",
      message: `${to}:3: the value is an alias; change it where its anchor is`,
      fix: "Make that change by hand.",
    });
  });

  it.each([
    ["charts", "", "", "web/staging/charts", "web/prod/charts"],
    ["its own home", "helmGlobals: { chartHome: ./lib/ }\n", "", "web/staging/lib", "web/prod/charts"],
    ["a home elsewhere", "", "helmGlobals: { chartHome: ../../vendor }\n", "web/staging/charts", "vendor"],
    ["a home that is no text", "helmGlobals: { chartHome: [a] }\n", "", "web/staging/charts", "web/prod/charts"],
  ])("come with the chart that stands in %s", async (_, here, there, home, goes) => {
    const files = { [from]: kustomization("2.0.0", here), [`${home}/lib-2.0.0/lib/Chart.yaml`]: "name: lib\n" };
    const { changes, notes } = await carry([files, theirs], [{ [to]: kustomization("1.0.0", there) }, ours]);
    expect(changes).toEqual([
      `write ${to}: ${kustomization("2.0.0", there)}`,
      `entry ${goes}/lib-2.0.0: ${await oidOf(files, `${home}/lib-2.0.0`)}`,
    ]);
    expect(notes).toEqual([`The chart itself is carried to \`${goes}/lib-2.0.0\`.`]);
  });

  it("come without a chart where the target's home leads out of the repository", async () => {
    const files = { ...source, "web/staging/charts/lib-2.0.0/a": "1" };
    const globals = "helmGlobals: { chartHome: ../../.. }\n";
    const { changes } = await carry([files, theirs], [{ [to]: kustomization("1.0.0", globals) }, ours]);
    expect(changes).toEqual([`write ${to}: ${kustomization("2.0.0", globals)}`]);
  });

  it.each([
    ["the source has none", {}, {}, ""],
    [
      "the target has the same one",
      { "web/staging/charts/lib-2.0.0/a": "1" },
      { "web/prod/charts/lib-2.0.0/a": "1" },
      "",
    ],
    ["it is a submodule", { "web/staging/charts/lib-2.0.0": { module: "a".repeat(40) } }, {}, ""],
    ["its home leads out of the repository", { "lib-2.0.0/a": "1" }, {}, "helmGlobals: { chartHome: ../../.. }\n"],
  ])("come without a chart where %s", async (_, more, mine, globals) => {
    const files = { [from]: kustomization("2.0.0", globals), ...more };
    const { changes, notes } = await carry([files, theirs], [{ ...target, ...mine }, ours]);
    expect(changes).toEqual([`write ${to}: ${kustomization("2.0.0")}`]);
    expect(notes).toEqual([]);
  });
});

describe("dependencies of a chart", () => {
  const chart = (version: string, more = "") =>
    `name: web\ndependencies:\n  - name: lib\n    version: ${version}\n    repository: https://charts.example.com\n${more}`;
  const [mine, other] = ["web/prod/Chart.yaml", "web/staging/Chart.yaml"];
  const here = found(`chart-dependency ${mine} lib 1.0.0`);
  const there = found(`chart-dependency ${other} lib 2.0.0`);

  it("come with their archive and their folder, and the archive of the old version goes", async () => {
    const files = {
      [other]: chart("2.0.0"),
      "web/staging/charts/lib-2.0.0.tgz": "two",
      "web/staging/charts/lib/Chart.yaml": "version: 2.0.0\n",
    };
    const old = { "web/prod/charts/lib-1.0.0.tgz": "one", "web/prod/charts/lib-0.9.0.tgz": "zero" };
    const {
      versions: carried,
      changes,
      notes,
    } = await carry([files, there], [{ [mine]: chart("1.0.0"), ...old }, here]);
    expect(carried).toEqual(versions);
    expect(changes).toEqual([
      `write ${mine}: ${chart("2.0.0")}`,
      `entry web/prod/charts/lib-2.0.0.tgz: ${await oidOf(files, "web/staging/charts/lib-2.0.0.tgz")}`,
      `entry web/prod/charts/lib: ${await oidOf(files, "web/staging/charts/lib")}`,
      "delete web/prod/charts/lib-1.0.0.tgz",
    ]);
    expect(notes).toEqual([
      "The chart itself is carried to `web/prod/charts/lib-2.0.0.tgz`.",
      "The chart itself is carried to `web/prod/charts/lib`.",
    ]);
  });

  it("come with the lock when they are the source's, however they are written", async () => {
    const json = JSON.stringify({
      dependencies: [{ repository: "https://charts.example.com", version: "2.0.0", name: "lib" }],
      name: "other",
    });
    const files = { [other]: json, "web/staging/Chart.lock": "two" };
    const { changes } = await carry([files, there], [{ [mine]: chart("1.0.0"), "web/prod/Chart.lock": "one" }, here]);
    expect(changes).toEqual([
      `write ${mine}: ${chart("2.0.0")}`,
      `entry web/prod/Chart.lock: ${await oidOf(files, "web/staging/Chart.lock")}`,
    ]);
  });

  it("leave the lock alone where it is the same, where there is none, and where no version changes", async () => {
    const files = { [other]: chart("2.0.0"), "web/staging/Chart.lock": "two" };
    const same = await carry([files, there], [{ [mine]: chart("1.0.0"), "web/prod/Chart.lock": "two" }, here]);
    expect(same.changes).toEqual([`write ${mine}: ${chart("2.0.0")}`]);
    const none = await carry([files, there], [{ [mine]: chart("1.0.0") }, here]);
    expect(none.changes).toEqual([`write ${mine}: ${chart("2.0.0")}`]);
    const still = found(`chart-dependency ${mine} lib 2.0.0`);
    const unchanged = await carry([files, there], [{ [mine]: chart("2.0.0"), "web/prod/Chart.lock": "one" }, still]);
    expect(unchanged.changes).toEqual([]);
  });

  it.each([
    ["the source has no lock", { [other]: chart("2.0.0") }],
    [
      "the source has another dependency",
      { [other]: chart("2.0.0", "  - name: more\n    version: 1\n"), "web/staging/Chart.lock": "two" },
    ],
    [
      "the source has it from another place",
      { [other]: chart("2.0.0").replace("example", "elsewhere"), "web/staging/Chart.lock": "two" },
    ],
    ["the source's chart is gone", { "web/staging/Chart.lock": "two" }],
  ])("are refused where the lock would not fit: %s", async (_, files) => {
    const lock = carry([files, there], [{ [mine]: chart("1.0.0"), "web/prod/Chart.lock": "one" }, here]);
    await expect(lock).rejects.toMatchObject({
      kind: "refused",
      message: "`web/prod/Chart.lock` would no longer fit the chart's dependencies, and the source's does not either",
      fix: "Run helm dependency update in the target's chart, in a pull request of its own.",
    });
  });

  it("take the lock of the file of the same name", async () => {
    const [old, theirOld] = ["web/prod/requirements.yaml", "web/staging/requirements.yaml"];
    const files = {
      [other]: chart("2.0.0"),
      [theirOld]: chart("2.0.0"),
      "web/staging/Chart.lock": "chart",
      "web/staging/requirements.lock": "requirements",
    };
    const { changes } = await carry(
      [files, found(`chart-dependency ${other} x 2.0.0`, `chart-dependency ${theirOld} lib 2.0.0`)],
      [{ [old]: chart("1.0.0"), "web/prod/requirements.lock": "one" }, found(`chart-dependency ${old} lib 1.0.0`)],
    );
    expect(changes.at(-1)).toBe(
      `entry web/prod/requirements.lock: ${await oidOf(files, "web/staging/requirements.lock")}`,
    );
  });
});
