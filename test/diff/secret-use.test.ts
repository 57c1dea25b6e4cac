import { describe, expect, it } from "vitest";
import { compare } from "./support.ts";

const secret = (values: string, metadata = "name: db") =>
  `---\n{ apiVersion: v1, kind: Secret, metadata: { ${metadata} }, ${values} }\n`;
const pod = (kind: string, name: string, container: string, metadata = "") =>
  `---\n{ apiVersion: apps/v1, kind: ${kind}, metadata: { name: ${name}${metadata} }, spec: { template: { spec: { containers: [{ name: c }, { name: d, ${container} }] } } } }\n`;
const byEnv = "env: [text, { name: A, valueFrom: { secretKeyRef: { name: db, key: a } } }]";
const byEnvFrom = "envFrom: [{ configMapRef: { name: db } }, { secretRef: { name: db } }]";
const [before, after] = ["data: { a: YQ== }", "data: { a: Yg== }"];

describe("a Secret that is all that changes", () => {
  it("has the keys that stay, whichever field holds them", () => {
    const base = secret("data: { a: YQ==, b: Yg==, gone: Yg== }, stringData: { c: x, d: y }");
    const head = secret("data: { a: eA==, b: Yg==, toString: Yg== }, stringData: { c: x, d: z }");
    expect(compare(base, head).secret).toEqual({ stays: ["b", "c"], readers: [] });
  });

  it("has the workloads that read it when their pods start", () => {
    const rest = [
      pod("Deployment", "env", byEnv),
      pod("StatefulSet", "all", byEnvFrom),
      pod("Deployment", "other", "env: [{ name: db, valueFrom: { configMapKeyRef: { name: db, key: a } } }]"),
      pod("Deployment", "another", "envFrom: [{ secretRef: { name: dbx } }]"),
      pod("Deployment", "volume", "env: {}"),
    ].join("");
    expect(compare(secret(before) + rest, secret(after) + rest).secret).toEqual({
      stays: [],
      readers: [
        { kind: "Deployment", name: "env" },
        { kind: "StatefulSet", name: "all" },
      ],
    });
  });

  it.each([
    ["", "", 1],
    ["x", "", 1],
    ["", "x", 1],
    ["x", "x", 1],
    ["x", "y", 0],
  ])("in namespace %j is read from namespace %j: %d", (space, other, count) => {
    const namespace = (name: string) => (name === "" ? "" : `, namespace: ${name}`);
    const rest = pod("Deployment", "web", byEnv, namespace(other));
    const of = (values: string) => secret(values, `name: db${namespace(space)}`) + rest;
    expect(compare(of(before), of(after)).secret?.readers).toHaveLength(count);
  });

  it("has nothing where more changes, or something else", () => {
    const config = (value: string) =>
      `---\n{ apiVersion: v1, kind: ConfigMap, metadata: { name: db }, data: { a: ${value} } }\n`;
    expect(compare(secret(before) + config("x"), secret(after) + config("y"))).not.toHaveProperty("secret");
    expect(compare(config("x"), config("y"))).not.toHaveProperty("secret");
    expect(compare("", secret(after))).not.toHaveProperty("secret");
    expect(compare(secret(before), secret(after, "name: other"))).not.toHaveProperty("secret");
  });
});
