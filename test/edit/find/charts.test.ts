import { describe, expect, it } from "vitest";
import { foundInChart, foundInKustomization } from "./support/found-in.ts";
import { digestOf } from "./support/repository.ts";
import { settingLines, wholeSetting } from "./support/setting-lines.ts";

describe("the charts that a chart includes", () => {
  const dependencies = "dependencies:\n  - { name: db, version: 1.0.0, repository: 'https://r' }\n";

  it.each(["Chart.yaml", "requirements.yaml"])("have their versions in %s, the first document of it", async (name) => {
    const more = `${dependencies}  - { name: x }\n  - { version: 1.0.0 }\n  - { name: own, version: 2.0.0 }\n---\n${dependencies}`;
    const { settings } = await foundInChart({ [`c/${name}`]: more });
    expect(settings.map(wholeSetting)).toEqual([
      [
        `chart-dependency chart db of https://r | c/${name}#0 dependencies.0`,
        "version=1.0.0 @ dependencies.0.version :2",
      ],
      [`chart-dependency chart own | c/${name}#0 dependencies.3`, "version=2.0.0 @ dependencies.3.version :5"],
    ]);
  });

  it("have default values, which those of the chart around them override", async () => {
    const { settings } = await foundInChart({
      "c/values.yaml": "db: { image: { tag: '2' } }\n",
      "c/charts/db/Chart.yaml": "name: db\n",
      "c/charts/db/values.yaml": "image: { repository: db, tag: '1' }\n",
    });
    expect(settings.map(wholeSetting)).toEqual([
      ["values image db | c/values.yaml#0 db.image", "tag=2 @ db.image.tag :1"],
      [
        "values image db | c/charts/db/values.yaml#0 image",
        "name=db @ image.repository :1 (included chart)",
        "tag=1 @ image.tag :1 (included chart)",
        "decidedBy: c/values.yaml:1",
      ],
    ]);
    expect(settings.map(({ values }) => values)).toEqual([
      {
        key: ["db", "image"],
        version: "db.image.tag",
        above: [],
        isDefault: true,
        tagBelow: "1",
        digestBelow: undefined,
        registry: undefined,
      },
      {
        key: ["db", "image"],
        version: "db.image.tag",
        above: ["c/values.yaml"],
        isDefault: true,
        tagBelow: undefined,
        digestBelow: undefined,
        registry: undefined,
      },
    ]);
  });

  it("are followed four levels deep", async () => {
    const folder = (depth: number) => `c${"/charts/s".repeat(depth)}`;
    const depths = [1, 2, 3, 4, 5];
    const files = depths.flatMap((depth) => [
      [`${folder(depth)}/Chart.yaml`, "name: s\n"],
      [`${folder(depth)}/values.yaml`, `image: s:${depth}\n`],
    ]);
    const { settings } = await foundInChart(Object.fromEntries(files));
    expect(settings.map(({ whole }) => whole?.value)).toEqual(["s:1", "s:2", "s:3", "s:4"]);
  });

  it("are a hundred at most", async () => {
    const charts = Array.from({ length: 102 }, (_, index) => `c/charts/s${String(index).padStart(3, "0")}`);
    const files = charts.flatMap((folder) => [
      [`${folder}/Chart.yaml`, "{}\n"],
      [`${folder}/values.yaml`, "image: s:1\n"],
    ]);
    const { settings } = await foundInChart(Object.fromEntries(files));
    expect(settings.map(({ file }) => file)).toEqual(
      charts
        .slice(0, 100)
        .toReversed()
        .map((it) => `${it}/values.yaml`),
    );
  });
});

