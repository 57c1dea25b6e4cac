import { describe, expect, it } from "vitest";
import { compare } from "./support.ts";

const pod = (container: string) =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: p }, spec: { containers: [{ name: a }, { name: b, image: "a:1", ${container} }] } }`;
const found = (base: string | undefined, head: string) =>
  compare(base, head)
    .findings.filter(({ id }) => id === "secret-like-value")
    .map(({ message, pointer }) => [/clear text: (.*)\. Whoever/.exec(message)?.[1], pointer]);

describe("a value that looks like a secret", () => {
  it.each<readonly [container: string, names: string, pointer: string]>([
    ["env: [{ name: A, value: b }, { name: DB_PASSWORD, value: hunter2 }]", "`DB_PASSWORD`", "env/1/value"],
    ["args: [--verbose, --password, hunter2]", "`password`", "args/1"],
    ["command: [run, -api-key=hunter2]", "`api-key`", "command/1"],
    ["args: [--password=hunter2, --token=hunter3]", "`password`, `token`", "args/0"],
    ["args: [--password=hunter2, --password=hunter3]", "`password`", "args/0"],
    [
      `args: [${["a", "b", "c", "d", "e", "f", "g"].map((name) => `--${name}-token=hunter2`).join(", ")}]`,
      "`a-token`, `b-token`, `c-token`, `d-token`, `e-token` and 2 more",
      "args/0",
    ],
  ])("is found in %s", (container, names, pointer) => {
    expect(found(undefined, pod(container))).toEqual([[names, `/spec/containers/1/${pointer}`]]);
  });

  it.each([
    "env: [{ name: PASSWORD }]",
    "env: { PASSWORD: hunter2 }",
    "args: [--password]",
    "args: [--password, 12345678]",
    "args: [--password=]",
    "args: [--password=abc]",
    "args: [--password=12345]",
    "args: [--password=true]",
    "args: [--password=/run/secret]",
    "args: [--token=https://login.example/token]",
    'args: ["--password=$(PASSWORD)"]',
    `args: ["--password=x\${PASSWORD}"]`,
    'args: ["password=hunter2"]',
  ])("is not %s", (container) => expect(found(undefined, pod(container))).toEqual([]));

  it("is told where it is new, not where it was before", () => {
    const env = (...values: readonly string[]) =>
      pod(
        `env: [${values.map((value, index) => `{ name: TOKEN_${index}, value: x }, { name: MY_TOKEN, value: ${value} }`).join(", ")}]`,
      );
    expect(found(env("hunter2"), `${env("hunter2").slice(0, -1)}, more: x }`)).toEqual([]);
    expect(found(env("hunter2"), env("hunter3"))).toEqual([["`MY_TOKEN`", "/spec/containers/1/env/1/value"]]);
    expect(found(env("hunter2"), env("hunter2", "hunter3"))).toEqual([
      ["`MY_TOKEN`", "/spec/containers/1/env/3/value"],
    ]);
    expect(found(env("hunter2"), pod("env: [{ name: OTHER_TOKEN, value: hunter2 }]"))).toHaveLength(1);
  });

  it("is found in a ConfigMap's data, whatever a key is called where the form tells it", () => {
    const map = (data: string) => `{ apiVersion: v1, kind: ConfigMap, metadata: { name: c }, data: ${data} }`;
    const key = `ghp_${"a".repeat(36)}`;
    expect(found(undefined, map(`{ a: b, x/y: "see ${key}" }`))).toEqual([["`x/y`", "/data/x~1y"]]);
    expect(found(undefined, map("[hunter2]"))).toEqual([]);
    expect(found(undefined, map("{ password: 12345678 }"))).toEqual([]);
  });
});
