import { describe, expect, it } from "vitest";
import { withOwnValues } from "../../../src/promote/strategies/own-values.ts";

/** Staging's file as it is carried to prod; `undefined` where nothing of prod's own stays. */
function carried(source: string, target: string): string | undefined {
  const [theirs, ours] = [Buffer.from(source), Buffer.from(target)];
  const bytes = withOwnValues({ path: "a.yaml", source: theirs, target: ours, from: "staging", to: "prod" });
  return bytes && Buffer.from(bytes).toString();
}

describe("of a file that is carried, the target's own values stay", () => {
  it.each(["namespace", "host", "hostname", "namePrefix", "nameSuffix"])("under the key %s", (key) => {
    expect(carried(`a: { ${key}: theirs, other: 2 }\n`, `a: { ${key}: ours, other: 1 }\n`)).toBe(
      `a: { ${key}: ours, other: 2 }\n`,
    );
  });

  it.each(["hosts", "hostnames"])("in a list called %s", (key) => {
    expect(carried(`${key}: [theirs, more]\n`, `${key}: [ours]\n`)).toBe(`${key}: [ours, more]\n`);
    expect(carried(`${key}: { a: theirs }\n`, `${key}: { a: ours }\n`)).toBeUndefined();
  });

  it.each([
    ["web.staging.example.com", "web.prod.example.com", "web.prod.example.com"],
    ["staging-staging", "prod-prod", "prod-prod"],
    ["staging-web", "prod-api", undefined],
    ["mystaging", "myprod", undefined],
    ["staging2", "prod2", undefined],
    ["web", "prod", undefined],
  ])("where %s and %s differ by the environment's name alone", (source, target, stays) => {
    expect(carried(`a: ${source}\n`, `a: ${target}\n`)).toBe(stays && `a: ${stays}\n`);
  });

  it("with their types, and whatever they are", () => {
    expect(carried("host: a\n", 'host: "1"\n')).toBe('host: "1"\n');
    expect(carried("host: a\n", "host: 1\n")).toBe("host: 1\n");
    expect(carried("host: a\n", "host: null\n")).toBe("host: null\n");
    expect(carried("host: a\n", "host: a\n")).toBeUndefined();
  });

  it("in each document, and none where the target lacks one", () => {
    expect(carried("host: a\n---\nhost: b\n---\nhost: c\n", "host: x\n---\nhost: z\n")).toBe(
      "host: x\n---\nhost: z\n---\nhost: c\n",
    );
  });

  it("in the items of the same name, else at the same place", () => {
    const theirs = "env: [{ name: A, value: staging }, { name: B, value: staging }]\n";
    const ours = "env: [{ name: B, value: prod }, { name: C, value: x }, { name: A, value: staging }]\n";
    expect(carried(theirs, ours)).toBe("env: [{ name: A, value: staging }, { name: B, value: prod }]\n");
    expect(carried("a: [staging, x, staging]\n", "a: [prod, y]\n")).toBe("a: [prod, x, staging]\n");
    expect(carried("a: [{ name: [1], value: staging }]\n", "a: [{ name: [2], value: prod }]\n")).toBe(
      "a: [{ name: [1], value: prod }]\n",
    );
  });

  it.each([
    ["a map for a list", "host: { a: staging }\n", "host: [prod]\n"],
    ["a list for a map", "host: [staging]\n", "host: { a: prod }\n"],
    ["a map for a text", "host: { a: 1 }\n", "host: prod\n"],
    ["a text for a map", "host: staging\n", "host: { a: 1 }\n"],
    ["a text for a list", "host: staging\n", "host: [prod]\n"],
    ["something where the target has nothing", "host: staging\n", "other: 1\n"],
    ["nothing where the target has something", "other: 1\n", "host: prod\n"],
  ])("but none where there is %s", (_, source, target) => {
    expect(carried(source, target)).toBeUndefined();
  });

  it("but none of a file that is encrypted on either side", () => {
    const encrypted = (host: string) => `host: ${host}\nsops: { mac: "x", version: 3.9.0 }\n`;
    expect(carried(encrypted("a"), encrypted("b"))).toBeUndefined();
    expect(carried(encrypted("a"), "host: b\n")).toBeUndefined();
    expect(carried("host: a\n", encrypted("b"))).toBeUndefined();
  });
});
