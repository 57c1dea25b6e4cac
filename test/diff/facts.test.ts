import { describe, expect, it } from "vitest";
import { chartWords, nothingChanges, plainWords, randomNote, toolMessages } from "../../src/diff/report/facts.ts";
import { foldChanges } from "../../src/diff/report/fold.ts";
import type { Preview, ResourceChange, TargetPreview } from "../../src/model/preview.ts";
import { change, finding, preview, target } from "./support.ts";

const words = (targets: readonly TargetPreview[], more: Partial<Preview> = {}) => {
  const given = preview(targets, more);
  return plainWords(given, foldChanges(given));
};
const count = (length: number, of: (index: number) => string) => Array.from({ length }, (_, index) => of(index));
const same = change("-a: 1\n+a: 2");
const still = (name: string) => target(name, { status: "unchanged" });
const touched = (name: string, more: Partial<TargetPreview> = {}) => target(name, { changes: [same], ...more });

describe("that nothing changes", () => {
  const untouched = { targets: 3, affected: 0, rendered: 0, failed: 0, truncated: 0, hiddenLines: 0, unpinned: [] };
  const known = { completeness: untouched, apps: 3, environments: ["dev", "prod"] };
  const unread = [finding({ id: "unread-files" })];

  it.each<readonly [targets: readonly TargetPreview[], more: Partial<Preview>, text: string]>([
    [[], {}, "An app is a kustomization, a Helm chart or a folder of manifests; `.sluice.yaml` can name them."],
    [[], { completeness: untouched }, "No app uses the changed files."],
    [[], { completeness: untouched, changedFiles: 1 }, "No app uses the changed file."],
    [
      [],
      { ...known, changedFiles: 1200 },
      "No app uses the 1,200 changed files. Sluice knows 3 apps in these environments.",
    ],
    [
      [],
      { ...known, apps: 1, environments: ["prod"] },
      "No app uses the changed files. Sluice knows 1 app in this environment.",
    ],
    [[], { ...known, environments: ["default"] }, "No app uses the changed files. Sluice knows 3 apps."],
    [[], { ...known, findings: unread }, "No change in the 3 apps that Sluice knows (prod, dev)."],
    [[], { ...known, apps: 1, environments: [], findings: unread }, "No change in the 1 app that Sluice knows."],
    [[], { ...known, configuration: { isRemoved: false, apps: 3, environments: [], effects: [] } }, ""],
    [[still("a/prod")], {}, "The changed files belong to a, but its manifests stay the same in prod."],
    [[still("a/default")], {}, "The changed files belong to a, but its manifests stay the same."],
    [[still("/prod")], {}, "The changed files belong to this repository, but its manifests stay the same in prod."],
    [
      [still("a/prod"), still("b/prod"), still("c_d/dev")],
      {},
      "The changed files belong to a, b and c&#95;d, but their manifests stay the same in both environments.",
    ],
    [
      ["a", "b", "c", "d"].map((app) => still(`${app}/prod`)),
      {},
      "The changed files belong to 4 apps, but their manifests stay the same in prod.",
    ],
    [[still("a/prod"), target("b/prod", { status: "failed" })], {}, ""],
  ])("is said with what it rests on: %#", (targets, more, text) => {
    expect(nothingChanges(preview(targets, more))).toBe(text);
    expect(words(targets, more)).toBe(text === "" ? "" : `${text}\n\n`);
  });

  it("is said with the names as they are shown there", () => {
    expect(nothingChanges(preview([still("c_d/prod")]), (name) => `<${name}>`)).toBe(
      "The changed files belong to <c_d>, but its manifests stay the same in <prod>.",
    );
  });
});

