import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { decodeMembers, encodeMembers, type Member } from "../../../src/reconcile/inventory/members.ts";
import { manyMembers } from "./support/many-members.ts";

const web: Member = { group: "apps", kind: "Deployment", namespace: "shop", name: "web" };
const space: Member = { group: "", kind: "Namespace", namespace: "", name: "shop", uid: "u-1" };

describe("a list of members", () => {
  it("is read as it was written, sorted", () => {
    expect(decodeMembers(encodeMembers([web, space]))).toEqual([space, web]);
    expect(encodeMembers([web, space])).toBe(encodeMembers([space, web]));
    expect(decodeMembers(encodeMembers([]))).toEqual([]);
  });

  it("of 10,000 objects fits into one object of a cluster, however little their names have in common", () => {
    const encoded = encodeMembers(manyMembers(10_000));
    expect((encoded.length * 3) / 4).toBeLessThan(900_000);
    expect(decodeMembers(encoded)).toHaveLength(10_000);
  });

  it.each([
    ["what is no base64", "%%%"],
    ["what is not compressed", Buffer.from("[]").toString("base64")],
    ["another JSON", packed('{"a":1}')],
    ["a row that is too short", packed('[["","ConfigMap","shop"]]')],
    ["a uid that is none", packed('[["","ConfigMap","shop","a","no uid"]]')],
    ["what would fill the memory", packed(`["${" ".repeat(17 * 1024 * 1024)}"]`)],
  ])("is refused when it is %s", (_, text) => {
    expect(() => decodeMembers(text)).toThrow(expect.objectContaining({ name: "UserError", kind: "refused" }));
  });
});

function packed(text: string): string {
  return gzipSync(text).toString("base64");
}
