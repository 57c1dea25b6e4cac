import { describe, expect, it } from "vitest";
import { follows, versionForms } from "../../../src/change/proof/text.ts";

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

  it("is the text itself where nothing is exchanged", () => {
    expect(follows("", "", from)).toBe(true);
    expect(follows("same", "same", [])).toBe(true);
    expect(follows("1.3.0", "1.3.0", from)).toBe(true);
    expect(follows("app", "app1.4.0", [["", "1.4.0"]])).toBe(false);
    expect(follows("app 1.3.0 end", "app 1.4.0 enD", from)).toBe(false);
    expect(follows("1.3.0 x 1.3.0", "1.3.0 x 1.4.0", from)).toBe(true);
    expect(follows("1.3.0", "1.4.01.4.0", from)).toBe(false);
  });

  it("may have the old version taken out", () => {
    expect(follows("a-1.3.0", "a-", [["1.3.0", ""]])).toBe(true);
  });

  it("is at most 4 MiB long, on either side", () => {
    const long = "x".repeat(4 * 1024 * 1024);
    expect(follows(long, long, from)).toBe(true);
    expect(follows(`${long}x`, `${long}x`, from)).toBe(false);
    expect(follows("1.3.0", `${long}x`, [["1.3.0", `${long}x`]])).toBe(false);
    expect(follows("1.3.0", long, [["1.3.0", long]])).toBe(true);
    expect(follows(`${long}x`, "1.4.0", [[`${long}x`, "1.4.0"]])).toBe(false);
  });

  it("has its versions anywhere among fifty thousand places", () => {
    const before = "1.3.0 ".repeat(20_000);
    expect(follows(before, before.replaceAll("3", "4"), from)).toBe(true);
    expect(follows("a".repeat(60_000), "b".repeat(60_000), [["a", "b"]])).toBe(false);
  });

  it("may hold the version as names and labels write it", () => {
    const forms = versionForms("v1.3.0+4", "v1.4.0+1");
    expect(follows("migrate-1-3-0+4", "migrate-1-4-0+1", forms)).toBe(true);
    expect(follows("v1.3.0_4", "v1.4.0_1", forms)).toBe(true);
    expect(follows("1.3.0+4", "1.4.0+1", forms)).toBe(true);
  });
});

describe("the forms of a version", () => {
  it.each([
    ["1.3.0", "1.4.0", ["1.3.0 1.4.0", "1-3-0 1-4-0", "1_3_0 1_4_0"]],
    [
      "v1.3.0+b",
      "v1.4.0+c",
      [
        "v1.3.0+b v1.4.0+c",
        "v1-3-0+b v1-4-0+c",
        "v1_3_0+b v1_4_0+c",
        "v1.3.0_b v1.4.0_c",
        "1.3.0+b 1.4.0+c",
        "1-3-0+b 1-4-0+c",
      ],
    ],
    ["main", "version", ["main version"]],
    ["v1", "1", ["v1 1"]],
    ["1.0", "1.0", []],
    ["", "1.0", []],
    ["vx1", "x1", ["vx1 x1"]],
  ])("from %s to %s are what names and labels may write", (from, to, forms) => {
    const found = versionForms(from, to).map((pair) => pair.join(" "));
    expect(found.toSorted()).toEqual([...forms].sort());
  });
});