describe("the sentences about a change", () => {
  it.each<readonly [about: string, targets: readonly TargetPreview[], text: string]>([
    [
      "a moved folder of one resource",
      [touched("a/prod", { movedFrom: "old", sameIdentities: 1 })],
      "Its 1 resource keeps kind, name and namespace, so nothing is deleted or created.\n\n",
    ],
    [
      "one beside other changes",
      [touched("a_b/prod", { movedFrom: "old", sameIdentities: 1 }), touched("c/prod")],
      "The 1 resource of a&#95;b in prod keeps kind, name and namespace, so nothing is deleted or created.\n\n",
    ],
    [
      "a larger one beside other changes",
      [touched("c/prod"), touched("a/prod", { movedFrom: "old", sameIdentities: 1200 })],
      "All 1,200 resources of a in prod keep kind, name and namespace, so none is deleted or created.\n\n",
    ],
    [
      "what deploys a moved folder",
      [touched("a/prod", { movedFrom: "old", follower: { tool: "Flux_Kustomization", name: "x" } })],
      "Flux&#95;Kustomization `x` follows: its `path` changes here too.\n\n",
    ],
    [
      "no folder where two are moved",
      [touched("a/prod", { movedFrom: "x", sameIdentities: 1 }), touched("b/prod", { movedFrom: "y" })],
      "",
    ],
  ])("tell of %s", (_, targets, text) => expect(words(targets)).toBe(text));

  const started = (more: Partial<TargetPreview>) => {
    const image = { container: "Deployment/web: web", from: "", to: "ghcr.io/acme/web:1.0" };
    const replicas = [{ workload: "Deployment/web", from: undefined, to: 2 }];
    return words([target("a/prod", { status: "added", changes: [same], images: [image, image], replicas, ...more })]);
  };
  const image = (to: string) => ({ container: "c", from: "", to });

  it("tell what starts with a new app, where it is one workload with one image that names its version", () => {
    expect(started({})).toBe("Starts 2 pods of `web` `1.0`.\n\n");
    expect(started({ images: [image(`nginx@sha256:${"0".repeat(64)}`)] })).toBe(
      "Starts 2 pods of `nginx` `sha256:000000000000…`.\n\n",
    );
    const one = { workload: "w", from: undefined, to: 1 };
    expect(started({ replicas: [one] })).toBe("Starts 1 pod of `web` `1.0`.\n\n");
    for (const other of [
      { images: [image("web:1"), image("web:2")] },
      { images: [image("web")] },
      { images: [] },
      { replicas: [one, one] },
      { replicas: [{ ...one, to: 0 }] },
      { replicas: [{ ...one, to: undefined }] },
      { replicas: [] },
      { status: "changed" as const },
    ])
      expect(started(other)).toBe("");
    const two = ["a/prod", "b/prod"].map((name) =>
      target(name, { status: "added", changes: [same], images: [image("a:1")], replicas: [one] }),
    );
    expect(words(two)).toBe("");
  });

  const secret = (keys: readonly string[], more: Partial<ResourceChange> = {}) =>
    change(["@@ data @@", ...keys.map((key) => `+${key}: ‹hidden 0123abcd›`), "+plain: x"].join("\n"), {
      ...{ kind: "Secret", name: "s", ...more },
    });
  const readers = [
    { kind: "Deployment", name: "web" },
    { kind: "A_b", name: "x" },
  ];

  it.each<readonly [about: string, changes: readonly ResourceChange[], more: Partial<TargetPreview>, text: string]>([
    ["one key", [secret(["a"])], {}, "`a` gets another value.\n\n"],
    ["two keys", [secret(["a", "b"])], {}, "`a` and `b` get other values.\n\n"],
    [
      "what stays, and who reads it",
      [secret(["a"])],
      { secret: { stays: ["c"], readers } },
      "`a` gets another value; `c` stays. Nothing in this change restarts the pods that use it: Deployment `web` and A&#95;b `x` read it at start.\n\n",
    ],
    [
      "more that stays, and one reader",
      [secret(["a"])],
      { secret: { stays: ["c", "d"], readers: readers.slice(0, 1) } },
      "`a` gets another value; `c` and `d` stay. Nothing in this change restarts the pods that use it: Deployment `web` reads it at start.\n\n",
    ],
    ["no value", [secret([])], {}, ""],
    ["a new one", [secret(["a"], { action: "added" })], {}, ""],
    ["what is no Secret", [secret(["a"], { kind: "ConfigMap" })], {}, ""],
    ["more than one", [secret(["a"]), secret(["a"])], {}, ""],
  ])("tell of the only Secret that changes which keys do: %s", (_, changes, more, text) => {
    expect(words([target("a/prod", { changes, ...more })])).toBe(text);
  });

  const rolled = (name: string, rollouts: number, value = 2) =>
    target(name, { rollouts, changes: [change(`-a: 1\n+a: ${value}`)] });

  it.each<readonly [targets: readonly TargetPreview[], text: string]>([
    [[rolled("a/dev", 1), rolled("a/prod", 1)], "Restarts 2 workloads, 1 of them in prod.\n\n"],
    [[rolled("a/dev", 1000), rolled("a/prod", 1000)], "Restarts 2,000 workloads, 1,000 of them in prod.\n\n"],
    [[rolled("a/dev", 1), rolled("b/dev", 1)], "Restarts 2 workloads.\n\n"],
    [[rolled("a/prod", 1), rolled("b/prod", 1)], "Restarts 2 workloads.\n\n"],
    [[rolled("a/dev", 1), touched("b/dev")], ""],
    [[rolled("a/prod", 2)], ""],
  ])("tell how many workloads restart in several places: %#", (targets, text) => {
    expect(words(targets, { environments: ["dev", "prod"] })).toBe(text);
    if (text !== "") expect(words(targets)).toMatch(/^Restarts [\d,]+ workloads\.\n\n$/);
  });

  it("tell of the one place that is unlike all others, where nothing is found that is graver", () => {
    const alike = ["a/dev", "b/dev", "c/dev"].map((name) => rolled(name, 0));
    const targets = [...alike, rolled("x_y/dev", 0, 3)];
    expect(words(targets)).toBe("3 changes are alike; **x&#95;y in dev differs**.\n\n");
    expect(words(targets, { findings: [finding({ severity: "notice" })] })).toBe("");
    expect(words([...alike.slice(1), rolled("x/dev", 0, 3)])).toBe("");
    const restarting = targets.map((one) => ({ ...one, rollouts: 1 }));
    expect(words(restarting)).toBe("Restarts 4 workloads. 3 changes are alike; **x&#95;y in dev differs**.\n\n");
  });

  const renamed = (kind: string, from: string, name: string, more: Partial<ResourceChange> = {}) =>
    change("", {
      ...{ action: "renamed", kind, name, fields: [] },
      ...{ from: { apiVersion: "v1", kind, namespace: "", name: from }, ...more },
    });

  it("list what gets another name and nothing else, kinds of the same names together", () => {
    const moved = { namespace: "n", from: { apiVersion: "v1", kind: "Job", namespace: "", name: "x" } };
    const changes = [
      renamed("Service", "x", "y"),
      renamed("Service", "x", "y"),
      renamed("A_b", "x", "y"),
      renamed("Deployment", "x", "y", { from: { apiVersion: "v1", kind: "Job", namespace: "", name: "x" } }),
      renamed("Job", "x", "z", moved),
      renamed("Job", "x", "x", moved),
      renamed("Role", "x", "w", { fields: [{ name: "a", path: "a", from: "1", to: "2" }] }),
      same,
    ];
    const text =
      "- **Service, A&#95;b:** `x` → `y`, nothing else\n- **Job → Deployment:** Job `x` → Deployment `y`, nothing else\n- **Job:** `x` → `z`, namespace none → `n`, nothing else\n\n";
    expect(words([target("a/prod", { changes })])).toBe(text);
    expect(words([target("a/prod", { changes }), target("b/prod", { changes })])).toBe("");
    const many = count(14, (index) => `n${index}`).map((name) => renamed("Job", name, `${name}-b`));
    expect(words([target("a/prod", { changes: many.slice(0, 12) })]).match(/^- /gm)).toHaveLength(12);
    expect(words([target("a/prod", { changes: many })])).toMatch(/`n11-b`, nothing else\n- and 2 more\n\n$/);
  });

  it("stand as paragraphs, what is not followed last", () => {
    const unpinned = [{ reference: "r", reason: "because" }];
    const completeness = { ...preview([]).completeness, targets: 1, affected: 1, rendered: 1, unpinned };
    expect(words([rolled("a/prod", 1), rolled("b/prod", 1)], { completeness })).toBe(
      "Restarts 2 workloads.\n\nNot followed, so what it would add is not compared:\n\n- `r`: because\n\n",
    );
  });
});

