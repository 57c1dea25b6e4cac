import { describe, expect, it } from "vitest";
import { diffBlocks } from "../../src/diff/report/block.ts";
import { foldChanges } from "../../src/diff/report/fold.ts";
import type { Finding, ResourceChange } from "../../src/model/preview.ts";
import { change, finding, preview, target } from "./support.ts";

type Placed = readonly [name: string, change: ResourceChange];

const folded = (placed: readonly Placed[], findings: readonly Finding[] = []) => {
  const names = [...new Set(placed.map(([name]) => name))];
  const targets = names.map((name) =>
    target(name, { changes: placed.filter(([one]) => one === name).map(([, other]) => other) }),
  );
  return foldChanges(preview(targets, { findings }));
};
const texts = (placed: readonly Placed[], findings: readonly Finding[] = []) =>
  folded(placed, findings).flatMap((group) => diffBlocks(group, context(placed)).map(({ text }) => text));
const context = (placed: readonly Placed[]) => ({
  targets: new Set(placed.map(([name]) => name)).size,
  apps: new Set(placed.map(([name]) => name.split("/")[0])).size,
  groups: 2,
});
const summaries = (placed: readonly Placed[], findings: readonly Finding[] = []) =>
  texts(placed, findings).map((text) => /<summary>(.*)<\/summary>/.exec(text)?.[1]);
/** The sentence between the summary and the diff. */
const about = (placed: readonly Placed[]) => texts(placed).map((text) => text.split("\n\n")[1]);
const same = change("-a: 1\n+a: 2");
const named = (name: string, more: Partial<ResourceChange> = {}) => ({ ...same, name, ...more });
const everywhere = (count: number, one: ResourceChange) =>
  Array.from({ length: count }, (_, index): Placed => [`app/env${index}`, one]);

describe("a diff as a block", () => {
  it("is folded under what it is about", () => {
    expect(texts([["a/prod", same]])).toEqual([
      "<details><summary>Deployment web (+1 −1)</summary>\n\n```diff\n-a: 1\n+a: 2\n```\n\n</details>\n",
    ]);
  });

  it.each([
    ["added", "Deployment web is new (+1 −1)"],
    ["removed", "Deployment web removed (+1 −1)"],
    ["renamed", "Deployment web renamed (+1 −1)"],
    ["changed", "Deployment web (+1 −1)"],
  ] as const)("says in its summary that a resource is %s", (action, text) => {
    expect(summaries([["a/prod", named("web", { action })]])).toEqual([text]);
  });

  it("says in its summary how grave it is, in at most 70 characters of text", () => {
    const about = (severity: Finding["severity"]) => [finding({ severity, app: "a" })];
    const of = (severity: Finding["severity"]) => summaries([["a/prod", same]], about(severity))[0];
    expect([of("danger"), of("warning"), of("notice")]).toEqual([
      "Deployment web (+1 −1) · 🔴 danger",
      "Deployment web (+1 −1) · 🟠 warning",
      "Deployment web (+1 −1)",
    ]);
    const claim = named("orders-data", { kind: "PersistentVolumeClaim", action: "removed" });
    const places: readonly Placed[] = [
      ["orders/prod", claim],
      ["orders/dev", claim],
    ];
    const dangers = [finding({ severity: "danger", app: "orders", resource: "PersistentVolumeClaim/orders-data" })];
    expect(summaries(places, dangers)[0]).toBe(
      "PersistentVolumeClaim orders-data removed: prod, dev (+1 −1 each) · 🔴",
    );
    const [long = ""] = summaries([["a/prod", named("x".repeat(90))]]);
    expect([...long].length).toBe(70);
    expect(summaries([["a/prod", { ...same, kind: "A<b" }]])[0]).toMatch(/^A&lt;b web/);
  });

  it("says where it is, where there are several places", () => {
    const where = (placed: readonly Placed[], index = 0) => summaries(placed)[index];
    expect(
      where([
        ["a/x", same],
        ["a/y", same],
      ]),
    ).toBe("Deployment web in x, y (+1 −1 each)");
    expect(
      where([
        ["a/x", same],
        ["b/x", same],
      ]),
    ).toBe("Deployment web in both places (+1 −1 each)");
    expect(
      where([
        ["a/x", same],
        ["b/y", change("-a: 1\n+a: 3", { name: "b" })],
      ]),
    ).toBe("Deployment web of a in x (+1 −1)");
    const most = [...everywhere(6, same), ["b/x", change("-a: 1\n+a: 3")]] as const;
    expect(where(most, 1)).toBe("Deployment web in the 6 others (+1 −1 each)");
  });

  it("says what a renamed resource was", () => {
    const from = { apiVersion: "v1", kind: "Job", namespace: "shop", name: "old" };
    const renamed = named("new", { action: "renamed", from, fields: [] });
    expect(about([["a/x", renamed]])).toEqual(["Job `old` → Deployment `new`, namespace `shop` → none, nothing else"]);
  });

  it("holds what comes or goes whole in one place together", () => {
    const whole = (name: string) => change(`+a: ${name}\n${"+b: 1\n".repeat(9)}+c: 1`, { name, action: "added" });
    const placed: readonly Placed[] = [
      ["a/x", whole("one")],
      ["a/x", { ...whole("two"), kind: "Service" }],
    ];
    expect(summaries(placed)).toEqual(["2 new resources: Deployment, Service (+22)"]);
    expect(texts(placed)[0]).toContain("+c: 1\n+---\n+a: two\n");
    expect(summaries(placed, [finding({ app: "a", environment: "x", resource: "Service/two" })])).toHaveLength(2);
  });
});

