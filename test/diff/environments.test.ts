import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EnvironmentsInput } from "../../src/diff/environments/compare.ts";
import { compareEnvironments } from "../../src/diff/index.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { Resource } from "../../src/model/render.ts";
import { resources } from "./support.ts";

interface Moments {
  readonly before: string;
  readonly now: string;
}

/** Compares prod with staging; texts are YAML. The base branch has not moved. */
function apart(prod: Moments, staging: Moments, more: Partial<EnvironmentsInput> = {}) {
  const side = (environment: string, { before, now }: Moments) => {
    const mergeBase = resources(before);
    return { environment, mergeBase, head: resources(now), tip: mergeBase };
  };
  return compareEnvironments({
    here: side("prod", prod),
    there: side("staging", staging),
    wholeFolder: false,
    ignore: [],
    fingerprintKey: "key of the tests",
    ...more,
  });
}

const pod = (image: string, more = "", metadata = "name: web") =>
  `{ apiVersion: v1, kind: Pod, metadata: { ${metadata} }, spec: { containers: [{ name: web, image: "${image}" ${more} }] } }`;
const still = (text: string): Moments => ({ before: text, now: text });

describe("image versions of two environments", () => {
  const images = (...list: readonly string[]) =>
    resources(list.map((image, index) => pod(image, "", `name: p${index}`)).join("\n---\n"));
  /** Prod at the merge base, at the head and at the tip of the base branch against one staging. */
  const versions = (prod: readonly (readonly string[])[], staging: readonly (readonly string[])[]) => {
    const side = (
      environment: string,
      [mergeBase = [], head = mergeBase, tip = mergeBase]: readonly (readonly string[])[],
    ) => ({
      ...{ environment, mergeBase: images(...mergeBase), head: images(...head), tip: images(...tip) },
    });
    const input = {
      here: side("prod", prod),
      there: side("staging", staging),
      wholeFolder: false,
      ignore: [],
      fingerprintKey: "k",
    };
    const result = compareEnvironments(input);
    return [
      ...result.versions.map(({ image, here, there }) => `${image} ${here || "none"} ${there || "none"}`),
      ...result.byPullRequest,
    ];
  };

  it("are as at the head where the pull request changes them, otherwise as on the base branch now", () => {
    expect(versions([["a:1"]], [["a:1"]])).toEqual([]);
    expect(versions([["a:1"]], [["a:2"]])).toEqual(["a 1 2"]);
    expect(versions([["a:1"], ["a:2"]], [["a:1"]])).toEqual(["a 2 1", "prod"]);
    expect(versions([["a:1"]], [["a:1"], ["a:2"]])).toEqual(["a 1 2", "staging"]);
    expect(versions([["a:1"], ["a:3"]], [["a:1"], ["a:2"]])).toEqual(["a 3 2", "staging", "prod"]);
    expect(versions([["a:1"], ["a:1"], ["a:2"]], [["a:1"], ["a:1"], ["a:2"]])).toEqual([]);
    expect(versions([["a:1"], ["a:3"], ["a:2"]], [["a:2"]])).toEqual(["a 3 2", "prod"]);
    expect(versions([["a:1"], ["b:1"]], [["a:2"]])).toEqual([]);
    expect(versions([["b:1"], ["b:1"], ["a:1"]], [["a:2"]])).toEqual(["a 1 2"]);
  });

  it("are told in the order of names here, several of one image together", () => {
    expect(versions([["b:1", "a:2", "a:1"]], [["b:2", "a:1"]])).toEqual(["a 1, 2 1", "b 1 2"]);
    expect(versions([["b:1"]], [["b"]])).toEqual(["b 1 none"]);
  });

  it("of mirrors are brought by the pull request of the environment that changes them", () => {
    expect(versions([["m/a:1"]], [["a:1"], ["a:2"]])).toEqual(["m/a 1 2", "staging"]);
    expect(versions([["m/a:1"], ["m/a:2"]], [["a:1"]])).toEqual(["m/a 2 1", "prod"]);
  });

  it.each([
    ["in a custom resource's field", "kind: App, spec: { image: a:TAG }", true],
    ["in lists", "kind: App, spec: [[{ image: a:TAG }]]", true],
    ["in metadata further down", "kind: App, spec: { metadata: { image: a:TAG } }", true],
    ["in a resource's metadata", "kind: App, metadata: { image: a:TAG }", false],
    ["in a field of another name", "kind: App, spec: { picture: a:TAG }", false],
    ["in a ConfigMap", "kind: ConfigMap, spec: { image: a:TAG }", false],
    ["in a Secret", "kind: Secret, spec: { image: a:TAG }", false],
    ["in a definition", "kind: CustomResourceDefinition, spec: { image: a:TAG }", false],
    ["in a SealedSecret", "kind: SealedSecret, spec: { image: a:TAG }", false],
    ["forty steps down", `kind: App, ${"s: { ".repeat(40)}image: a:TAG${" }".repeat(40)}`, true],
    ["further down", `kind: App, ${"s: { ".repeat(41)}image: a:TAG${" }".repeat(41)}`, false],
  ])("are found %s: %#", (_, body, found) => {
    const of = (tag: string) => still(`{ apiVersion: a/v1, ${body.replace("TAG", `"${tag}"`).replace('a:"', '"a:')} }`);
    expect(apart(of("1"), of("2")).versions).toHaveLength(found ? 1 : 0);
  });

  it("make no field of an image that is told as a version, and none of labels that repeat the tag", () => {
    const web = (version: string, label: string) => pod(`web:${version}`, "", `name: web, labels: { v: "${label}" }`);
    const digest = (letter: string) => `@sha256:${letter.repeat(64)}`;
    const before = web(`1.4.0${digest("a")}`, "1.4.0");
    const { versions: gaps, fields } = apart({ before, now: web(`1.5.0${digest("b")}`, "1.5.0") }, still(before));
    expect([gaps.length, fields]).toEqual([1, []]);
    const other = apart({ before, now: web(`1.5.0${digest("b")}`, "1.6.0") }, still(before));
    expect(other.fields).toMatchObject([{ path: "metadata.labels.v", here: "1.6.0", there: "1.4.0" }]);
  });
});

