import { describe, expect, it } from "vitest";
import { toItems } from "../../src/diff/item.ts";
import { matchItems } from "../../src/diff/match.ts";
import { byRisk } from "../../src/diff/risk.ts";
import { similarity } from "../../src/diff/similarity.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { ResourceChange } from "../../src/model/preview.ts";
import { change, finding, resources } from "./support.ts";

const items = (...objects: readonly (JsonObject | string)[]) =>
  toItems(objects.flatMap((object) => (typeof object === "string" ? resources(object) : [{ object }])));

/** Pairs as `how Kind/name > Kind/name`. */
function pairs(base: readonly (JsonObject | string)[], head: readonly (JsonObject | string)[]): readonly string[] {
  const name = (id: { kind: string; namespace: string; name: string } | undefined) =>
    id === undefined ? "none" : [id.kind, id.namespace, id.name].filter((part) => part !== "").join("/");
  return matchItems(items(...base), items(...head)).map(
    (pair) => `${pair.how} ${name(pair.base?.id)} > ${name(pair.head?.id)}`,
  );
}

const map = (name: string, data: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...more },
  data,
});
const pod = (kind: string, apiVersion = "apps/v1"): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name: "web" },
  spec: { template: { spec: { containers: [{ name: "web" }] } } },
});

describe("the resources of two renders", () => {
  it("pair by group, kind, namespace and name; equal ones are left out", () => {
    expect(pairs([map("a", { x: "1" })], [map("a", { x: "1" })])).toEqual([]);
    expect(pairs([map("a", { x: "1" })], [map("a", { x: "2" })])).toEqual(["same ConfigMap/a > ConfigMap/a"]);
    expect(pairs([pod("Deployment", "apps/v1beta1")], [pod("Deployment")])).toEqual([
      "same Deployment/web > Deployment/web",
    ]);
  });

  it("pair in order where an identity is repeated, equal ones first", () => {
    const [one, two, three, four] = ["1", "2", "3", "4"].map((x) => map("a", { x }));
    if (!one || !two || !three || !four) throw new Error("four maps");
    const matched = matchItems(items(one, two, three), items(three, four, one));
    expect(matched.map(({ how, base, head }) => [how, base?.object.data, head?.object.data])).toEqual([
      ["same", { x: "2" }, { x: "4" }],
    ]);
  });

  it("lose nothing where a copy goes, but for what the last copy had otherwise", () => {
    const [one, two] = [map("a", { x: "1" }), map("a", { x: "2" })];
    const changes = (base: readonly JsonObject[], head: readonly JsonObject[]) =>
      matchItems(items(...base), items(...head)).map(({ how, base: from, head: to }) => [
        how,
        from?.object.data,
        to?.object.data,
      ]);
    expect(changes([one, one], [one])).toEqual([]);
    expect(changes([one, two], [two])).toEqual([]);
    expect(changes([one, two], [one])).toEqual([["same", { x: "2" }, { x: "1" }]]);
    expect(changes([one, one, two], [one, one])).toEqual([["same", { x: "2" }, { x: "1" }]]);
    expect(changes([one, two], [])).toEqual([["removed", { x: "2" }, undefined]]);
  });

  it("get copies, which are compared with the first one", () => {
    const [one, two] = [map("a", { x: "1" }), map("a", { x: "2" })];
    const copies = (base: readonly JsonObject[], head: readonly JsonObject[]) =>
      matchItems(items(...base), items(...head)).map((pair) => [
        pair.how === "same" && pair.copy === true ? "copy" : pair.how,
        pair.base?.object.data,
        pair.head?.object.data,
      ]);
    expect(copies([one], [one, two])).toEqual([["copy", { x: "1" }, { x: "2" }]]);
    expect(copies([one], [two, one])).toEqual([["copy", { x: "1" }, { x: "2" }]]);
    expect(copies([one], [one, one])).toEqual([]);
    expect(copies([], [one, two])).toEqual([
      ["copy", { x: "1" }, { x: "2" }],
      ["added", undefined, { x: "1" }],
    ]);
    const [three, four, five] = [map("a", { x: "3" }), map("a", { x: "4" }), map("a", { x: "5" })];
    expect(copies([one, two], [three, two, four, five])).toEqual([
      ["same", { x: "1" }, { x: "3" }],
      ["copy", { x: "3" }, { x: "4" }],
      ["copy", { x: "3" }, { x: "5" }],
    ]);
    const generated = { apiVersion: "batch/v1", kind: "Job", metadata: { generateName: "a-" } };
    expect(copies([generated], [generated, generated])).toEqual([["added", undefined, undefined]]);
  });

  it("are looked at up to fifty copies of one identity", () => {
    const all = (count: number) => Array.from({ length: count }, (_, x) => map("a", { x }));
    expect(pairs([], all(60))).toHaveLength(50);
  });

  it("pair by the name without kustomize's hash, of ConfigMaps and Secrets in one namespace", () => {
    const [old, fresh] = ["web-2g4h6k8m9t", "web-7d5f6b8c9t"];
    expect(pairs([map(old, { x: "1" })], [map(fresh, { y: "2" })])).toEqual([
      `generated ConfigMap/${old} > ConfigMap/${fresh}`,
    ]);
    expect(pairs([map("web", { x: "1" })], [map(fresh, { y: "2" })])).toEqual([
      `renamed ConfigMap/web > ConfigMap/${fresh}`,
    ]);
    expect(pairs([map(old, { x: "1" })], [map("web", { y: "2" })])).toEqual([
      `renamed ConfigMap/${old} > ConfigMap/web`,
    ]);
    const secret = (name: string, x: string) => ({ ...map(name, { x }), kind: "Secret" });
    expect(pairs([secret(old, "1")], [secret(fresh, "2")])).toEqual([`generated Secret/${old} > Secret/${fresh}`]);
    const apart = [
      [map(old, { x: "1" }), map(fresh, { y: "2" }, { namespace: "shop" })],
      [map(old, { x: "1" }), secret(fresh, "2")],
      [map("web-0123456789", { x: "1" }), map(fresh, { y: "2" })],
      [
        { ...map(old, { x: "1" }), kind: "Note" },
        { ...map(fresh, { y: "2" }), kind: "Note" },
      ],
      [
        { ...map(old, { x: "1" }), apiVersion: "a/v1" },
        { ...map(fresh, { y: "2" }), apiVersion: "a/v1" },
      ],
    ];
    for (const [one = {}, other = {}] of apart) {
      expect(pairs([one], [other]).map((text) => text.split(" ")[0])).toEqual(["removed", "added"]);
    }
  });

  it("pair by name across namespaces, but not across groups and kinds unless they are alike", () => {
    const [one, other] = [map("a", { x: "1" }, { namespace: "one" }), map("a", { y: "2" }, { namespace: "two" })];
    expect(pairs([one], [other])).toEqual(["renamed ConfigMap/one/a > ConfigMap/two/a"]);
    expect(pairs([one], [{ ...other, kind: "Note" }])).toHaveLength(2);
    expect(pairs([one], [{ ...other, apiVersion: "a/v1" }])).toHaveLength(2);
  });

  it("pair by likeness within a kind, the likeliest first, when half of what they hold is shared", () => {
    expect(pairs([map("a", { x: "1", y: "1" })], [map("b", { x: "1" })])).toEqual([
      "renamed ConfigMap/a > ConfigMap/b",
    ]);
    expect(pairs([map("a", { x: "1", y: "1", z: "1" })], [map("b", { x: "1" })])).toHaveLength(2);
    const base = [map("a", { x: "1", y: "1", z: "1" }), map("b", { x: "1", y: "1", z: "2" })];
    const head = [map("c", { x: "1", y: "1", z: "2" }), map("d", { x: "1", y: "1", z: "1" })];
    expect(pairs(base, head)).toEqual(["renamed ConfigMap/a > ConfigMap/d", "renamed ConfigMap/b > ConfigMap/c"]);
    expect(pairs(base, head.slice(0, 1))).toEqual(["renamed ConfigMap/b > ConfigMap/c", "removed ConfigMap/a > none"]);
    const equally = [map("c", { x: "1" }), map("d", { x: "1" })];
    expect(pairs([map("a", { x: "1" }), map("b", { x: "1" })], equally)).toEqual([
      ...["renamed ConfigMap/a > ConfigMap/c", "renamed ConfigMap/b > ConfigMap/d"],
    ]);
    const data = { x: "1", y: "1" };
    expect(pairs([map("a", data)], [{ ...map("b", data), kind: "Note" }])).toHaveLength(2);
    expect(pairs([map("a", data)], [{ ...map("b", data), apiVersion: "a/v1" }])).toHaveLength(2);
  });

  it("pair by name across kinds: workloads, kinds that changed their group, and what is alike", () => {
    expect(pairs([pod("Deployment")], [pod("StatefulSet")])).toEqual(["renamed Deployment/web > StatefulSet/web"]);
    const unlike = { ...pod("Job", "batch/v1"), spec: { pod: { containers: [{ name: "other", image: "a" }] } } };
    expect(pairs([pod("Deployment")], [unlike])).toEqual(["renamed Deployment/web > Job/web"]);
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { ports: [] } };
    expect(pairs([pod("Deployment")], [service])).toHaveLength(2);
    expect(pairs([service], [pod("Deployment")])).toHaveLength(2);
    const ingress = (apiVersion: string, host: string) => ({
      ...{ apiVersion, kind: "Ingress", metadata: { name: "web" }, spec: { host } },
    });
    expect(pairs([ingress("extensions/v1beta1", "a")], [ingress("networking.k8s.io/v1", "b")])).toEqual([
      "renamed Ingress/web > Ingress/web",
    ]);
    const note = (kind: string, data: JsonObject, name = "a") => ({ ...map(name, data), kind });
    expect(pairs([note("A", { x: "1", y: "1" })], [note("B", { x: "1" })])).toEqual(["renamed A/a > B/a"]);
    expect(pairs([note("A", { x: "1", y: "1", z: "1" })], [note("B", { x: "1" })])).toHaveLength(2);
    expect(pairs([note("A", { x: "1" })], [note("B", { x: "1" }, "b")])).toHaveLength(2);
    const one = { ...map("a", { x: "1" }, { namespace: "one" }), kind: "A" };
    expect(pairs([one], [note("B", { x: "1" })])).toHaveLength(2);
    expect(pairs([note("A", { x: "1" }), note("B", { x: "1" })], [note("C", { x: "1" })])).toEqual([
      "renamed A/a > C/a",
      "removed B/a > none",
    ]);
  });
});

