import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/parse.ts";

/** Environments a, b and c in flow style, with more keys for each. */
function environments(...keys: readonly string[]): string {
  const lines = keys.map(
    (more, index) => `  - { name: ${"abc"[index]}, path: "x/{app}"${more === "" ? "" : `, ${more}`} }\n`,
  );
  return `version: 1\nenvironments:\n${lines.join("")}`;
}

function told(text: string): readonly string[] {
  const parsed = parseConfig(text, "f");
  const list = parsed.ok ? parsed.warnings : parsed.problems;
  return list.map(({ severity, line, message }) => `${severity} ${line}: ${message}`);
}

describe("the rules between keys", () => {
  it.each([
    [
      "rollbacks that nothing leads to",
      environments("rollback: { propose: true }"),
      'warning 3: `rollback.propose` has no effect: Sluice does not deploy "a"',
    ],
    [
      "a watch that nothing comes of",
      environments("deploy: { engine: hydrate }, rollback: { verify: {} }"),
      "warning 3: `rollback.verify` has no effect without `rollback.propose: true`",
    ],
    [
      "a query without a limit",
      environments(
        "deploy: { engine: hydrate }, rollback: { propose: true, verify: { queries: [{ prometheus: p, query: up }] } }",
      ),
      "error 3: `environments[0].rollback.verify.queries[0]` has neither `max` nor `min`",
    ],
    [
      "a watch of a year",
      environments("deploy: { engine: hydrate }, rollback: { propose: true, verify: { for: 365d } }"),
      'error 3: `environments[0].rollback.verify.for`: "365d" is no time to watch a deploy for',
    ],
    [
      "two environments of one name",
      environments("", "").replace("name: b", "name: a"),
      'error 4: There are two environments named "a"',
    ],
    [
      "an environment that promotes from itself",
      environments("from: a"),
      'error 3: The environment "a" promotes from itself',
    ],
    [
      "environments in a circle",
      environments("from: c", "from: a", "from: b"),
      "error 3: The environments promote from each other in a circle: a ← c ← b ← a",
    ],
    ["an unknown source", environments("from: z"), 'error 3: There is no environment "z"'],
    [
      "no path",
      "version: 1\nenvironments: [{ name: a }]\n",
      'error 2: The environment "a" does not say where its targets are',
    ],
    [
      "path and targets",
      environments('targets: [{ path: "y/{app}" }]'),
      'error 3: The environment "a" has both `path` and `targets`',
    ],
    [
      "a path without an app",
      environments("").replace("{app}", "y"),
      'error 3: `path` "x/y" does not say which app it is',
    ],
    [
      "a target's path without an app",
      "version: 1\nenvironments: [{ name: a, targets: [{ path: x }] }]\n",
      'error 2: `path` "x" does not say which app it is',
    ],
    [
      "an address that is none",
      environments('url: "shop.example.com"'),
      'error 3: `environments[0].url`: "shop.example.com" is no address of a web page',
    ],
    ["an app named twice", environments("app: y"), 'error 3: `path` "x/{app}" has `{app}`, but `app` names one app'],
    [
      "one app for many folders",
      environments("app: y").replace("{app}", "*"),
      'error 3: `path` "x/*" can match many folders, but `app` names one app',
    ],
    [
      "a soak without a source",
      environments("gates: { approvals: 1, checks: [e2e], soak: 1h }"),
      'warning 3: `gates.soak` has no effect: "a" has no `from`, so nothing is promoted there',
    ],
    [
      "an automatic promotion without a source",
      environments("promote: { auto: true, method: merge }"),
      'warning 3: `promote.auto` has no effect: "a" has no `from`, so nothing is promoted there',
    ],
    [
      "a dependency without a source",
      `${environments("")}apps: { y: { environments: { a: { gates: { dependsOn: [z] } } } } }\n`,
      'warning 4: `gates.dependsOn` has no effect: "a" has no `from`, so nothing is promoted there',
    ],
    [
      "an app that depends on itself",
      `${environments("", "from: a")}apps: { y: { environments: { b: { gates: { dependsOn: [z, y] } } } } }\n`,
      'error 5: "y" depends on itself',
    ],
    [
      "apps that wait for each other",
      `${environments("", "from: a")}apps: { y: { environments: { b: { gates: { dependsOn: [z] } } } }, z: { environments: { b: { gates: { dependsOn: [y] } } } } }\n`,
      'warning 5: The apps of "b" wait for each other: "y" → "z" → "y"',
    ],
    [
      "apps that wait for each other by their environment's list",
      environments("", "from: a, gates: { dependsOn: [y, z] }"),
      'warning 4: The apps of "b" wait for each other: "y" → "z" → "y"',
    ],
    [
      "apps whose deploys wait for each other",
      `${environments("deploy: { engine: apply, cluster: c, dependsOn: [y] }")}apps: { y: { environments: { a: { deploy: { engine: apply, cluster: c, dependsOn: [z] } } } } }\n`,
      'warning 4: The apps of "a" wait for each other: "y" → "z" → "y"',
    ],
    [
      "an app whose deploy depends on itself",
      `${environments("")}apps: { y: { environments: { a: { deploy: { engine: apply, cluster: c, dependsOn: [y] } } } } }\n`,
      'error 4: "y" depends on itself',
    ],
    [
      "health known by two things",
      environments('health: { deployment: x, check: "y" }'),
      "error 3: `environments[0].health` has both `deployment` and `check`",
    ],
    [
      "health known by nothing",
      environments("health: {}"),
      "error 3: `environments[0].health` has neither `deployment` nor `check`",
    ],
    [
      "an unknown placeholder",
      environments('health: { deployment: "{stage}" }'),
      'error 3: `environments[0].health.deployment`: "{stage}" has the unknown placeholder "{stage}"',
    ],
    [
      "a list of nobody",
      environments("allow: { users: [] }"),
      "error 3: `environments[0].allow.users` has 0 entries, it must have at least 1",
    ],
    [
      "a label that is none",
      environments('promote: { labels: ["a,b"] }'),
      'error 3: `environments[0].promote.labels[0]`: "a,b" is not the name of a label',
    ],
    [
      "an app's strategy paths without paths",
      `${environments("", "from: a")}apps: { y: { environments: { b: { promote: { strategy: paths } } } } }\n`,
      'error 5: The strategy "paths" needs `paths`: the values to copy',
    ],
    [
      "options of another renderer",
      environments("renderer: helm, plain: { recurse: false }"),
      'warning 3: `plain` has no effect here: the renderer is "helm"',
    ],
    [
      "the strategy paths without paths",
      environments("", "from: a, promote: { strategy: paths }"),
      'error 4: The strategy "paths" needs `paths`: the values to copy',
    ],
    [
      "an image for an unknown environment",
      `${environments("")}images: [{ image: i, policy: { newest: true }, environments: [z] }]\n`,
      'error 4: There is no environment "z"',
    ],
    [
      "a notification for an unknown environment",
      `${environments("")}notify: [{ channel: slack, on: [live], environments: [z] }]\n`,
      'error 4: There is no environment "z"',
    ],
    [
      "an override for an unknown environment",
      `${environments("")}apps: { y: { environments: { z: {} } } }\n`,
      'error 4: There is no environment "z"',
    ],
    [
      "a capture without an expression",
      `${environments("")}images: [{ image: i, policy: { newest: true, capture: $1 }, environments: [a] }]\n`,
      "error 4: `capture` needs `regex`, whose groups it names",
    ],
    [
      "a capture of no group",
      `${environments("")}images: [{ image: i, policy: { regex: "(?<build>[0-9]+)", capture: $date }, environments: [a] }]\n`,
      'error 4: `capture` names the group "date", which `regex` does not have',
    ],
    [
      "two policies for one image",
      `${environments("")}images: [{ image: i, policy: { newest: true }, environments: [a] }, { image: i, policy: { newest: true }, environments: [a] }]\n`,
      'error 4: The image "i" has two policies for "a"',
    ],
  ])("tell %s", (_, text, expected) => {
    expect(told(text)).toEqual([expected]);
  });

  it("find a circle of very many apps", () => {
    const apps = Array.from(
      { length: 5_000 },
      (_, n) => `  a${n}: { environments: { b: { gates: { dependsOn: [a${(n + 1) % 5_000}] } } } }\n`,
    );
    expect(told(`${environments("", "from: a")}apps:\n${apps.join("")}`)).toEqual([
      'warning 6: The apps of "b" wait for each other: "a0" → "a1" → "a2" → "a3" → "a4" → "a5" → "a6" → "a7" → … → "a0"',
    ]);
  });

  it("let right files be", () => {
    expect(told(environments("", "from: a, gates: { soak: 1h }", "from: a"))).toEqual([]);
    expect(told(environments("promote: { method: merge }, gates: { approvals: 1, healthy: false }"))).toEqual([]);
    expect(
      told(
        `${environments("", "from: a, promote: { paths: [{ file: f, key: k }] }, gates: { dependsOn: [z] }")}apps: { y: { environments: { b: { promote: { strategy: paths }, gates: { dependsOn: [x, z] } } } }, z: { environments: { b: { gates: { dependsOn: [] } } } } }\n`,
      ),
    ).toEqual([]);
    expect(
      told(
        `${environments("")}images: [{ image: i, policy: { regex: "v(?<build>[0-9]+)-(.*)", capture: "$build.$2" }, environments: [a] }]\n`,
      ),
    ).toEqual([]);
    expect(
      told(
        `${environments("")}images: [{ image: i, apps: [x], policy: { newest: true }, environments: [a] }, { image: i, apps: [y], policy: { newest: true }, environments: [a] }]\n`,
      ),
    ).toEqual([]);
  });

  it("are told beside the errors of the schema", () => {
    expect(told(`${environments("from: z, gates: { soak: never }")}`)).toEqual([
      'error 3: There is no environment "z"',
      'error 3: `environments[0].gates.soak`: "never" is not a duration',
    ]);
  });

  it("make a file with only warnings a good one", () => {
    expect(parseConfig(environments("gates: { soak: 1h }"), "f")).toMatchObject({
      ok: true,
      warnings: [{ severity: "warning" }],
    });
  });
});
