import { describe, expect, it } from "vitest";
import { compare, resources } from "./support.ts";

/** Situations that were reported for previews, each by its name. */
const said = (result: ReturnType<typeof compare>) => ({
  changes: result.changes.map(({ action, kind, name, addedLines, removedLines }) =>
    [action, `${kind}/${name}`, `+${addedLines} -${removedLines}`].join(" "),
  ),
  findings: result.findings.map(({ severity, id }) => `${severity} ${id}`),
});

const yaml = (apiVersion: string, kind: string, name: string, body: string) =>
  `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name} }\n${body}\n`;
const crd = yaml("apiextensions.k8s.io/v1", "CustomResourceDefinition", "zones.acme.example", "spec: { scope: x }");
const claim = yaml("v1", "PersistentVolumeClaim", "orders", "spec: { resources: { requests: { storage: 1Gi } } }");
const map = (name: string, ...data: readonly string[]) => yaml("v1", "ConfigMap", name, `data:\n${data.join("\n")}`);

describe("an identity that is defined twice", () => {
  it("twice-subchart-alias: a definition that another alias still brings is not deleted", () => {
    const base = crd + crd + map("shop-outer", "  a: b") + map("shop-inner", "  a: b");
    expect(said(compare(base, crd + map("shop-outer", "  a: b")))).toEqual({
      changes: ["removed ConfigMap/shop-inner +0 -6"],
      findings: [],
    });
  });

  it("twice-duplicate-file: a claim that another file still holds is not deleted", () => {
    expect(said(compare(claim + claim, claim))).toEqual({ changes: [], findings: [] });
    expect(said(compare(claim + claim, "")).findings).toEqual(["danger deleted-persistent-volume-claim"]);
  });

  it("twice-second-copy-comes: is told with both files, and shown as what the second copy changes", () => {
    const [first, second] = [map("settings", "  mode: safe"), map("settings", "  mode: fast")];
    const head = [...resources(first, "settings.yaml"), ...resources(second, "zz-settings.yaml")];
    const result = compare(undefined, undefined, { base: resources(first, "settings.yaml"), head });
    expect(said(result)).toEqual({
      changes: ["changed ConfigMap/settings +1 -1"],
      findings: ["warning defined-twice"],
    });
    expect(result.changes[0]).toMatchObject({ copies: true, diff: "@@ data @@\n-mode: safe\n+mode: fast" });
    expect(result.findings[0]).toMatchObject({
      message:
        "webapp in prod has two ConfigMaps named `settings`, and they differ. Argo CD and `kubectl` keep the last one; kustomize refuses.",
      file: "settings.yaml",
      also: { file: "zz-settings.yaml" },
    });
  });

  it("is a note where the copies are equal, or were there before", () => {
    const [safe, fast, calm] = ["safe", "fast", "calm"].map((mode) => map("settings", `  mode: ${mode}`));
    expect(said(compare(safe, `${safe}${safe}`)).findings).toEqual(["notice defined-twice"]);
    expect(said(compare(`${safe}${fast}`, `${calm}${fast}`)).findings).toEqual(["notice defined-twice"]);
    expect(said(compare(`${safe}${fast}`, `${safe}${fast}`))).toEqual({ changes: [], findings: [] });
    expect(said(compare(`${safe}${safe}`, `${safe}${safe}${safe}`)).findings).toEqual(["notice defined-twice"]);
  });
});

describe("what is defined several times", () => {
  const copies = (...modes: readonly string[]) => modes.map((mode) => map("settings", `  mode: ${mode}`)).join("");
  const told = (base: string, head: string) =>
    compare(base, head)
      .findings.filter(({ id }) => id === "defined-twice")
      .map(({ severity, message, fix, words }) => [
        ...[severity, words?.short, /has (.*?)\. Argo/.exec(message)?.[1], fix],
      ]);

  it.each<readonly [base: string, head: string, told: readonly string[] | undefined]>([
    [
      copies("a"),
      copies("a", "b"),
      ["warning", "twice", "two ConfigMaps named `settings`, and they differ", "remove one"],
    ],
    [
      copies("a"),
      copies("a", "a"),
      ["notice", "twice", "two ConfigMaps named `settings`, and they are equal", "remove one"],
    ],
    [
      copies("a", "b"),
      copies("a", "c"),
      ["notice", "twice", "two ConfigMaps named `settings`, and they differ", "remove one"],
    ],
    [
      copies("a", "b"),
      copies("a", "b", "a"),
      ["warning", "3 times", "3 ConfigMaps named `settings`, and they differ", "keep one"],
    ],
    [copies("a", "b", "c"), copies("a", "b"), undefined],
    [copies("a", "b"), copies("b", "a"), undefined],
    [copies("a", "b"), copies("a"), undefined],
  ])("is told where it is new or changes: %#", (base, head, expected) => {
    const [severity = "", times = "", ...rest] = expected ?? [];
    const short = `ConfigMap \`settings\` is defined ${times}`;
    expect(told(base, head)).toEqual(expected === undefined ? [] : [[severity, short, ...rest]]);
  });

  it("is told of at most fifty", () => {
    const many = Array.from({ length: 60 }, (_, index) => map(`m${index}`, "  a: b").repeat(2)).join("");
    expect(told("", many)).toHaveLength(50);
  });
});