describe("the likeness of two resources", () => {
  const likeness = (one: JsonObject, other: JsonObject) => {
    const [base, head] = [items(one)[0], items(other)[0]];
    return base && head && similarity(base, head);
  };

  it("is the part of their values that they share, without kind, name and namespace", () => {
    const [one, other] = [
      { x: "1", y: { z: ["a", "b"] } },
      { x: "2", y: { z: ["b", "c"] } },
    ];
    expect(likeness(map("a", one), map("b", one))).toBe(1);
    expect(likeness(map("a", one, { namespace: "n" }), { ...map("b", one, { namespace: "m" }), kind: "Note" })).toBe(1);
    expect(likeness(map("a", one), map("a", other))).toBe(1 / 5);
    expect(likeness(map("a", { x: "1" }), map("a", { y: "1" }))).toBe(0);
    expect(likeness(map("a", {}), map("a", {}))).toBe(0);
  });

  it("knows numbers by their texts", () => {
    const big = (text: string) => toItems([{ object: map("a", { n: 1 }), numbers: { "/data/n": text } }])[0];
    const [one, same, other] = [big("1.0"), big("1.0"), big("1.00")];
    expect(one && same && similarity(one, same)).toBe(1);
    expect(one && other && similarity(one, other)).toBe(0);
  });
});

