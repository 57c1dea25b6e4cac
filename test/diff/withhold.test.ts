import { describe, expect, it } from "vitest";
import { withhold } from "../../src/diff/withhold.ts";

function workload(env: readonly { name: string; value: string }[], args: readonly string[] = []) {
  const spec = { containers: [{ name: "web", image: "web:1", env, args }] };
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec };
}

describe("what people may not have seen yet", () => {
  it("is withheld where it looks like a secret, by its name, its form or what stands before it", () => {
    const live = workload(
      [
        { name: "DB_PASSWORD", value: "hunter22" },
        { name: "MODE", value: "fast" },
        { name: "URL", value: "postgres://web:hunter23@db/web" },
      ],
      ["--password=hunter24", "--token", "hunter25", "ghp_0123456789abcdefghij0123456789abcdef"],
    );
    const text = JSON.stringify(withhold(live, workload([])));
    expect(text).not.toMatch(/hunter|ghp_/);
    expect(text).toContain('{"name":"MODE","value":"fast"}');
    const config = {
      apiVersion: "v1",
      kind: "ConfigMap",
      data: { "app.properties": "level=debug\npassword=hunter26" },
    };
    expect(withhold(config, undefined)).toEqual({
      ...config,
      data: { "app.properties": "level=debug\npassword=‹withheld›" },
    });
    const key = "-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----\n";
    expect(withhold({ kind: "ConfigMap", data: { key } }, undefined)).toEqual({
      kind: "ConfigMap",
      data: { key: "‹withheld›" },
    });
  });

  it("is shown where it is published already: the same object comes back", () => {
    const live = workload([{ name: "DB_PASSWORD", value: "hunter22" }], ["--password=hunter24"]);
    expect(withhold(live, live)).toBe(live);
    const config = (first: string) => ({ kind: "ConfigMap", data: { all: `${first}\npassword=hunter26` } });
    expect(withhold(config("b"), config("a"))).toEqual(config("b"));
    const secret = { kind: "Secret", data: { password: "aHVudGVyMjJodW50ZXIyMg==" } };
    expect(withhold(secret, undefined)).toBe(secret);
  });
});
