import { describe, expect, it } from "vitest";
import { type Document, ReadFiles } from "../../../src/edit/find/read-files.ts";
import { memoryTree } from "../../support/memory-tree.ts";

const tree = memoryTree({
  "read.yaml": "a: 1\n---\nimage: x\n",
  "unread.yaml": "a: 1\n",
  "list/a.yaml": "a: 1\n",
  "chart/z.yaml": "z: 1\n",
  "chart/b/c.yaml": "c: 1\n",
  "chart/link": { link: "b" },
  "chart/module": { module: "0123456789012345678901234567890123456789" },
  "charts/d.yaml": "d: 1\n",
});
const files = () =>
  new ReadFiles(
    [
      ["read.yaml", "file", "0"],
      ["missing.yaml", "absent"],
      ["list", "dir"],
      ["chart", "tree", "0"],
      ["none.yaml", "file", "0"],
    ],
    tree,
  );
const keys = (documents: readonly Document[]) => documents.map(({ document, root }) => [document, root.kind]);

describe("the files that a render read", () => {
  it("are those by themselves and those in folders that it read as a whole", async () => {
    const read = files();
    const names = ["read.yaml", "unread.yaml", "list/a.yaml", "chart/z.yaml", "charts/d.yaml", "missing.yaml"];
    expect(names.filter((name) => read.has(name))).toEqual(["read.yaml", "chart/z.yaml"]);
    expect(await read.all()).toEqual(["chart/b/c.yaml", "chart/z.yaml", "none.yaml", "read.yaml"]);
    expect(await read.below("")).toEqual(["chart/b/c.yaml", "chart/z.yaml", "read.yaml"]);
    expect(
      await Promise.all(["read.yaml", "chart/link", "none.yaml", "unread.yaml"].map((one) => read.exists(one))),
    ).toEqual([true, false, false, false]);
    expect(await read.foldersIn("chart")).toEqual(["b"]);
  });

  it("are all where it read the whole tree", async () => {
    const all = new ReadFiles([["", "tree", "0"]], tree);
    expect(all.has("unread.yaml")).toBe(true);
    expect(await all.all()).toEqual(await tree.files());
  });

  it("have documents, which are parsed once, and only where they have one of the words", async () => {
    const read = files();
    expect(keys(await read.documents("read.yaml"))).toEqual([
      [0, "map"],
      [1, "map"],
    ]);
    expect(await read.documents("read.yaml")).toBe(await read.documents("read.yaml"));
    expect(keys(await read.documents("read.yaml", ["none", "image"]))).toHaveLength(2);
    expect(await read.documents("read.yaml", ["none"])).toEqual([]);
    expect(await read.documents("unread.yaml")).toEqual([]);
    expect(await read.mentioning("read.yaml", "image", () => undefined)).toMatchObject({ documents: 2 });
    expect(await read.mentioning("read.yaml", "none", () => undefined)).toBeUndefined();
    expect(await read.mentioning("unread.yaml", "a", () => undefined)).toBeUndefined();
  });
});

describe("problems and bounds", () => {
  it("are told once, with their lines", () => {
    const read = files();
    read.report("a.yaml", "one", 3);
    read.report("a.yaml", "one", 4);
    read.report("a.yaml", "two");
    expect(read.problems).toEqual([
      { file: "a.yaml", message: "one", line: 3 },
      { file: "a.yaml", message: "two" },
    ]);
    expect(read.problems.map((one) => "line" in one)).toEqual([true, false]);
  });

  it.each([
    ["mayFind", 20_000, "The target has more than 20000 images"],
    ["mayVisit", 500_000, "The target has more values than are searched for images"],
  ] as const)("end a search: %s", (bound, count, message) => {
    const read = files();
    let left = 0;
    while (left < count && read[bound]("a.yaml")) left += 1;
    expect(left).toBe(count);
    expect(read.problems).toEqual([]);
    expect([read[bound]("a.yaml"), read[bound]("b.yaml")]).toEqual([false, false]);
    expect(read.problems).toEqual([{ file: "a.yaml", message }]);
  });
});