describe("the resources of a render", () => {
  const named = (...objects: readonly (JsonObject | string)[]) =>
    items(...objects).map(({ id }) => `${id.apiVersion} ${id.kind}/${id.namespace}/${id.name}`);

  it("are what lists hold, however deep, with the kind and version that the list says", () => {
    const list = {
      apiVersion: "v1",
      kind: "List",
      items: [
        map("a", {}),
        {
          apiVersion: "v1",
          kind: "ConfigMapList",
          items: [
            { metadata: { name: "b" } },
            { ...map("c", {}), kind: "Other", apiVersion: "o/v1" },
            { apiVersion: "v2", metadata: { name: "d" } },
          ],
        },
      ],
    };
    expect(named(list)).toEqual(["v1 ConfigMap//a", "v1 ConfigMap//b", "o/v1 Other//c", "v2 ConfigMap//d"]);
    expect(named({ apiVersion: "v1", kind: "List", items: [{ metadata: { name: "a" } }] })).toEqual([" //a"]);
    expect(named({ apiVersion: "v1", kind: "List", items: [] })).toEqual([]);
  });

  it.each([
    ["has a name", { kind: "AllowList", metadata: { name: "x" }, items: [{}] }, "x"],
    ["has no items", { kind: "List" }, ""],
    ["holds no objects", { kind: "List", items: ["a"] }, ""],
    ["is of another kind", { kind: "Listing", items: [{}] }, ""],
  ])("are no parts of what %s", (_, object, name) => {
    expect(named({ apiVersion: "v1", ...object })).toEqual([`v1 ${object.kind}//${name}`]);
  });

  it("are taken out of lists in lists up to a depth", () => {
    const nested = (depth: number): JsonObject =>
      depth === 0 ? map("a", {}) : { apiVersion: "v1", kind: "List", items: [nested(depth - 1)] };
    expect(named(nested(8))).toEqual(["v1 ConfigMap//a"]);
    expect(named(nested(9))).toEqual(["v1 List//"]);
  });

  it("are named by what they are generated from when they have no name", () => {
    const generated = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { generateName: "migrate-", namespace: "shop" },
    };
    expect(named(generated)).toEqual(["batch/v1 Job/shop/migrate-"]);
    expect(named({ ...generated, metadata: { generateName: "migrate-", name: "one" } })).toEqual(["batch/v1 Job//one"]);
    expect(named({})).toEqual([" //"]);
  });
});