describe("a value that differs at every render", () => {
  const core = (secret: string, replicas = 2, rolled = secret) =>
    [
      yaml("v1", "Secret", "core", `data: { secret: ${Buffer.from(secret).toString("base64")}, user: YWRtaW4= }`),
      `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: core, annotations: { rolled: ${rolled} } }\nspec: { replicas: ${replicas} }\n`,
    ].join("");
  const again = (base: readonly string[], head: readonly string[]) => ({
    again: { base: base.map((text) => resources(text)), head: head.map((text) => resources(text)) },
  });
  const [before, after] = [
    ["k3Bq9", "Zp0aa", "7yTw1"],
    ["8uuQx", "bbbY2", "qL1mM"],
  ] as const;

  it("random-comment-only: is neither a change nor a secret in clear text", () => {
    const more = again(
      before.map((value) => core(value)),
      after.map((value) => core(value)),
    );
    const result = compare(core("one"), core("two"), more);
    expect(said(result)).toEqual({ changes: [], findings: [] });
    expect(result.random).toEqual([
      { resource: "Secret/core", path: "data.secret" },
      { resource: "Deployment/core", path: "metadata.annotations.rolled" },
    ]);
  });

  it("is told of the base where the target goes", () => {
    const more = again(
      before.map((value) => core(value)),
      [],
    );
    expect(compare(core("one"), undefined, more).random).toHaveLength(2);
  });

  it("random-and-a-real-change: leaves the one change that is real", () => {
    const more = again(
      before.map((value) => core(value)),
      after.map((value) => core(value, 3)),
    );
    const result = compare(core("one"), core("two", 3), more);
    expect(said(result)).toEqual({ changes: ["changed Deployment/core +1 -1"], findings: [] });
    expect(result.changes[0]?.diff).toBe("@@ spec @@\n-replicas: 2\n+replicas: 3");
  });

  it("is no finding in a Secret that is new, beside one whose values are not random", () => {
    const only = (value: string) => yaml("v1", "Secret", "ca", `stringData: { key: key-${value} }`);
    expect(said(compare("", only("one"), again([], after.map(only)))).findings).toEqual([]);
    const both = again(
      [],
      after.map((value) => core(value)),
    );
    expect(said(compare("", core("one"), both)).findings).toEqual(["danger clear-text-secret"]);
  });

  it("may be in the name of a resource; a list of another length is a difference", () => {
    const job = (name: string, count: number) =>
      yaml("batch/v1", "Job", `migrate-${name}`, `spec: { list: [${"x,".repeat(count)}] }`);
    const named = again(
      before.map((name) => job(name, 1)),
      after.map((name) => job(name, 1)),
    );
    const result = compare(job("ab1", 1), job("ab2", 1), named);
    expect([result.changes, result.random.map(({ path }) => path)]).toEqual([[], ["metadata.name"]]);
    const longer = again(
      before.map((name) => job(name, 1)),
      after.map((name, index) => job(name, 2 + index)),
    );
    expect(compare(job("ab1", 1), job("ab2", 2), longer).changes).toHaveLength(1);
  });
});

describe("a resource under another name", () => {
  const lines = (changed: string) =>
    Array.from({ length: 32 }, (_, index) => `    option_${index} = ${index === 11 ? changed : `f${index}`}`);

  it("rename-plain-one-leaf: is found by the lines of its only text", () => {
    const motd = (name: string, word: string) => map(name, "  text: |", ...lines(word));
    const result = compare(motd("motd", "off"), motd("greeting", "on"));
    expect(said(result).changes).toEqual(["renamed ConfigMap/greeting +2 -2"]);
    expect(result.changes[0]?.from?.name).toBe("motd");
  });

  it("rename-prefix-one-leaf: is found among others of its kind", () => {
    const two = (prefix: string, word: string, hash: string) =>
      map(`${prefix}-first-${hash}`, "  app.conf: |", ...lines(word)) +
      map(`${prefix}-second-2g4h6k8m9t`, "  app.conf: |", ...lines("s").map((line) => line.replace("f", "s")));
    const result = compare(two("old", "off", "7d5f6b8c9t"), two("new", "on", "9d5f6b8c9t"));
    expect(said(result).changes.sort()).toEqual([
      "renamed ConfigMap/new-first-9d5f6b8c9t +2 -2",
      "renamed ConfigMap/new-second-2g4h6k8m9t +1 -1",
    ]);
    expect(said(result).findings).toEqual([]);
  });

  it("is found by the parts of a minified file too", () => {
    const json = (title: string) => JSON.stringify(Array.from({ length: 60 }, (_, id) => ({ id, title, y: id * 7 })));
    const board = (name: string, title: string) => map(name, `  x.json: ${JSON.stringify(json(title))}`);
    expect(said(compare(board("a", "t"), board("b", "t").replace("413", "414"))).changes).toEqual([
      "renamed ConfigMap/b +2 -2",
    ]);
  });

  it("is told: the cluster makes a new one and deletes the old one", () => {
    const both = (name: string) =>
      yaml("v1", "Service", name, "spec: { ports: [80] }") +
      yaml("apps/v1", "Deployment", name, "spec: { replicas: 2 }");
    const { findings } = compare(both("shop"), both("webapp"));
    expect(findings.map(({ message, fix }) => [message, fix])).toEqual([
      [
        "Service and Deployment `shop` become `webapp` in prod. The cluster cannot rename: new ones are created, and the old ones are deleted where pruning is on. Whatever calls `http://shop` stops working.",
        "keep the old Service until no one uses it",
      ],
    ]);
  });

  it("is a danger in another namespace, told once for all that go there", () => {
    const both = (namespace: string) =>
      ["Service", "ConfigMap"]
        .map((kind) => `---\napiVersion: v1\nkind: ${kind}\nmetadata: { name: web, namespace: ${namespace} }\n`)
        .join("");
    const { findings } = compare(both("prod"), both("staging"));
    expect(findings.map(({ id, message, fix }) => [id, message, fix])).toEqual([
      [
        "leaves-namespace",
        "2 resources move from namespace `prod` to `staging` in prod. They are created in `staging`, over what is there. Where pruning is on, they are deleted from `prod`.",
        "set `namespace: prod` again",
      ],
    ]);
  });
});
