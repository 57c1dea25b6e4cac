import { describe, expect, it } from "vitest";
import { inlineText, treeEntry } from "../../src/github/tree-entries.ts";

const OID = "a".repeat(40);

async function noBlob(): Promise<string> {
  throw new Error("no object is needed");
}

describe("text in a tree", () => {
  it.each([
    ["nothing", ""],
    ["lines of either kind", "a: 1\r\nb: 2\n"],
    ["tabs and every language", "\tä – 日本 🚀\n"],
    ["a byte order mark in the middle", "a\uFEFFb"],
  ])("travels as it is: %s", (_name, text) => {
    expect(inlineText(Buffer.from(text))).toBe(text);
  });

  it.each([
    ["a byte order mark, which a reader of JSON may drop", Buffer.from("\uFEFFa: 1\n")],
    ["what is not UTF-8", Buffer.from([0x61, 0xff, 0x62])],
    ["half a character", Buffer.from("日").subarray(0, 2)],
    ["a surrogate in UTF-8's clothes", Buffer.from([0xed, 0xa0, 0x80])],
    ["a zero", Buffer.from("a\0b")],
    ["an escape", Buffer.from("\u001b[31m")],
    ["much", Buffer.alloc(512 * 1024 + 1, "a")],
  ])("does not travel as text: %s", (_name, bytes) => {
    expect(inlineText(bytes)).toBeUndefined();
  });
});

describe("an entry of a tree", () => {
  it("carries text, or the id of an object made for other bytes, with the mode", async () => {
    const write = { kind: "write", path: "a/b", executable: false } as const;
    expect(await treeEntry({ ...write, bytes: Buffer.from("x") }, noBlob)).toEqual({
      path: "a/b",
      mode: "100644",
      type: "blob",
      content: "x",
    });
    const made: Uint8Array[] = [];
    const bytes = Buffer.from([0, 1]);
    const entry = await treeEntry({ ...write, bytes, executable: true }, async (one) => {
      made.push(one);
      return OID;
    });
    expect(entry).toEqual({ path: "a/b", mode: "100755", type: "blob", sha: OID });
    expect(made).toEqual([bytes]);
  });

  it("takes a path away without a name for what was there", async () => {
    expect(await treeEntry({ kind: "delete", path: "a" }, noBlob)).toEqual({
      path: "a",
      mode: "100644",
      type: "blob",
      sha: null,
    });
  });

  it.each([
    [{ kind: "file", oid: OID, executable: false }, "100644", "blob"],
    [{ kind: "file", oid: OID, executable: true }, "100755", "blob"],
    [{ kind: "link", oid: OID }, "120000", "blob"],
    [{ kind: "dir", oid: OID }, "040000", "tree"],
    [{ kind: "module", oid: OID }, "160000", "commit"],
  ] as const)("names an object that is there already: %o", async (entry, mode, type) => {
    expect(await treeEntry({ kind: "entry", path: "p", entry }, noBlob)).toEqual({ path: "p", mode, type, sha: OID });
  });
});