describe("the messages of tools", () => {
  const broken = (name: string, message: string, more: Partial<TargetPreview> = {}) =>
    target(name, { status: "failed", error: { message, side: "head" }, ...more });
  const told = (message: string, tool = "kustomize") =>
    `<details><summary>Message of ${tool}</summary>\n\n\`\`\`text\n${message}\n\`\`\`\n\n</details>\n\n`;
  const before = { error: { message: "two\nlines ", side: "head", cause: "before" } } as const;

  it.each<readonly [about: string, targets: readonly TargetPreview[], text: string]>([
    ["are told once", [broken("a/prod", "no"), broken("b/prod", "no")], told("no")],
    ["are those of the tool", [broken("a/prod", "no", { renderer: "helm" })], told("no", "helm")],
    ["are those of no tool", [broken("a/prod", "no", { renderer: "plain" })], told("no", "the renderer")],
    [
      "are at most three",
      count(4, (index) => `${index}`).map((text) => broken(`a${text}/x`, text)),
      told("0") + told("1") + told("2"),
    ],
    ["are at most 1,500 characters", [broken("a/x", "x".repeat(1501))], told("x".repeat(1500))],
    ["have no secrets", [broken("a/x", "bad password: hunter2")], told("bad password: ‹withheld›")],
    ["of what was so before are told where they are long", [broken("a/x", "", before)], told("two\nlines ")],
    [
      "of what was so before are not told on one line",
      [broken("a/x", "", { error: { ...before.error, message: "one line\n" } })],
      "",
    ],
    ["of what can be rendered are not told", [broken("a/x", "", { ...before, status: "changed" })], ""],
    ["need an error", [target("a/x", { status: "failed" })], ""],
  ])("%s", (_, targets, text) => expect(toolMessages(preview(targets))).toBe(text));

  it("are left out where a finding says them", () => {
    const findings = [finding({ message: "other" }), finding({ message: "no such file. More." })];
    expect(toolMessages(preview([broken("a/x", "no such file\n")], { findings }))).toBe("");
  });
});

