import { describe, expect, it } from "vitest";
import type { Tree } from "../../src/model/tree.ts";
import { comparePlans } from "../../src/targets/compare-plans.ts";
import { matchesGlob } from "../../src/targets/patterns.ts";
import { chart, kustomization, manifest, overlays } from "../config/samples.ts";
import { memoryTree } from "../support/memory-tree.ts";
import { targetsIn } from "../support/plan-reads.ts";

/** A configuration with one environment for each entry, its keys in flow style. */
function config(environments: Readonly<Record<string, string>>, more = ""): string {
  const lines = Object.entries(environments).map(([name, keys]) => `  - { name: ${name}, ${keys} }\n`);
  return `version: 1\nenvironments:\n${lines.join("")}${more}`;
}

async function plan(text: string, tree: Tree) {
  return (await targetsIn(text, tree)).plan;
}

async function paths(text: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return (await plan(text, memoryTree(files))).targets.map(({ id, render }) => `${id} ${render.kind} ${render.path}`);
}

describe("targets from the configuration", () => {
  const apps = overlays(["webapp", "api"], ["staging", "prod"]);

  it("come in the order of the environments, then by app", async () => {
    expect(
      await paths(
        config({ staging: 'path: "apps/{app}/overlays/{environment}"', prod: 'path: "apps/{app}/overlays/prod"' }),
        apps,
      ),
    ).toEqual([
      "api/staging kustomize apps/api/overlays/staging",
      "webapp/staging kustomize apps/webapp/overlays/staging",
      "api/prod kustomize apps/api/overlays/prod",
      "webapp/prod kustomize apps/webapp/overlays/prod",
    ]);
  });

  it.each([
    [
      "apps/{app}/**",
      ["api/x kustomize apps/api", "web/x plain apps/web/deep/er"],
      {
        "apps/api/kustomization.yml": "",
        "apps/api/sub/kustomization.yaml": "",
        "apps/web/deep/er/a.yaml": manifest,
        "apps/none/readme.md": "",
      },
    ],
    [
      "**/{app}/prod",
      ["api/x plain apps/api/prod", "web/x plain deep/er/web/prod"],
      { "apps/api/prod/a.yaml": manifest, "deep/er/web/prod/a.json": "{}", "prod/a.yaml": manifest },
    ],
    [
      "team-*/{app}",
      ["api/x plain team-a/api", "web/x plain team-b/web"],
      { "team-a/api/a.yaml": manifest, "team-b/web/a.yaml": manifest, "other/web/a.yaml": manifest },
    ],
    [
      "apps/{app}-prod",
      ["api/x plain apps/api-prod"],
      { "apps/api-prod/a.yaml": manifest, "apps/api-dev/a.yaml": manifest, "apps/-prod/a.yaml": manifest },
    ],
    [
      "{app}/overlays/{app}",
      ["api/x plain api/overlays/api"],
      { "api/overlays/api/a.yaml": manifest, "api/overlays/web/a.yaml": manifest },
    ],
    [
      "{app}",
      ["api/x helm api"],
      { "api/Chart.yaml": "", ".github/a.yaml": manifest, "file.yaml": manifest, "docs/a.md": "" },
    ],
    [".hidden/{app}", ["api/x plain .hidden/api"], { ".hidden/api/a.yaml": manifest }],
    ["a+b/{app}.(x)", ["api/x plain a+b/api.(x)"], { "a+b/api.(x)/a.yaml": manifest, "aab/api.(x)/a.yaml": manifest }],
  ] as const)("match %s", async (path, expected, files) => {
    expect(await paths(config({ x: `path: ${JSON.stringify(path)}` }), files)).toEqual(expected);
  });

  it("find a renderer by the folder's files: kustomization, then chart, then manifests", async () => {
    const files = { "a/Kustomization": "", "a/Chart.yaml": "", "b/Chart.yaml": "", "b/x.yaml": "", "c/x.yml": "" };
    expect(await paths(config({ e: 'path: "{app}"' }), files)).toEqual([
      "a/e kustomize a",
      "b/e helm b",
      "c/e plain c",
    ]);
    expect(await paths(config({ e: 'path: "{app}", renderer: helm' }), files)).toEqual([
      "a/e helm a",
      "b/e helm b",
      "c/e helm c",
    ]);
  });

  it("may be one named folder, the root too", async () => {
    expect(await paths(config({ e: 'path: ".", app: all' }), { "kustomization.yaml": "" })).toEqual([
      "all/e kustomize ",
    ]);
    expect(await paths(config({ e: "path: manifests, app: all" }), { "manifests/sub/a.yaml": "" })).toEqual([
      "all/e plain manifests",
    ]);
  });

  it("are charts with a values file for each environment, with placeholders filled", async () => {
    const files = { ...chart("charts/web", ["staging", "prod"]), ...chart("charts/api", ["prod"]) };
    const keys =
      'path: "charts/{app}", helm: { valueFiles: ["charts/{app}/values.yaml", "charts/{app}/values-{environment}.yaml"], namespace: "{app}-{environment}", values: { a: 1 } }';
    const { targets, notes } = await plan(config({ staging: keys, prod: keys }), memoryTree(files));
    expect(targets.map(({ id }) => id)).toEqual(["web/staging", "api/prod", "web/prod"]);
    expect(targets[2]?.render).toEqual({
      kind: "helm",
      path: "charts/web",
      options: {
        releaseName: "web",
        namespace: "web-prod",
        valueFiles: ["charts/web/values.yaml", "charts/web/values-prod.yaml"],
        values: { a: 1 },
      },
    });
    expect(notes).toEqual([
      'The chart `charts/api` is no target of "staging": it has no `charts/api/values-staging.yaml`.',
    ]);
  });

  it.each([
    ["ignore", [undefined]],
    ["error", [["charts/web/values-prod.yaml"]]],
    ["skip", []],
  ])("treat a missing values file as told: %s", async (missing, expected) => {
    const text = config({
      prod: `path: "charts/{app}", helm: { missingValueFiles: ${missing}, valueFiles: ["charts/{app}/values-prod.yaml"] }`,
    });
    const { targets } = await plan(text, memoryTree(chart("charts/web", [])));
    expect(targets.map(({ render }) => (render.kind === "helm" ? render.options.valueFiles : "no chart"))).toEqual(
      expected,
    );
  });

  it("may have the names of what every object has", async () => {
    const text = config(
      { prod: 'path: "apps/{app}/overlays/prod"' },
      "apps: { toString: { environments: { prod: { skip: true } } } }\n",
    );
    expect(await paths(text, overlays(["constructor", "toString", "valueOf"], ["prod"]))).toEqual([
      "constructor/prod kustomize apps/constructor/overlays/prod",
      "valueOf/prod kustomize apps/valueOf/overlays/prod",
    ]);
  });

  it("are warned about where they depend on what is no app there", async () => {
    const text = config(
      {
        staging: 'path: "apps/{app}/overlays/staging"',
        prod: 'path: "apps/{app}/overlays/prod", from: staging, gates: { dependsOn: [webap] }, deploy: { engine: apply, cluster: c, dependsOn: [db] }',
      },
      "apps: { api: { environments: { prod: { gates: { dependsOn: [queue] } } } } }\n",
    );
    const { problems, plan: made } = await targetsIn(text, memoryTree(apps));
    expect(made.targets).toHaveLength(4);
    expect(problems).toMatchObject([
      {
        severity: "warning",
        line: 4,
        message: '`dependsOn` names "webap", which is no app in "prod"',
        fix: "Did you mean `webapp`? Name an app of the environment, or delete the entry: apps that depend on it wait forever.",
      },
      { severity: "warning", line: 4, message: '`dependsOn` names "db", which is no app in "prod"' },
      { severity: "warning", line: 5, message: '`dependsOn` names "queue", which is no app in "prod"' },
    ]);
  });

  it("are not looked for by a name of a pattern that can be read in too many ways", async () => {
    const { problems } = await targetsIn(config({ prod: 'path: "apps/{app}*{app}"' }), memoryTree(apps));
    expect(problems).toMatchObject([
      {
        message: '`environments[0].path`: "apps/{app}*{app}" has `{app}` twice and `*` in the same name `{app}*{app}`',
      },
    ]);
  });

  it("leave library charts, excluded folders and skipped apps out and say so", async () => {
    const files = {
      ...chart("charts/web", []),
      ...chart("charts/old", []),
      ...chart("charts/api", []),
      "charts/lib/Chart.yaml": "type: library\n",
    };
    const text = config(
      { prod: 'path: "charts/{app}", exclude: ["charts/o*"]' },
      "apps: { api: { environments: { prod: { skip: true } } } }\n",
    );
    const { targets, notes } = await plan(text, memoryTree(files));
    expect(targets.map(({ id }) => id)).toEqual(["web/prod"]);
    expect(notes).toEqual([
      '"api" is left out of "prod" by its override.',
      "`charts/lib` is a library chart, so it is no target.",
    ]);
  });

  it("take options from the environment, then the place, then the app's override", async () => {
    const text = config(
      {
        prod: 'helm: { namespace: env, kubeVersion: "1.30.0", includeCRDs: false }, targets: [{ path: "charts/{app}", helm: { namespace: place } }]',
      },
      "apps: { web: { environments: { prod: { helm: { includeCRDs: true } } } } }\n",
    );
    const { targets } = await plan(text, memoryTree(chart("charts/web", [])));
    expect(targets[0]?.render.options).toEqual({
      releaseName: "web",
      namespace: "place",
      kubeVersion: "1.30.0",
      includeCRDs: true,
    });
  });

  it("read folders of plain manifests whole unless told otherwise", async () => {
    const render = async (more: string) =>
      (await plan(config({ e: `path: "{app}"${more}` }), memoryTree({ "a/x.yaml": "" }))).targets[0]?.render;
    expect(await render("")).toEqual({ kind: "plain", path: "a", options: { recurse: true } });
    expect(await render(", plain: { recurse: false, exclude: [x] }")).toEqual({
      kind: "plain",
      path: "a",
      options: { recurse: false, exclude: ["x"] },
    });
  });

  it("do not follow links and submodules and say which", async () => {
    const tree = memoryTree({
      "apps/web/a.yaml": manifest,
      "apps/link": { link: "web" },
      "apps/sub": { module: "1".repeat(40) },
      top: { link: "apps" },
    });
    const found = await plan(config({ a: 'path: "apps/{app}"', b: 'path: "top/{app}"' }), tree);
    expect(found.targets.map(({ id }) => id)).toEqual(["web/a"]);
    expect(found.notes).toEqual(
      ["apps/link", "apps/sub", "top"].map(
        (path) => `\`${path}\` is a link or a submodule; Sluice does not follow it.`,
      ),
    );
  });

  it("warn at the line of a path that matches nothing", async () => {
    const { plan: found, problems } = await targetsIn(
      config({ a: 'path: "apps/{app}"', b: 'path: "nope/{app}"' }),
      memoryTree({ "apps/x/a.yaml": manifest }),
      "f.yaml",
    );
    expect(found.targets).toHaveLength(1);
    expect(problems).toMatchObject([
      { severity: "warning", file: "f.yaml", line: 4, column: 22, message: '`nope/{app}` of "b" matches no folder' },
    ]);
  });

  it("report two folders that are the same target, and keep the first", async () => {
    const { plan: found, problems } = await targetsIn(
      config({ a: 'path: "*/{app}"' }),
      memoryTree({ "x/web/a.yaml": manifest, "y/web/a.yaml": manifest }),
    );
    expect(found.targets.map(({ render }) => render.path)).toEqual(["x/web"]);
    expect(problems).toMatchObject([
      { severity: "error", message: 'Two folders are the app "web" in "a": `x/web` and `y/web`' },
    ]);
  });

  it("are none when the file is broken, which says why", async () => {
    const { plan: found, config: parsed, problems } = await targetsIn("version: 1\n", memoryTree(apps));
    expect(found).toMatchObject({ source: "file", targets: [] });
    expect(parsed).toBeUndefined();
    expect(problems).toMatchObject([{ severity: "error", message: "The file has no `environments`" }]);
  });

  it("look only at folders that can match", async () => {
    const tree = memoryTree({ ...apps, "huge/a/b/c/d.yaml": manifest });
    const listed: string[] = [];
    const list = (path: string) => {
      listed.push(path);
      return tree.list(path);
    };
    const watched: Tree = { ...tree, list };
    await targetsIn(config({ prod: 'path: "apps/{app}/overlays/prod"' }), watched);
    expect(listed.filter((path) => path.startsWith("huge") || path === "")).toEqual([]);
  });
});