describe("two environments held against each other", () => {
  it("find their resources by names with the environment's own name in them", () => {
    const named = (environment: string, more: string) => pod("web:1.0.0", more, `name: ${environment}-web`);
    const { fields } = apart(
      { before: named("prod", ""), now: named("prod", ", tty: true") },
      still(named("staging", "")),
    );
    expect(fields).toEqual([
      { resource: "Pod/prod-web", path: "spec.containers[web].tty", here: "true", there: undefined },
    ]);
  });

  it("do not take the environment's name for something else where the other has the same name", () => {
    const text = pod("web:1.0.0", "", "name: prod");
    expect(
      apart({ before: text, now: text.replace("prod", "prod, labels: { a: b }") }, still(text)).fields,
    ).toMatchObject([{ resource: "Pod/prod", path: "metadata.labels" }]);
  });

  it.each(["a", "b"])("tell resources of one name apart by their namespaces: in that of %s", (changed) => {
    const both = (environment: string, port: number) =>
      ["a", "b"]
        .map(
          (team) =>
            `{ apiVersion: v1, kind: ConfigMap, metadata: { name: x, namespace: ${team}-${environment} }, data: { team: ${team}, port: "${team === changed ? port : 1}" } }`,
        )
        .join("\n---\n");
    const { fields } = apart({ before: both("prod", 1), now: both("prod", 2) }, still(both("staging", 1)));
    expect(fields).toEqual([{ resource: "ConfigMap/x", path: "data.port", here: "2", there: "1" }]);
  });

  it("do not care for the order of lists that have none, and show whole those whose items have no names", () => {
    const env = (...names: readonly string[]) =>
      pod("web:1.0.0", `, env: [${names.map((name) => `{ name: ${name}, value: x }`).join(", ")}]`);
    expect(apart({ before: env("A", "B"), now: env("B", "A") }, still(env("A", "B"))).fields).toEqual([]);
    const args = (text: string) => pod("web:1.0.0", `, args: [${text}]`);
    expect(apart({ before: args("-a"), now: args("-a, -b") }, still(args("-a"))).fields).toEqual([
      { resource: "Pod/web", path: "spec.containers[web].args", here: '["-a","-b"]', there: '["-a"]' },
    ]);
  });

  it("compare images of mirrors by the end of their names, and digests with tags", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const { versions } = apart(
      still(pod(`mirror.example:5000/web:1.0.0@${digest}`)),
      still(pod("ghcr.io/acme/web:1.0.0")),
    );
    expect(versions).toEqual([{ image: "mirror.example:5000/web", here: `1.0.0@${digest}`, there: "1.0.0" }]);
  });

  it("tell an image that became another one as a field", () => {
    const { versions, fields } = apart({ before: pod("nginx:1"), now: pod("caddy:2") }, still(pod("nginx:1")));
    expect(versions).toEqual([]);
    expect(fields).toMatchObject([{ path: "spec.containers[web].image", here: "caddy:2", there: "nginx:1" }]);
  });

  it("take a label for what follows from a version only where the version is long enough to be one", () => {
    const labelled = (tag: string, text: string) => pod(`web:${tag}`, "", `name: web, labels: { v: "v-${text}" }`);
    const before = labelled("1.4.0", "1.4.0");
    const { versions, fields } = apart(still(before), { before, now: labelled("1.5.0", "1.5.0") });
    expect([versions.length, fields.length]).toEqual([1, 0]);
    expect(apart(still(before), { before, now: labelled("2", "2") }).fields).toHaveLength(1);
    const short = labelled("1", "1");
    expect(apart(still(short), { before: short, now: labelled("2", "2") }).fields).toHaveLength(1);
  });

  const settings = (data: string, name = "settings", more = "") =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}${more} }, data: { ${data} } }`;
  const paths = (...args: Parameters<typeof apart>) => apart(...args).fields.map(({ path }) => path);

  it("take for their own what differed before, and what both get at once with a value each", () => {
    const [one, two] = [settings("a: one"), settings("a: two")];
    expect(paths({ before: one, now: settings("a: three") }, still(two))).toEqual([]);
    expect(
      paths(
        { before: settings("b: x"), now: settings("b: x, a: one") },
        { before: settings("b: x"), now: settings("b: x, a: two") },
      ),
    ).toEqual([]);
    expect(paths({ before: one, now: two }, { before: one, now: settings("a: three") })).toEqual(["data.a"]);
    expect(paths({ before: one, now: one }, { before: one, now: two })).toEqual(["data.a"]);
  });

  it("count what the pull request sets here alone where promotions carry the whole folder", () => {
    const [one, two] = [settings("a: one"), settings("a: two")];
    const whole = { wholeFolder: true };
    const found = apart({ before: one, now: settings("a: three") }, still(two), whole);
    expect(found.fields).toEqual([{ resource: "ConfigMap/settings", path: "data.a", here: "three", there: "two" }]);
    expect(paths(still(one), { before: two, now: settings("a: three") }, whole)).toEqual([]);
    expect(paths({ before: one, now: settings("a: three") }, { before: two, now: settings("a: four") }, whole)).toEqual(
      [],
    );
  });

  it("tell of a resource that only one of them gets or loses", () => {
    const [none, one] = ["{ apiVersion: v1, kind: Namespace, metadata: { name: x } }", settings("a: b")];
    const both = `${none}\n---\n${one}`;
    const gap = { resource: "ConfigMap/settings", path: "" };
    expect(apart({ before: none, now: both }, still(none)).fields).toEqual([{ ...gap, here: "", there: undefined }]);
    expect(apart({ before: both, now: none }, still(both)).fields).toEqual([{ ...gap, here: undefined, there: "" }]);
    expect(apart(still(none), { before: none, now: both }).fields).toEqual([{ ...gap, here: undefined, there: "" }]);
    expect(apart({ before: both, now: `${both}\n---\n${pod("a:1")}` }, still(none)).fields).toMatchObject([
      { resource: "Pod/web" },
    ]);
  });

  it("compare nothing that the pull request does not touch, or that did not render before", () => {
    const [one, two] = [resources(settings("a: one")), resources(settings("a: two"))];
    const here = { environment: "prod", mergeBase: one, head: one, tip: one };
    const there = { environment: "staging", mergeBase: one, head: two, tip: one };
    const input = { here, there, wholeFolder: false, ignore: [], fingerprintKey: "k" };
    expect(compareEnvironments(input).fields).toHaveLength(1);
    expect(compareEnvironments({ ...input, here: { ...here, mergeBase: undefined } }).fields).toEqual([]);
    expect(compareEnvironments({ ...input, there: { ...there, mergeBase: undefined } }).fields).toEqual([]);
    const same = { ...there, mergeBase: two, head: two };
    expect(compareEnvironments({ ...input, here: { ...here, mergeBase: one }, there: same }).fields).toEqual([]);
    const swapped = { ...input, here: { ...there, environment: "prod" }, there: { ...here, environment: "staging" } };
    expect(compareEnvironments(swapped).fields).toHaveLength(1);
  });

  it("leave out noise, and show no value of a Secret", () => {
    const [one, two] = [settings("a: one"), settings("a: two")];
    expect(paths({ before: one, now: two }, still(one), { ignore: [{ path: "/data/a" }] })).toEqual([]);
    const secret = (text: string) => one.replace("ConfigMap", "Secret").replace("a: one", `a: ${text}`);
    const { fields } = apart({ before: secret("hunter2"), now: secret("hunter3") }, still(secret("hunter2")));
    expect(fields).toMatchObject([{ resource: "Secret/settings", here: expect.stringMatching(/^‹hidden .{8}›$/) }]);
  });

  it.each([
    ["names of the environments", "https://prod.example.com", "https://staging.example.com", true],
    ["names of the environments, more than once", "prod.prod/x-prod", "staging.staging/x-staging", true],
    ["a name in a longer word", "production", "stagingion", false],
    ["a name after a digit", "1prod", "1staging", false],
    ["the namespaces as whole values", "shop-live", "shop-test", true],
    ["the namespaces in a longer value", "x-shop-live", "x-shop-test", false],
    ["content hashes of one name", "web-2g4h6k8m9t", "web-7d5f6b8c9t", true],
    ["content hashes of the environments' names", "web-prod-2g4h6k8m9t", "web-staging-7d5f6b8c9t", true],
    ["content hashes of two names", "web-2g4h6k8m9t", "api-7d5f6b8c9t", false],
    ["a hash on one side", "web-2g4h6k8m9t", "web", false],
    ["lists that name the environments", "[a, prod]", "[a, staging]", true],
    ["lists of other lengths", "[a, prod]", "[a]", false],
    ["lists of other values", "[a, prod]", "[b, staging]", false],
    ["maps that name the environments", "[{ a: prod, b: 1 }]", "[{ b: 1, a: staging }]", true],
    ["maps with other keys", "[{ a: prod }]", "[{ a: staging, b: 1 }]", false],
    ["maps with a key for another", "[{ a: prod }]", "[{ b: staging }]", false],
    ["text and number", '"1"', "1", false],
    ["an empty text and a namespace", '""', "shop-test", false],
  ])("know %s (%s, %s) as the same: %s", (_, here, there, same) => {
    const of = (environment: string, value: string) =>
      settings(`a: ${value}`, "settings", `, namespace: shop-${environment}`);
    const [prod, staging] = [
      { before: of("live", "alike"), now: of("live", here) },
      { before: of("test", "alike"), now: of("test", there) },
    ];
    expect(paths(prod, staging)).toEqual(same ? [] : ["data.a"]);
  });

  it("do not care for their own names in the names and namespaces of resources", () => {
    const of = (environment: string, more = "") =>
      settings(`a: b${more}`, `${environment}-x`, `, namespace: ${environment}`);
    expect(paths({ before: of("prod"), now: of("prod", ", c: d") }, still(of("staging")))).toEqual(["data.c"]);
    const hashed = (hash: string, more = "") => settings(`a: b${more}`, `x-${hash}`);
    expect(
      apart({ before: hashed("2g4h6k8m9t"), now: hashed("7d5f6b8c9t", ", c: d") }, still(hashed("2g4h6k8m9t"))).fields,
    ).toEqual([{ resource: "ConfigMap/x", path: "data.c", here: "d", there: undefined }]);
  });

  it("take a checksum in an annotation for what follows from something else", () => {
    const noted = (field: string, text: string, where = "annotations") =>
      settings("a: b", "settings", `, ${where}: { ${field}: "${text}" }`);
    const [one, two] = ["a".repeat(64), `sha256:${"b".repeat(64)}`];
    const gaps = (field: string, before: string, now: string, where?: string) =>
      paths({ before: noted(field, before, where), now: noted(field, now, where) }, still(noted(field, before, where)));
    expect(gaps("checksum/config", one, two)).toEqual([]);
    expect(gaps("checksum/config", "a".repeat(31), "b".repeat(31))).toHaveLength(1);
    expect(gaps("checksum/config", one, "text")).toEqual(["metadata.annotations.checksum/config"]);
    expect(gaps("checksum/config", "text", one)).toEqual(["metadata.annotations.checksum/config"]);
    expect(gaps("checksum", one, two, "labels")).toEqual(["metadata.labels.checksum"]);
  });

  it("compare items of lists by their names, and lists whole where names are lacking or repeated", () => {
    const things = (...list: readonly string[]) =>
      `{ apiVersion: a/v1, kind: Thing, metadata: { name: x }, list: [${list.join(", ")}] }`;
    const gap = (before: readonly string[], now: readonly string[]) =>
      apart({ before: things(...before), now: things(...now) }, still(things(...before))).fields.map(
        ({ path, here, there }) => [path, here, there],
      );
    expect(gap(["{ id: a, v: 1 }", "{ id: b, v: 1 }"], ["{ id: b, v: 2 }", "{ id: a, v: 1 }"])).toEqual([
      ["list[b].v", "2", "1"],
    ]);
    expect(gap(["{ id: a }"], ["{ id: a }", "{ id: b }"])).toEqual([["list[b]", '{"id":"b"}', undefined]]);
    expect(gap(["{ id: a }", "{ id: b }"], ["{ id: a }"])).toEqual([["list[b]", undefined, '{"id":"b"}']]);
    expect(gap(["{ id: a }"], ["{ id: a }", "{ id: a }"])).toEqual([
      ["list", '[{"id":"a"},{"id":"a"}]', '[{"id":"a"}]'],
    ]);
    expect(gap(["{ id: a }"], ["{ v: a }"])).toEqual([["list", '[{"v":"a"}]', '[{"id":"a"}]']]);
    const ports = (...list: readonly string[]) => things(...list).replace("list", "ports");
    const [tcp, udp] = ["{ port: 53, protocol: TCP, to: a }", "{ port: 53, protocol: UDP, to: a }"];
    expect(
      paths({ before: ports(tcp, udp), now: ports(tcp, udp.replace("to: a", "to: b")) }, still(ports(udp, tcp))),
    ).toEqual(["ports[53].to"]);
  });

  it("show values on one line, and the beginning of long ones", () => {
    const shown = (value: string) =>
      apart({ before: settings("a: b"), now: settings(`a: ${value}`) }, still(settings("a: b"))).fields[0]?.here;
    expect([shown("{ x: [1, true] }"), shown('"a\\nb"'), shown("7"), shown("null")]).toEqual([
      ...['{"x":[1,true]}', "a b", "7", "null"],
    ]);
    expect([shown("x".repeat(80)), shown("x".repeat(81))]).toEqual(["x".repeat(80), `${"x".repeat(79)}…`]);
  });

  it("have nothing apart when they are one, whatever it holds, and never throw", () => {
    const object = fc.jsonValue({ maxDepth: 5 }).map((value): Resource => {
      const data: JsonObject = { value: JSON.parse(JSON.stringify(value)) };
      return { object: { apiVersion: "v1", kind: "Thing", metadata: { name: "x" }, ...data } };
    });
    const list = fc.array(object, { maxLength: 3 });
    fc.assert(
      fc.property(list, list, list, list, (a, b, c, d) => {
        const compare = (here: readonly Resource[], there: readonly Resource[], now: readonly Resource[]) =>
          compareEnvironments({
            here: { environment: "prod", mergeBase: here, head: now, tip: here },
            there: { environment: "staging", mergeBase: there, head: d, tip: there },
            wholeFolder: true,
            ignore: [{ path: "/value/*/x" }],
            fingerprintKey: "k",
          });
        expect(() => compare(a, b, c)).not.toThrow();
        expect(compare(a, b, d)).toEqual({ versions: [], fields: [], byPullRequest: [] });
      }),
      { numRuns: 200 },
    );
  });
});
