import { describe, expect, it } from "vitest";
import { CombinedChanges } from "../../src/change/combined-changes.ts";
import type { PlannedChange } from "../../src/change/rendered-target.ts";
import { StagedFiles } from "../../src/change/staged-files.ts";
import type { YamlEdit } from "../../src/edit/splice/index.ts";
import { memoryTree } from "../support/memory-tree.ts";

const tree = memoryTree({ "envs/prod.yaml": "a: 1\nb: 1\n", "other.yaml": "c: 1\n" });

async function edited(file: string, ...edits: readonly YamlEdit[]): Promise<readonly PlannedChange[]> {
  const staged = new StagedFiles(tree);
  for (const edit of edits) await staged.edit(file, [edit]);
  return staged.changes();
}

const set = (key: string, value: string): YamlEdit => ({ kind: "set", document: 0, path: [key], value });
const insert = (key: string): YamlEdit => ({ kind: "insert", document: 0, path: [key], value: "new" });

function texts(together: CombinedChanges): readonly string[] {
  return together
    .all()
    .map((change) => `${change.path}: ${change.kind === "write" ? Buffer.from(change.bytes).toString() : change.kind}`);
}

describe("the changes of several plans", () => {
  it("keep the edits of each where they edit one file", async () => {
    const together = new CombinedChanges();
    together.add(await edited("envs/prod.yaml", set("a", "two")));
    together.add(await edited("other.yaml", set("c", "two")));
    together.add(await edited("envs/prod.yaml", set("b", "three"), insert("d")));
    expect(texts(together)).toEqual(["envs/prod.yaml: a: two\nb: three\nd: new\n", "other.yaml: c: two\n"]);
    expect(together.all().every((change) => !("edits" in change))).toBe(true);
  });

  it("leave out a plan as a whole whose edit cannot be made on top of another one's", async () => {
    const together = new CombinedChanges();
    together.add(await edited("envs/prod.yaml", insert("d")));
    const second = [...(await edited("other.yaml", set("c", "two"))), ...(await edited("envs/prod.yaml", insert("d")))];
    expect(() => together.add(second)).toThrow(expect.objectContaining({ kind: "refused" }));
    expect(texts(together)).toEqual(["envs/prod.yaml: a: 1\nb: 1\nd: new\n"]);
  });

  it("are the later one's where a file is deleted or exchanged as a whole", async () => {
    const together = new CombinedChanges();
    together.add([{ kind: "delete", path: "other.yaml" }]);
    together.add(await edited("other.yaml", set("c", "two")));
    together.add([{ kind: "delete", path: "envs" }]);
    expect(texts(together)).toEqual(["envs: delete", "other.yaml: c: two\n"]);
  });
});