describe("the note about values that differ at every render", () => {
  const note = (...places: readonly string[]) =>
    randomNote(
      preview([
        target("a/prod", {
          random: places.map((place) => {
            const [resource = "", path = ""] = place.split(" ");
            return { resource, path };
          }),
        }),
        target("a/dev"),
      ]),
    );

  it("names one value, once", () => {
    expect(note("Secret/ns/core data.a.b", "Secret/ns/core data.a.b")).toBe(
      "> [!NOTE]\n> **1 value is not compared** as far as the chart makes a new one at every render: `a.b` in Secret `core`. Each deploy may replace it; set it in the values to keep it.\n\n",
    );
    expect(note()).toBe("");
  });

  it("names the first four of a resource and six resources, and counts the others", () => {
    const four = count(4, (index) => `Job/x stringData.k${index}`);
    expect(note(...four)).toContain(
      ": `k0`, `k1`, `k2` and `k3` in Job `x`. Each deploy may replace them; set them in the values to keep them.",
    );
    expect(note(...four, "Job/x data.k4", "Job/x data.k5")).toContain(
      "> **6 values are not compared** as far as the chart makes new ones at every render: `k0`, `k1`, `k2`, `k3` and 2 more in Job `x`. Each",
    );
    const eight = count(8, (index) => `A_b/x${index} spec.metadata.annotations.v/w`);
    expect(note(...eight)).toContain(
      ": annotation `v/w` in A&#95;b `x0`, annotation `v/w` in A&#95;b `x1`, annotation `v/w` in A&#95;b `x2`, annotation `v/w` in A&#95;b `x3`, annotation `v/w` in A&#95;b `x4`, annotation `v/w` in A&#95;b `x5` and 2 more resources. Each",
    );
    expect(note(...eight.slice(0, 6))).not.toContain("more resources");
  });
});

