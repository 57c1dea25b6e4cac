import { describe, expect, it } from "vitest";
import type { Target } from "../../src/model/target.ts";
import type { GitObject } from "../../src/model/tree.ts";
import type { Affected } from "../../src/preview/affected.ts";
import { type ChartFile, chartFolders } from "../../src/preview/chart-file.ts";
import { chartChange, chartChanges } from "../../src/preview/charts.ts";
import { memoryTree } from "../support/memory-tree.ts";

const chart = (more: Partial<ChartFile> = {}): ChartFile => ({
  ...{ name: "podinfo", version: "6.5.4", appVersion: "v6.5.4", home: "", sources: [], annotations: {}, ...more },
});
const bump = (more: Partial<ChartFile>) =>
  chartChange(chart(more), chart({ version: "6.6.0", appVersion: "v6.6.0", ...more }))[0];

describe("the versions of a chart", () => {
  it("are told with that of the app, and not where nothing differs", () => {
    expect(bump({})).toEqual({
      ...{ name: "podinfo", from: "6.5.4", to: "6.6.0", app: { from: "v6.5.4", to: "v6.6.0" }, notes: [], links: [] },
    });
    expect(chartChange(chart(), chart())).toEqual([]);
    expect(chartChange(chart({ name: "old" }), chart())[0]?.from).toBe("old 6.5.4");
  });

  it("link to releases, changelogs and what lies between, on known forges and through the redirect", () => {
    const links = "- name: Changelog\n  url: https://gitlab.com/acme/podinfo/-/blob/main/CHANGELOG.md\n";
    const { links: found } =
      bump({
        sources: ["https://github.com/acme/helm-charts/tree/main/podinfo", "https://github.com/acme/podinfo.git"],
        annotations: { "artifacthub.io/links": links },
      }) ?? {};
    expect(found).toEqual([
      { title: "changelog", url: "https://gitlab.com/acme/podinfo/-/blob/main/CHANGELOG.md" },
      {
        title: "release of 6.6.0",
        url: "https://redirect.github.com/acme/helm-charts/releases?q=podinfo-6.6.0&expanded=true",
      },
      { title: "v6.5.4...v6.6.0", url: "https://redirect.github.com/acme/podinfo/compare/v6.5.4...v6.6.0" },
    ]);
  });

  it("link nowhere else, whatever the chart names", () => {
    const hostile = [
      "http://github.com/acme/podinfo",
      "https://github.com.evil.example/acme/podinfo",
      "https://user@github.com/acme/podinfo",
      "https://github.com/acme/podinfo/../../evil/page",
      "https://github.com/acme/podinfo](https://evil.example)",
      "javascript:alert(1)//github.com/a/b",
      "https://evil.example/github.com/acme/podinfo",
    ];
    const annotations = {
      "artifacthub.io/links": hostile.map((url) => `- name: Changelog\n  url: ${JSON.stringify(url)}\n`).join(""),
    };
    expect(bump({ sources: hostile, home: hostile[0] ?? "", annotations })?.links).toEqual([]);
  });

  it("come with what the makers say changed, a line each", () => {
    const changes = "- Fix a\n- kind: added\n  description: >\n    several\n    lines\n- 3\n- { description: '' }\n";
    expect(bump({ annotations: { "artifacthub.io/changes": changes } })?.notes).toEqual([
      "Fix a",
      "added: several lines",
    ]);
    const many = Array.from({ length: 20 }, (_, index) => `- change ${index}\n`).join("");
    expect(bump({ annotations: { "artifacthub.io/changes": many } })?.notes.at(-1)).toBe("and 12 more");
    for (const broken of ["a: [", "text", "{{ x }}", "&a [*a]"])
      expect(bump({ annotations: { "artifacthub.io/changes": broken } })?.notes).toEqual([]);
  });

  it("are read from what was fetched, and from the repository", async () => {
    const store = new Map<string, GitObject>();
    const at = (version: string) => mounted(store, `name: podinfo\nversion: ${version}\nappVersion: 1\n`);
    const release = (version: string): Target => ({
      ...{ id: "podinfo/prod", app: "podinfo", environment: "prod" },
      render: {
        ...{ kind: "helmrelease", path: `@sources/charts/podinfo-${version}` },
        options: { namespace: "apps", name: "podinfo", root: "", spec: {} },
        mounts: [{ at: `@sources/charts/podinfo-${version}`, tree: at(version) }],
      },
    });
    const objects = { read: async (oid: string) => store.get(oid) };
    const source = { tree: memoryTree({}), objects };
    const affected: Affected = {
      ...{ target: release("6.6.0"), before: release("6.5.4"), affected: true, base: undefined, head: undefined },
    };
    const trees = { base: source, head: source, tip: source };
    expect(await chartChanges(affected, trees, objects)).toMatchObject([{ from: "6.5.4", to: "6.6.0" }]);
    expect(await chartChanges(affected, trees, undefined)).toEqual([]);
  });

  it("are looked for where an Application has its sources", () => {
    expect(
      chartFolders({
        ...{ kind: "argocd", path: "" },
        options: {
          appName: "web",
          spec: { sources: [{ chart: "web" }, { path: "./apps/web/" }, { ref: "values" }] },
          roots: ["@sources/charts/web", "", "@sources/git/values"],
        },
      }),
    ).toEqual(["@sources/charts/web", "apps/web", "@sources/git/values"]);
  });
});

/** A tree with one `Chart.yaml`, as Git writes it. */
function mounted(store: Map<string, GitObject>, text: string): string {
  const oid = (seed: string) => Buffer.from(seed.padEnd(20, "-").slice(-20)).toString("hex");
  const [file, tree] = [oid(`f${text.slice(14, 31)}`), oid(`t${text.slice(14, 31)}`)];
  store.set(file, { kind: "blob", bytes: Buffer.from(text) });
  const entry = Buffer.concat([Buffer.from("100644 Chart.yaml\0"), Buffer.from(file, "hex")]);
  store.set(tree, { kind: "tree", bytes: entry });
  return tree;
}
