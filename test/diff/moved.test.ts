import { describe, expect, it } from "vitest";
import { compare } from "./support.ts";

const resource = (kind: string, metadata: string, apiVersion = "v1") =>
  `---\n{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { ${metadata} }, spec: { a: b, c: d }, data: { a: b, c: d } }\n`;
const told = (base: string, head: string) =>
  compare(base, head).findings.map(({ id, severity, resource: about, message, fix, words, file, target }) => ({
    ...{ id, severity, resource: about, message, fix, short: words?.short, file, target },
  }));
const ids = (base: string, head: string) => told(base, head).map(({ id }) => id);

describe("a resource that gets another name", () => {
  const renamed = (short: string, what: string, fix: string, kind: string) => ({
    ...{ id: "renamed-resource", severity: "warning", resource: `${kind}/new`, short, fix, file: "head.yaml" },
    target: expect.objectContaining({ kind, name: "new" }),
    message: what,
  });

  it("is told alone, with the Service that others call", () => {
    expect(told(resource("Role", "name: old"), resource("Role", "name: new"))).toEqual([
      renamed(
        "Role `old` of {app} renamed",
        "Role `old` becomes `new` in prod. The cluster cannot rename: a new one is created, and the old one is deleted where pruning is on.",
        "keep the old name if anything outside of Git uses it",
        "Role",
      ),
    ]);
    const both = (name: string) => resource("Role", `name: ${name}`) + resource("Service", `name: ${name}`);
    expect(told(both("old"), both("new"))).toEqual([
      renamed(
        "2 resources of {app} renamed",
        "Role and Service `old` become `new` in prod. The cluster cannot rename: new ones are created, and the old ones are deleted where pruning is on. Whatever calls `http://old` stops working.",
        "keep the old Service until no one uses it",
        "Role",
      ),
    ]);
  });

  it("is told apart from those that get others", () => {
    const two = (...names: readonly string[]) =>
      names.map((name, index) => resource(`Kind${index}`, `name: ${name}`)).join("");
    expect(ids(two("a", "b"), two("x", "y"))).toEqual(["renamed-resource", "renamed-resource"]);
    expect(ids(two("a", "a"), two("x", "y"))).toEqual(["renamed-resource", "renamed-resource"]);
    expect(ids(two("a", "b"), two("x", "x"))).toEqual(["renamed-resource", "renamed-resource"]);
  });

  it.each([
    ["ConfigMap", "c-2g4h6k8m9t", "new", []],
    ["ConfigMap", "old", "c-2g4h6k8m9t", []],
    ["ConfigMap", "old", "new", ["renamed-resource"]],
    ["Role", "c-2g4h6k8m9t", "d-2g4h6k8m9t", ["renamed-resource"]],
    ["Job", "old", "new", []],
    ["Namespace", "old", "new", ["deleted-namespace"]],
  ])("is not told where that is in its nature: %s %s → %s", (kind, from, to, expected) => {
    expect(ids(resource(kind, `name: ${from}`), resource(kind, `name: ${to}`))).toEqual(expected);
  });

  it("is not told of what is kept, nor of another kind", () => {
    const kept = "name: old, annotations: { helm.sh/resource-policy: keep }";
    expect(ids(resource("Role", kept), resource("Role", kept.replace("old", "new")))).toEqual([]);
    const pod = (kind: string) =>
      `{ apiVersion: apps/v1, kind: ${kind}, metadata: { name: a }, spec: { template: { spec: { containers: [{ name: c, image: "a:1" }] } } } }`;
    expect(ids(pod("Deployment"), pod("DaemonSet"))).toEqual([]);
  });
});

describe("a resource that goes to another namespace", () => {
  const leaves = (to: string, what: string, there: string, many: boolean) => ({
    ...{ id: "leaves-namespace", severity: "danger", resource: to, short: "{app} {leaves|leave} namespace `a`" },
    ...{ fix: "set `namespace: a` again", file: "head.yaml", target: expect.objectContaining({ kind: "Role" }) },
    message: `${what} in prod. ${many ? "They are" : "It is"} created ${there}. Where pruning is on, ${many ? "they are" : "it is"} deleted from \`a\`.`,
  });

  it("is told once for all that go there", () => {
    const in_ = (kind: string, space: string) => resource(kind, `name: r, namespace: ${space}`);
    expect(told(in_("Role", "a"), in_("Role", "b"))).toEqual([
      leaves("Role/b/r", "1 resource moves from namespace `a` to `b`", "in `b`, over what is there", false),
    ]);
    expect(told(in_("Role", "a"), resource("Role", "name: r"))).toEqual([
      leaves("Role/r", "1 resource moves from namespace `a` to no namespace", "without a namespace", false),
    ]);
    expect(told(in_("Role", "a") + in_("Rule", "a"), in_("Role", "b") + in_("Rule", "b"))).toEqual([
      leaves("Role/b/r", "2 resources move from namespace `a` to `b`", "in `b`, over what is there", true),
    ]);
    expect(ids(in_("Role", "a") + in_("Rule", "a"), in_("Role", "b") + in_("Rule", "c"))).toHaveLength(2);
    expect(ids(resource("Role", "name: r"), in_("Role", "b"))).toEqual([]);
  });
});
