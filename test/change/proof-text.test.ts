import { describe, expect, it } from "vitest";
import { follows, versionForms } from "../../src/change/proof/text.ts";

describe("a text that follows a version", () => {
  const from = [["1.3.0", "1.4.0"]] as const;

  it("is the text with the old version exchanged for the new one", () => {
    expect(follows("app 1.3.0 (build 1.3.0)", "app 1.4.0 (build 1.4.0)", from)).toBe(true);
    expect(follows("1.3.0", "1.4.0", from)).toBe(true);
  });

  it("may keep an occurrence that only happens to be the same", () => {
    expect(follows("app 1.3.0, lib 1.3.0", "app 1.4.0, lib 1.3.0", from)).toBe(true);
  });

  it("is nothing else", () => {
    expect(follows("app 1.3.0", "app 1.5.0", from)).toBe(false);
    expect(follows("app 1.3.0", "app 1.4.0!", from)).toBe(false);
    expect(follows("replicas: 1", "replicas: 2", from)).toBe(false);
    expect(follows("", "1.4.0", from)).toBe(false);
  });

  it("may hold several versions", () => {
    const pairs = [...from, ["9", "10"]] as const;
    expect(follows("web 1.3.0 proxy 9", "web 1.4.0 proxy 10", pairs)).toBe(true);
    expect(follows("web 1.3.0 proxy 9", "web 10 proxy 1.4.0", pairs)).toBe(false);
  });

  it("is found where versions begin or end alike", () => {
    expect(follows("aaaa", "aaaaaaaa", [["a", "aa"]])).toBe(true);
    expect(follows("aaaa", "aaaaaaaaa", [["a", "aa"]])).toBe(false);
    expect(follows("x1.2x1.2", "x1.2.1x1.2.1", [["1.2", "1.2.1"]])).toBe(true);
  });

  it("is given up on, not searched for ever, where it could be read in very many ways", () => {
    const before = "a".repeat(20_000);
    expect(follows(before, `${"a".repeat(30_000)}b`, [["a", "aa"]])).toBe(false);
  });

  it("may hold the version as names and labels write it", () => {
    const forms = versionForms("v1.3.0+4", "v1.4.0+1");
    expect(follows("migrate-1-3-0+4", "migrate-1-4-0+1", forms)).toBe(true);
    expect(follows("v1.3.0_4", "v1.4.0_1", forms)).toBe(true);
    expect(follows("1.3.0+4", "1.4.0+1", forms)).toBe(true);
  });
});