describe("the order of changes", () => {
  const of = (kind: string, action: ResourceChange["action"] = "changed") => change("+a", { kind, action, name: kind });
  const order = (...changes: readonly ResourceChange[]) =>
    byRisk(changes, []).map(({ kind, action }) => `${action} ${kind}`);

  it("is by what their kind can break, equal ones as they come", () => {
    const kinds = [
      ["Namespace", "CustomResourceDefinition", "PersistentVolume", "PersistentVolumeClaim"],
      ["StatefulSet"],
      ["Secret"],
      ["ClusterRoleBinding", "ClusterRole"],
      ["RoleBinding", "Role", "NetworkPolicy"],
      ["Deployment", "DaemonSet"],
      ["CronJob", "Job"],
      ["Ingress", "Service"],
      ["ConfigMap", "Widget", "constructor"],
    ];
    const changes = kinds.flat().map((kind) => of(kind));
    expect(byRisk(changes, []).map(({ kind }) => kind)).toEqual(kinds.flat());
    const reversed = byRisk(changes.toReversed(), []).map(({ kind }) => kind);
    expect(reversed).toEqual(kinds.flatMap((group) => group.toReversed()));
  });

  it("is first by what is done: removed, renamed, changed, added", () => {
    expect(
      order(of("Namespace", "added"), of("Namespace"), of("Namespace", "renamed"), of("ConfigMap", "removed")),
    ).toEqual(["removed ConfigMap", "renamed Namespace", "changed Namespace", "added Namespace"]);
    expect(order(of("Namespace", "added"), of("ConfigMap"), of("Namespace"), of("ConfigMap", "renamed"))).toEqual([
      "renamed ConfigMap",
      "changed Namespace",
      "changed ConfigMap",
      "added Namespace",
    ]);
  });

  it("is before all by the gravest finding, under the name that they have or had", () => {
    const about = (severity: "danger" | "warning" | "notice", resource: string) => finding({ severity, resource });
    const [plain, noticed, warned, dangerous] = ["a", "b", "c", "d"].map((name) =>
      change("+a", { name, namespace: "n" }),
    );
    const from = { apiVersion: "apps/v1", kind: "Deployment", namespace: "", name: "old" };
    const renamed = change("+a", { name: "new", action: "renamed", from });
    const removed = of("Namespace", "removed");
    const changes = [removed, plain, noticed, warned, dangerous, renamed].filter((one) => one !== undefined);
    const names = (...findings: Parameters<typeof byRisk>[1]) => byRisk(changes, findings).map(({ name }) => name);
    const three = [
      about("notice", "Deployment/n/b"),
      about("warning", "Deployment/n/c"),
      about("danger", "Deployment/n/d"),
    ];
    expect(names(...three)).toEqual(["d", "c", "b", "Namespace", "new", "a"]);
    expect(names(...three, about("danger", "Deployment/old"))).toEqual(["new", "d", "c", "b", "Namespace", "a"]);
    expect(names(...three, about("danger", "Deployment/old"), about("notice", "Deployment/new"))[0]).toBe("new");
    expect(names(...three, about("notice", "Deployment/old"), about("danger", "Deployment/new"))[0]).toBe("new");
    const [noted, grave] = [about("notice", "Deployment/n/a"), about("danger", "Deployment/n/a")];
    const between = about("warning", "Deployment/n/b");
    expect(names(noted, grave, between).slice(0, 2)).toEqual(["a", "b"]);
    expect(names(grave, noted, between).slice(0, 2)).toEqual(["a", "b"]);
  });
});
