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
  folded(placed, findings).flatMap((group) => diffBlocks(group).map(({ text }) => text));
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
      "<details><summary><b>Deployment</b> <code>web</code> · +1 −1 · <code>a/prod</code></summary>\n\n```diff\n-a: 1\n+a: 2\n```\n\n</details>\n",
    ]);
    expect(texts([["a/prod", change("", { diff: "" })]])).toEqual([
      "<details><summary><b>Deployment</b> <code>web</code> · ±0 · <code>a/prod</code></summary>\n\n\n</details>\n",
    ]);
  });

  it.each([
    ["added", "<code>web</code> added ·"],
    ["removed", "<code>web</code> removed ·"],
    ["renamed", "<code>web</code> renamed ·"],
    ["changed", "<code>web</code> ·"],
  ] as const)("says in its summary that a resource is %s", (action, text) => {
    expect(summaries([["a/prod", named("web", { action })]])[0]).toContain(`<b>Deployment</b> ${text}`);
  });

  it("says in its summary how grave it is, and shows a strange kind as code", () => {
    const about = (severity: Finding["severity"]) => [finding({ severity, app: "a" })];
    const of = (severity: Finding["severity"]) => summaries([["a/prod", same]], about(severity))[0]?.slice(0, 6);
    expect([of("danger"), of("warning"), of("notice")]).toEqual(["🔴 <b>", "🟠 <b>", "🔵 <b>"]);
    const kind = (text: string) => summaries([["a/prod", { ...same, kind: text }]])[0]?.split("</b>")[0];
    expect([kind("x".repeat(80)), kind("x".repeat(81)), kind("A<b"), kind("")]).toEqual([
      ...[`<b>${"x".repeat(80)}`, `<b><code>${"x".repeat(81)}</code>`, "<b><code>A&lt;b</code>", "<b><code></code>"],
    ]);
  });

  it("names the targets that it stands for, or counts them", () => {
    const where = (count: number) => summaries(everywhere(count, same))[0]?.split(" · ").at(-1);
    const names = ["app/env0", "app/env1", "app/env2"].map((name) => `<code>${name}</code>`);
    expect([where(1), where(2), where(3), where(4)]).toEqual([
      ...[names[0], `the same in ${names.slice(0, 2).join(", ")}`, `the same in ${names.join(", ")}`],
      "the same in 4 targets",
    ]);
    expect(about(everywhere(1, same))).toEqual(["```diff\n-a: 1\n+a: 2\n```"]);
    expect(about(everywhere(2, same))).toEqual(["The same 2 lines in `app/env0`, `app/env1`."]);
    expect(about(everywhere(21, same))[0]).toMatch(/^The same 2 lines in `app\/env0`, .*, `app\/env20`\.$/);
    expect(about(everywhere(22, same))[0]).toMatch(/, `app\/env19` and 2 more\.$/);
  });

  it("names its resource without the namespace that each environment has its own of", () => {
    const title = (placed: readonly Placed[]) => summaries(placed)[0]?.split(" · ")[0];
    const of = (namespace: string, name = "web") => named(name, { namespace });
    expect(title([["a/x", of("shop")]])).toBe("<b>Deployment</b> <code>shop/web</code>");
    expect(
      title([
        ["a/x", of("one")],
        ["a/y", of("two")],
      ]),
    ).toBe("<b>Deployment</b> <code>web</code>");
    expect(
      title([
        ["a/x", of("one")],
        ["a/x", of("two")],
      ]),
    ).toBe("<b>Deployment</b> <code>one/web</code> and 1 more");
    expect(
      title([
        ["a/x", of("one")],
        ["a/y", of("two", "api")],
        ["a/z", of("two")],
      ]),
    ).toBe("<b>Deployment</b> <code>one/web</code> and 2 more");
  });

  it("says of which resources it tells when one target has several", () => {
    expect(
      about([
        ["a/x", named("one")],
        ["a/x", named("two")],
      ]),
    ).toEqual(["The same 2 lines of `one`, `two` in `a/x`."]);
    expect(
      about([
        ["a/x", named("one")],
        ["a/y", named("two")],
      ]),
    ).toEqual(["The same 2 lines in `a/x`, `a/y`."]);
  });

  it("says in which other targets the resource changes in another way", () => {
    const other = (index: number): Placed => [`b/env${index}`, change(`-a: 1\n+a: 9${index}`)];
    const told = (count: number) =>
      about([...everywhere(2, same), ...Array.from({ length: count }, (_, index) => other(index))])[0];
    expect(told(1)).toBe("The same 2 lines in `app/env0`, `app/env1`; `b/env0` differs.");
    expect(told(2)).toBe("The same 2 lines in `app/env0`, `app/env1`; `b/env0`, `b/env1` differ.");
    expect(told(5)).toBe("The same 2 lines in `app/env0`, `app/env1`; `b/env0`, `b/env1`, `b/env2` and 2 more differ.");
  });

  it("says what a renamed resource was", () => {
    const from = { apiVersion: "v1", kind: "Job", namespace: "shop", name: "old" };
    const renamed = named("new", { action: "renamed", from });
    expect(about([["a/x", renamed]])).toEqual(["`Job/shop/old` is now `Deployment/new`."]);
    expect(
      about([
        ["a/x", renamed],
        ["a/y", renamed],
      ]),
    ).toEqual(["`Job/shop/old` is now `Deployment/new`. The same 2 lines in `a/x`, `a/y`."]);
  });

  it("says that namespaces differ only of whole resources", () => {
    const whole = (action: "added" | "removed" | "changed", namespace: string) => {
      const sign = action === "removed" ? "-" : "+";
      return change(`${sign}metadata:\n${sign}  namespace: ${namespace}\n${sign}spec: {}`, { action, namespace });
    };
    for (const action of ["added", "removed"] as const) {
      expect(
        about([
          ["a/x", whole(action, "x")],
          ["a/y", whole(action, "y")],
        ]),
      ).toEqual(["The same 3 lines, but for the namespace, in `a/x`, `a/y`."]);
      expect(
        about([
          ["a/x", whole(action, "x")],
          ["a/y", whole(action, "x")],
        ]),
      ).toEqual(["The same 3 lines in `a/x`, `a/y`."]);
    }
    expect(
      folded([
        ["a/x", whole("changed", "x")],
        ["a/y", whole("changed", "y")],
      ]),
    ).toHaveLength(2);
    const equal = named("web", { namespace: "x" });
    expect(
      about([
        ["a/x", equal],
        ["a/y", { ...equal, namespace: "y" }],
      ]),
    ).toEqual(["The same 2 lines in `a/x`, `a/y`."]);
  });
});