describe("the value files of a Helm target", () => {
  it("win over the chart's own, the last of them first, and the configuration's values win over all", async () => {
    const { settings, valueFiles } = await foundInChart(
      {
        "c/values.yaml": `image: { repository: web, tag: '1', digest: '${digestOf("1")}' }\n`,
        "a.yaml": "image: { tag: '2' }\n",
        "b.yaml": "image: { tag: '3' }\n",
      },
      {
        releaseName: "r",
        valueFiles: ["a.yaml", "b.yaml", "none.yaml"],
        values: { image: { digest: digestOf("2"), tag: "4" } },
      },
    );
    expect(settingLines(settings)).toEqual([
      "b.yaml values web: tag=3 < the target's `helm.values`",
      "a.yaml values web: tag=2 < the target's `helm.values`",
      `c/values.yaml values web: name=web tag=1 digest=${digestOf("1")} < the target's \`helm.values\``,
    ]);
    expect(settings.map(({ values }) => values?.above)).toEqual([[], ["b.yaml"], ["b.yaml", "a.yaml"]]);
    expect(valueFiles).toEqual(["none.yaml", "b.yaml", "a.yaml", "c/values.yaml"]);
  });

  it("are named once, and without the chart's own where it has none", async () => {
    const options = { releaseName: "r", valueFiles: ["a.yaml", "b.yaml", "a.yaml"] };
    expect((await foundInChart({}, options)).valueFiles).toEqual(["a.yaml", "b.yaml"]);
  });
});

describe("a chart that kustomize renders", () => {
  const files = {
    "charts/web/Chart.yaml": "name: web\n",
    "charts/web/values.yaml": "image: { repository: web, tag: chart }\n",
    "main.yaml": "image: { tag: main }\n",
    "more.yaml": "image: { tag: more }\n",
    "last.yaml": "image: { tag: last }\n",
  };
  const values = "valuesFile: main.yaml, valuesInline: { image: { tag: inline } }";
  const tags = async (chart: string, more: Readonly<Record<string, string>> = {}) => {
    const found = await foundInKustomization(`helmCharts: [{ name: web, ${chart} }]\n`, { ...files, ...more });
    return { ...found, tags: found.settings.map(({ tag, version }) => tag?.value ?? version?.value) };
  };

  it.each([
    ["its inline values over its file", values, ["inline", "main", "chart"]],
    [
      "its inline values over its file, where that is asked for",
      `${values}, valuesMerge: override`,
      ["inline", "main", "chart"],
    ],
    [
      "its file over its inline values where they are merged",
      `${values}, valuesMerge: merge`,
      ["main", "inline", "chart"],
    ],
    ["its inline values in place of its file", `${values}, valuesMerge: replace`, ["inline", "chart"]],
    ["its file where nothing replaces it", "valuesFile: main.yaml, valuesMerge: replace", ["main", "chart"]],
    ["no values that are no map", "valuesInline: [a]", ["chart"]],
    [
      "its additional files over all, the last first",
      `${values}, additionalValuesFiles: [more.yaml, last.yaml]`,
      ["last", "more", "inline", "main", "chart"],
    ],
  ])("has %s", async (_, chart, expected) => {
    const found = await tags(chart);
    expect(found.tags).toEqual(expected);
    expect(found.settings.map(({ decidedBy }) => decidedBy === undefined)).toEqual(expected.map((_, at) => at === 0));
  });

  it("names its value files, the last first", async () => {
    const more = "additionalValuesFiles: [more.yaml, '', ../out.yaml, last.yaml], valuesFile: main.yaml";
    expect((await tags(more)).valueFiles).toEqual(["last.yaml", "more.yaml", "main.yaml"]);
    expect((await tags("valuesFile: ''")).valueFiles).toEqual([]);
  });

  it.each([
    ["below its name where it comes from no repository", "version: 1.0.0", "charts/web"],
    ["below its name where it has no version", "repo: 'https://r'", "charts/web"],
    ["below its name and version", "version: 1.0.0, repo: 'https://r'", "charts/web-1.0.0/web"],
  ])("is %s", async (_, chart, folder) => {
    const found = await tags(chart, {
      "charts/web-1.0.0/web/Chart.yaml": "name: web\n",
      "charts/web-1.0.0/web/values.yaml": "image: { repository: web, tag: pulled }\n",
    });
    expect(found.settings.at(-1)?.file).toBe(`${folder}/values.yaml`);
  });

  it("sets its version", async () => {
    const { settings } = await foundInKustomization("helmCharts: [{ name: web, version: 1.0.0 }, { version: 1 }]\n");
    expect(settings.map(wholeSetting)).toEqual([
      ["helm-charts chart web | kustomization.yaml#0 helmCharts.0", "version=1.0.0 @ helmCharts.0.version :1"],
    ]);
  });
});
