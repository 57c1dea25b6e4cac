import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareEnvironments } from "../../src/diff/index.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { Resource } from "../../src/model/render.ts";
import { resources } from "./support.ts";

interface Moments {
  readonly before: string;
  readonly now: string;
}

/** Compares prod with staging; texts are YAML. The base branch has not moved. */
function apart(prod: Moments, staging: Moments) {
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
  });
}

const pod = (image: string, more = "", metadata = "name: web") =>
  `{ apiVersion: v1, kind: Pod, metadata: { ${metadata} }, spec: { containers: [{ name: web, image: "${image}" ${more} }] } }`;
const still = (text: string): Moments => ({ before: text, now: text });

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

  it("tell resources of one name apart by their namespaces", () => {
    const both = (environment: string, port: number) =>
      ["a", "b"]
        .map(
          (team) =>
            `{ apiVersion: v1, kind: ConfigMap, metadata: { name: x, namespace: ${team}-${environment} }, data: { team: ${team}, port: "${team === "b" ? port : 1}" } }`,
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
    const short = labelled("1", "1");
    expect(apart(still(short), { before: short, now: labelled("2", "2") }).fields).toHaveLength(1);
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
