import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { compareTarget } from "../../src/diff/index.ts";
import { steadyText } from "../../src/diff/random-text.ts";

const m = "<random value>";

/** Bytes that look random and are the same in every run. */
function bytes(seed: string, length: number): Buffer {
  const parts = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    createHash("sha256").update(`${seed} ${index}`).digest(),
  );
  return Buffer.concat(parts).subarray(0, length);
}

describe("the steady part of a text", () => {
  it.each<readonly [what: string, samples: readonly string[], steady: string | undefined]>([
    ["is all of it where nothing differs", ["a b", "a b"], "a b"],
    ["is everything but a random word", ["run x # k3Bq9", "run x # Zp0aa", "run x # 7yTw1"], `run x # ${m}`],
    ["is what stands before and after within a word", ["acme/web:1-x8a", "acme/web:1-p0q"], `acme/web:1-${m}`],
    ["is what stands between two random parts", ["k3Bq9/evil/aaB", "Zp0aa/evil/1zq"], `${m}/evil/${m}`],
    ["is told by lines", ["a: 1\nb: k3Bq9\nc: 2\n", "a: 1\nb: Zp0aa\nc: 2\n"], `a: 1\nb: ${m}\nc: 2\n`],
    ["ends where words of several lengths differ", ["n 5 of 7", "n 12 of 7"], `n ${m} of 7`],
    ["is not known where a part stands at other places", ["5evil77", "12evil9"], undefined],
    ["is not known where the lines are not as many", ["a\nb\nevil", "a\nevil"], undefined],
    ["has no digit of a moment", ["at 2026-11-30T22:11:09Z .", "at 2026-11-30T22:11:10Z ."], `at ${m} .`],
  ])("%s", (_, samples, steady) => {
    expect(steadyText(samples)).toBe(steady);
  });

  it("is that of the text which base64 stands for", () => {
    const pack = (text: string) => Buffer.from(text).toString("base64");
    expect(steadyText([pack("user=root\ntoken=k3Bq9\n"), pack("user=root\ntoken=Zp0aa\n")])).toBe(
      pack(`user=root\ntoken=${m}\n`),
    );
  });

  it("is nothing of keys that are made at every render, and all of one that is not", () => {
    const body = (seed: string) =>
      (
        bytes(seed, 90)
          .toString("base64")
          .match(/.{1,64}/g) ?? []
      ).join("\n");
    const key = (text: string) => `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----\n`;
    const fixed = key(body("fixed"));
    expect(steadyText(["a", "b", "c"].map((seed) => `a: 1\n${key(body(seed))}${fixed}`))).toBe(
      `a: 1\n${key(m)}${fixed}`,
    );
  });

  it("is nothing of what is random as a whole", () => {
    const samples = ["a", "b", "c"].map((seed) => bytes(seed, 1200).toString("base64"));
    expect(steadyText(samples)).toBe(m);
    const ids = ["0f8b2c1e-5a39-4d7e", "93d4a1b7-c20f-4e11", "c6e05f92-17bd-49a8"];
    expect(steadyText(ids)).toBe(`${m}-${m}-${m}`);
  });
});

describe("a comparison of renders with random values", () => {
  const render = (data: Record<string, string>) => [
    { object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web" }, data }, file: "cm.yaml", line: 1 },
  ];
  const compare = (base: (salt: string) => Record<string, string>, head: (salt: string) => Record<string, string>) =>
    compareTarget({
      ...{ app: "web", environment: "prod", ignore: [], fingerprintKey: "key" },
      ...{ base: render(base("old10")), head: render(head("old20")) },
      again: {
        base: ["k3Bq9", "Zp0aa", "7yTw1"].map((salt) => render(base(salt))),
        head: ["8uuQx", "bbbY2", "qL1mM"].map((salt) => render(head(salt))),
      },
    });

  it("shows a change beside a random part of the same text", () => {
    const { changes } = compare(
      (salt) => ({ cmd: `serve # ${salt}` }),
      (salt) => ({ cmd: `rm -rf / # ${salt}` }),
    );
    expect(changes.map(({ diff }) => diff)).toEqual([expect.stringContaining(`+cmd: "rm -rf / # ${m}"`)]);
  });

  it("shows nothing where only the random part differs, and what is no longer random", () => {
    const same = compare(
      (salt) => ({ cmd: `serve # ${salt}` }),
      (salt) => ({ cmd: `serve # ${salt}` }),
    );
    expect([same.changes, same.random]).toEqual([[], [{ resource: "ConfigMap/web", path: "data.cmd" }]]);
    const fixed = compare(
      (salt) => ({ cmd: `serve # ${salt}` }),
      () => ({ cmd: "serve # fixed" }),
    );
    expect(fixed.changes).toHaveLength(1);
  });

  it("shows a value whose steady part cannot be told", () => {
    const { changes } = compare(
      (salt) => ({ cmd: salt.includes("1") ? "a\nb" : "a" }),
      (salt) => ({ cmd: salt.includes("1") ? "c\nb" : "c" }),
    );
    expect(changes).toHaveLength(1);
  });
});