describe("the difference of two plans", () => {
  const files = {
    ...overlays(["api", "web"], ["prod"]),
    ...chart("charts/web", ["prod"]),
    "more/new/kustomization.yaml": kustomization(),
  };

  it("names targets that come, go and change, and counts the others", async () => {
    const before = await plan(config({ prod: 'path: "apps/{app}/overlays/prod"' }), memoryTree(files));
    const after = await plan(
      config({ prod: 'targets: [{ path: "more/{app}" }, { path: "charts/{app}" }]' }),
      memoryTree(files),
    );
    const difference = comparePlans(before, after);
    expect(difference.added.map(({ id }) => id)).toEqual(["new/prod"]);
    expect(difference.removed.map(({ id }) => id)).toEqual(["api/prod"]);
    expect(difference.changed.map(({ base, head }) => [base.render.path, head.render.path])).toEqual([
      ["apps/web/overlays/prod", "charts/web"],
    ]);
    expect(comparePlans(before, before)).toMatchObject({
      added: [],
      removed: [],
      changed: [],
      unchanged: 2,
      environments: false,
    });
  });

  it("sees changed options and a changed order of environments", async () => {
    const [first, second] = [
      'path: "charts/{app}", helm: { namespace: a }',
      'path: "charts/{app}", helm: { namespace: b }',
    ];
    const a = await plan(config({ x: first, y: first }), memoryTree(files));
    const b = await plan(config({ y: first, x: second }), memoryTree(files));
    const difference = comparePlans(a, b);
    expect(difference.changed.map(({ head }) => head.id)).toEqual(["web/x"]);
    expect(difference).toMatchObject({ unchanged: 1, environments: true });
  });

  it("are not looked for without end in a tree whose equal folders stand in each other", async () => {
    const entries = Array.from(
      { length: 1_000 },
      (_, n) => ({ kind: "dir", oid: "0".repeat(40), name: `d${n}` }) as const,
    );
    const depth = (path: string) => path.split("/").length;
    const bomb: Tree = { ...memoryTree({}), list: async (path) => (depth(path) < 12 ? entries : []) };
    for (const path of ["**/{app}/prod", "{app}/*/*/*/*/*/*/*/*"]) {
      await expect(plan(config({ prod: `path: "${path}"` }), bomb)).rejects.toThrow(/more than 200000 files/);
    }
  });

  it("are excluded by globs of many stars without trying each way to read them", () => {
    const path = Array.from({ length: 60 }, () => "a").join("/");
    expect(matchesGlob(path, `${"**/a/".repeat(12)}b`)).toBe(false);
    expect(matchesGlob(path, `${"**/a/".repeat(12)}**`)).toBe(true);
    expect(matchesGlob("a".repeat(4000), `${"*a".repeat(20)}b`)).toBe(false);
    for (const glob of ["*b*d*", "a*", "*e", "a*b*e", "*1*"]) expect(matchesGlob("ab1cde", glob)).toBe(true);
    for (const glob of ["*d*b*", "a*d", "b*", "*ee"]) expect(matchesGlob("ab1cde", glob)).toBe(false);
    for (const glob of ["**", "a/**", "**/b", "**/**/b", "a/**/b", "a/*"]) expect(matchesGlob("a/b", glob)).toBe(true);
    for (const glob of ["", "*", "b/**", "a/b/*", "**/a"]) expect(matchesGlob("a/b", glob)).toBe(false);
  });
});