describe("a long diff", () => {
  const lines = (count: number, length: number) =>
    Array.from({ length: count }, (_, index) => `+${String(index).padStart(length - 1, "0")}`);
  const blocks = (diff: string) =>
    folded([["a/x", change(diff)]]).flatMap((group) => diffBlocks(group, { targets: 1, apps: 1, groups: 1 }));
  const held = (text: string) => /```diff\n([\s\S]*)\n```/.exec(text)?.[1];

  it("stands in parts of 24,000 characters, each line in one of them", () => {
    const full = lines(48, 500).join("\n").slice(0, -47);
    expect(full).toHaveLength(24_000);
    expect(blocks(full).map(({ text }) => held(text))).toEqual([full]);
    const all = lines(240, 239);
    const parts = blocks(all.join("\n"));
    expect(parts.map(({ text }) => held(text))).toEqual([
      ...[all.slice(0, 100).join("\n"), all.slice(100, 200).join("\n"), all.slice(200).join("\n")],
    ]);
    expect(parts.map(({ text }) => /<summary>Deployment web(, .*) \(/.exec(text)?.[1])).toEqual([
      ...[", part 1 of 3", ", part 2 of 3", ", part 3 of 3"],
    ]);
    expect(parts.map(({ cut }) => cut)).toEqual([false, false, false]);
  });

  it("is cut where a line is longer than 600 characters, never in a character", () => {
    const [short, long, emoji] = ["x".repeat(600), "y".repeat(1400), `${"z".repeat(559)}😀${"z".repeat(60)}`];
    const parts = blocks([short, long, emoji].join("\n"));
    expect(parts.map(({ text }) => held(text)).join("\n")).toBe(
      [short, `${"y".repeat(560)} …‹840 more characters›`, `${"z".repeat(559)} …‹62 more characters›`].join("\n"),
    );
    expect(parts.every(({ cut }) => cut)).toBe(true);
    expect(blocks([short, short].join("\n")).map(({ cut }) => cut)).toEqual([false]);
  });
});

describe("changes of all targets", () => {
  const brief = (placed: readonly Placed[], findings: readonly Finding[] = []) =>
    folded(placed, findings).map(({ change: { kind, name }, members, severity }) => ({
      name: `${kind}/${name}`,
      targets: members.map(({ target: one }) => one).join(" "),
      ...(severity === undefined ? {} : { severity }),
    }));

  it("are one where they change the same lines of the same kind in the same way, whatever stands around", () => {
    const moved = change("@@ spec @@\n x: y\n-a: 1\n+a: 2");
    expect(
      folded([
        ["a/x", change("@@ spec @@\n z: y\n-a: 1\n+a: 2")],
        ["a/y", moved],
      ]),
    ).toHaveLength(1);
    for (const other of [
      change("@@ status @@\n x: y\n-a: 1\n+a: 2"),
      change("@@ spec @@\n x: y\n-a: 1\n+a: 3"),
      { ...moved, kind: "Job" },
      { ...moved, apiVersion: "v1" },
      { ...moved, action: "renamed" } as const,
    ]) {
      expect(
        folded([
          ["a/x", moved],
          ["a/y", other],
        ]),
      ).toHaveLength(2);
    }
  });

  it("that come or go whole are one across namespaces, but not across what else has such a line", () => {
    const whole = (namespace: string, more = "") =>
      change(`+metadata:\n+  namespace: ${namespace}\n+spec:\n+  namespace: a${more}`, { action: "added", namespace });
    expect(
      folded([
        ["a/x", whole("x")],
        ["a/y", whole("y")],
      ]),
    ).toHaveLength(1);
    expect(
      folded([
        ["a/x", whole("x")],
        ["a/y", whole("y", "b")],
      ]),
    ).toHaveLength(2);
    expect(
      folded([
        ["a/x", { ...whole("x"), namespace: "" }],
        ["a/y", { ...whole("y"), namespace: "" }],
      ]),
    ).toHaveLength(2);
  });

  it("are two where one only repeats a version in labels, or is a second copy", () => {
    for (const more of [{ labelsOnly: true } as const, { copies: true } as const])
      expect(
        folded([
          ["a/x", same],
          ["a/y", { ...same, ...more }],
        ]),
      ).toHaveLength(2);
  });

  it("have the one place first that differs from three and more, which is all there is besides", () => {
    const in3 = everywhere(3, same);
    const other: Placed = ["b/x", change("-a: 1\n+a: 3")];
    const first = (placed: readonly Placed[], findings: readonly Finding[] = []) =>
      folded(placed, findings)[0]?.members.map(({ target: one }) => one);
    expect(first([...in3, other])).toEqual(["b/x"]);
    expect(first([...in3.slice(1), other])).toHaveLength(2);
    expect(first([...in3, ["b/x", { ...other[1], kind: "Job" }]])).toHaveLength(3);
    expect(first([...in3, other, ["c/x", change("-a: 1\n+a: 4")]])).toHaveLength(3);
    expect(first([...in3, other], [finding({ severity: "warning", app: "app", environment: "env0" })])).toHaveLength(3);
  });

  it("stand last where they only repeat a version in labels, production first where risks are alike", () => {
    const label = change("-v: 1\n+v: 2", { labelsOnly: true, kind: "Service" });
    expect(
      brief([...everywhere(9, label), ["b/x", named("m", { kind: "ConfigMap" })]]).map(({ name }) => name),
    ).toEqual([...["ConfigMap/m", "Service/web"]]);
    const places: readonly Placed[] = [
      ["a/dev", change("+a: dev")],
      ["a/prod", change("+a: prod")],
      ["a/staging", change("+a: staging")],
    ];
    expect(brief(places).map(({ targets }) => targets)).toEqual(["a/prod", "a/staging", "a/dev"]);
    const both: readonly Placed[] = [
      ["a/dev", same],
      ["a/prod", same],
    ];
    expect(brief(both)[0]?.targets).toBe("a/prod a/dev");
  });

  it("stand in the order of their risk, in more targets a little earlier", () => {
    const service = named("s", { kind: "Service", diff: "+s" });
    const map = (name: string) => named(name, { kind: "ConfigMap" });
    const in4 = everywhere(4, map("m"));
    expect(brief([...in4, ["b/x", service]]).map(({ name }) => name)).toEqual(["Service/s", "ConfigMap/m"]);
    const in16 = everywhere(16, map("m"));
    expect(brief([...in16, ["b/x", service]]).map(({ name }) => name)).toEqual(["ConfigMap/m", "Service/s"]);
  });

  it("are as grave as the gravest finding about any of them in its own target", () => {
    const of = (severity: Finding["severity"], environment: string) => finding({ severity, app: "app", environment });
    const two = everywhere(2, same);
    const other: Placed = ["b/x", named("data", { kind: "Namespace", action: "removed", diff: "-n" })];
    expect(brief([other, ...two], [of("notice", "env0"), of("danger", "env1")])).toEqual([
      { name: "Deployment/web", targets: "app/env0 app/env1", severity: "danger" },
      { name: "Namespace/data", targets: "b/x" },
    ]);
    expect(brief(two, [of("danger", "env0"), of("notice", "env1")])[0]?.severity).toBe("danger");
    expect(brief(two, [of("danger", "env7")])[0]?.severity).toBeUndefined();
  });

  it("are one in apps whose containers are called as they are", () => {
    const of = (name: string, value = 2) =>
      named(name, { diff: `@@ spec.containers[${name}] @@\n-a: 1\n+a: ${value}` });
    const [group, ...others] = folded([
      ["one/x", of("one")],
      ["two/x", of("two")],
    ]);
    expect([group?.change.diff, others]).toEqual(["@@ spec.containers[…] @@\n-a: 1\n+a: 2", []]);
    expect(
      folded([
        ["one/x", of("one")],
        ["two/x", of("two", 3)],
      ]),
    ).toHaveLength(2);
  });

  it("that come or go whole are one across environments whose names stand in their labels as words", () => {
    const gone = (environment: string, more = ""): Placed => [
      `orders/${environment}`,
      change(`-kind: Job\n-    app.kubernetes.io/instance: orders-${environment}${more}`, {
        ...{ kind: "Job", name: "backup", action: "removed", addedLines: 0, removedLines: 2 },
      }),
    ];
    expect(folded([gone("dev"), gone("staging"), gone("prod")])).toHaveLength(1);
    expect(
      folded([gone("prod", "\n-    acme.io/team: product"), gone("staging", "\n-    acme.io/team: stagingct")]),
    ).toHaveLength(2);
  });

  it("that come or go whole are one across namespaces too where the namespace is the last line", () => {
    const whole = (namespace: string) =>
      change(`+kind: ConfigMap\n+metadata:\n+  name: a\n+  namespace: ${namespace}`, { action: "added", namespace });
    expect(
      folded([
        ["a/x", whole("x")],
        ["a/y", whole("y")],
      ]),
    ).toHaveLength(1);
  });
});