describe("a long diff", () => {
  const lines = (count: number, length: number) =>
    Array.from({ length: count }, (_, index) => `+${String(index).padStart(length - 1, "0")}`);
  const blocks = (diff: string) => folded([["a/x", change(diff)]]).flatMap(diffBlocks);
  const held = (text: string) => /```diff\n([\s\S]*)\n```/.exec(text)?.[1];

  it("stands in parts of 24,000 characters, each line in one of them", () => {
    const full = lines(24, 1000).join("\n").slice(0, -23);
    expect(full).toHaveLength(24_000);
    expect(blocks(full).map(({ text }) => held(text))).toEqual([full]);
    const all = lines(240, 239);
    const parts = blocks(all.join("\n"));
    expect(parts.map(({ text }) => held(text))).toEqual([
      ...[all.slice(0, 100).join("\n"), all.slice(100, 200).join("\n"), all.slice(200).join("\n")],
    ]);
    expect(parts.map(({ text }) => / · <code>a\/x<\/code>(.*)<\/summary>/.exec(text)?.[1])).toEqual([
      ...[", part 1 of 3", ", part 2 of 3", ", part 3 of 3"],
    ]);
    expect(parts.map(({ cut }) => cut)).toEqual([false, false, false]);
  });

  it("tells what it is about in its first part only", () => {
    const diff = lines(240, 239).join("\n");
    const told = texts(everywhere(2, change(diff))).map((text) => text.includes("The same 240 lines"));
    expect(told).toEqual([true, false, false]);
  });

  it("is cut where a line is longer than 12,000 characters, never in a character", () => {
    const [short, long, emoji] = ["x".repeat(12_000), "y".repeat(13_500), `${"z".repeat(11_999)}😀z`];
    const parts = blocks([short, long, emoji].join("\n"));
    expect(parts.map(({ text }) => held(text)).join("\n")).toBe(
      [short, `${"y".repeat(12_000)} …‹1,500 more characters›`, `${"z".repeat(11_999)} …‹3 more characters›`].join(
        "\n",
      ),
    );
    expect(parts.every(({ cut }) => cut)).toBe(true);
    expect(blocks([short, short].join("\n")).map(({ cut }) => cut)).toEqual([false, false]);
  });
});

describe("changes of all targets", () => {
  const brief = (placed: readonly Placed[], findings: readonly Finding[] = []) =>
    folded(placed, findings).map(({ change: { kind, name }, members, severity, differing }) => ({
      name: `${kind}/${name}`,
      targets: members.map(({ target: one }) => one).join(" "),
      ...(severity === undefined ? {} : { severity }),
      ...(differing.length === 0 ? {} : { differing: differing.join(" ") }),
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

  it("say where else a resource of the kind and name changes differently, whatever its hash and environment", () => {
    const of = (name: string, kind: string, value: number) => named(name, { kind, diff: `-a: 1\n+a: ${value}` });
    const three = (kind: string, ...names: readonly string[]): readonly Placed[] =>
      ["dev", "test", "prod"].map((environment, index) => [
        `a/${environment}`,
        of(names[index] ?? "", kind, environment === "prod" ? 3 : 2),
      ]);
    const differing = (kind: string, ...names: readonly string[]) => brief(three(kind, ...names))[0]?.differing;
    const hashes = ["x-2g4h6k8m9t", "x-7d5f6b8c9t", "x-9d5f6b8c9t"];
    expect(differing("ConfigMap", ...hashes)).toBe("a/prod");
    expect(differing("Secret", ...hashes)).toBe("a/prod");
    expect(differing("Deployment", ...hashes)).toBeUndefined();
    expect(differing("Deployment", "x-dev", "x-test", "x-prod")).toBe("a/prod");
    expect(differing("Deployment", "x", "x", "y")).toBeUndefined();
    expect(differing("Deployment", "x", "y", "x")).toBeUndefined();
    const kinds = three("Job", "x", "x", "x").map(
      ([name, one], index): Placed => [name, index === 2 ? { ...one, kind: "Pod" } : one],
    );
    expect(brief(kinds).map((one) => one.differing)).toEqual([undefined, undefined]);
    expect(
      brief([
        ["a/dev", of("x", "Job", 2)],
        ["a/prod", of("x", "Job", 3)],
      ]).map((one) => one.differing),
    ).toEqual([...[undefined, undefined]]);
    expect(brief([...three("Job", "x", "x", "x"), ["a/dev", of("x", "Job", 4)]])[0]?.differing).toBe("a/prod");
    expect(
      brief([
        ["plain", of("x-dev", "Job", 2)],
        ["b", of("x-dev", "Job", 2)],
        ["c", of("x-dev", "Job", 3)],
      ])[0]?.differing,
    ).toBe("c");
  });
});