describe("the words about a new chart", () => {
  const label = (name: string) => change("-a: 1\n+a: 2", { name, labelsOnly: true });
  const image = (name: string, from: string, to: string) =>
    change("-i\n+i", { name, fields: [{ name: "image", path: "image", from, to }] });
  const chart = (changes: readonly ResourceChange[]) => chartWords(preview([target("a/prod", { changes })]));
  const three = [label("a"), label("b"), label("c")];

  it.each<readonly [about: string, changes: readonly ResourceChange[], text: string]>([
    ["only labels", [...three, label("d")], "4 of the 4 resources change only in version labels.\n\n"],
    [
      "one other resource",
      [...three, image("w_x", "a:1", "a:2")],
      "3 of the 4 resources change only in version labels. The other one:\n\n- **1 Deployment:** w&#95;x `1` → `2`\n\n",
    ],
    [
      "other resources by kind, with values where these are few",
      [
        ...three,
        change("-r\n+r", {
          name: "x",
          fields: [
            { name: "replicas", path: "spec.replicas", from: "1", to: "2" },
            { name: "image", path: "image", from: "a:1", to: "a:2" },
          ],
        }),
        ...["y", "z", "w"].map((name) => image(name, "a:1", "a:2")),
        change("+a", { kind: "NetworkPolicy", action: "added" }),
        change("+a\n-b\n-c", { kind: "NetworkPolicy", fields: [] }),
      ],
      "3 of the 9 resources change only in version labels. The other 6:\n\n- **4 Deployments:** x replicas `1` → `2`, `1` → `2`, y `1` → `2`, z `1` → `2`, w `1` → `2`\n- **2 NetworkPolicies:** 1 changed, 1 new (+2 −2)\n\n",
    ],
    [
      "more of a kind as counts",
      [
        ...three,
        ...["v", "w", "x", "y", "z"].map((name) => image(name, "a:1", "a:2")),
        change("-a", { action: "removed" }),
        change("-a\n+b", { action: "renamed" }),
      ],
      "3 of the 10 resources change only in version labels. The other 7:\n\n- **7 Deployments:** 5 changed, 1 removed, 1 renamed (+6 −7)\n\n",
    ],
    ["no label", [same, same, same, same], ""],
    ["fewer than four resources", three, ""],
  ])("tell of %s", (_, changes, text) => expect(chart(changes)).toBe(text));

  it("are about one place, and at most twelve kinds", () => {
    const kinds = count(14, (index) => `K${index}`).map((kind) => change("+a", { kind, action: "added" }));
    expect(chart([...three, ...kinds])).toMatch(/- \*\*1 K11:\*\* 1 new \(\+1\)\n- and 2 more kinds\n\n$/);
    expect(chart([...three, ...kinds.slice(0, 12)])).toMatch(/- \*\*1 K11:\*\* 1 new \(\+1\)\n\n$/);
    const changes = [...three, label("d")];
    expect(chartWords(preview([target("a/prod", { changes }), target("b/prod", { changes })]))).toBe("");
    expect(chartWords(preview([]))).toBe("");
  });
});
