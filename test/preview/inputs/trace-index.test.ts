import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Lookup, Trace } from "../../../src/model/render.ts";
import { traceHolds } from "../../../src/model/trace.ts";
import type { ChangedPath, Tree } from "../../../src/model/tree.ts";
import { TraceIndex } from "../../../src/preview/inputs/trace-index.ts";
import { type MemoryEntry, memoryTree } from "../../support/memory-tree.ts";
import "../../support/seed.ts";

type Files = Readonly<Record<string, MemoryEntry>>;

/** Few names, so that what is a file in one tree is a folder in another. */
const name = fc.constantFrom("a", "b", "c");
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
const entry: fc.Arbitrary<MemoryEntry> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("1", "2") },
  { weight: 1, arbitrary: fc.constant({ link: "a" }) },
  { weight: 1, arbitrary: fc.constant({ module: "1".repeat(40) }) },
);
/** Without files where another path has a folder. */
const files = fc
  .dictionary(path, entry, { maxKeys: 12 })
  .map(
    (all): Files =>
      Object.fromEntries(
        Object.entries(all).filter(([one]) => !Object.keys(all).some((other) => other.startsWith(`${one}/`))),
      ),
  );
const lookup = fc.record({ path: fc.oneof(path, fc.constant("")), whole: fc.boolean() });
const lookups = fc.array(fc.array(lookup, { maxLength: 6 }), { minLength: 1, maxLength: 8 });

describe("an index of traces", () => {
  it("finds exactly the traces that do not hold any more, from tree to tree", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(files, { minLength: 2, maxLength: 5 }), lookups, async (trees, asked) => {
        const index = new TraceIndex();
        let before = trees[0] ?? {};
        const kept = new Map<string, Trace>();
        for (const after of trees.slice(1)) {
          const [from, to] = [memoryTree(before), memoryTree(after)];
          await addMissing(index, kept, asked, from);
          const { exact, possible } = await index.touched(changedBetween(before, after), to);
          const touched = exact.union(possible);
          for (const [key, trace] of kept) expect(touched.has(key)).toBe(!(await traceHolds(trace, to)));
          expect([...exact].every((key) => Number(key) % 2 === 0)).toBe(true);
          for (const key of touched) {
            index.remove(key);
            kept.delete(key);
          }
          before = after;
        }
      }),
      { numRuns: 300 },
    );
  });

  it("forgets what was replaced, however often that happens", async () => {
    const tree = memoryTree({ "a/b": "1" });
    const trace = await answered([{ path: "a/b", whole: false }], tree);
    const long = Array.from({ length: 5_000 }, (): Lookup => ["c", "absent"]);
    const index = new TraceIndex();
    for (let times = 0; times < 20; times++) index.add("one", long, false);
    index.add("one", trace, true);
    index.add("two", long, false);
    expect(index.lookups).toBe(5_001);
    expect(index.isExact("one")).toBe(true);
    const touched = await index.touched([{ path: "c", status: "added" }], memoryTree({ "a/b": "1", c: "2" }));
    expect([[...touched.exact], [...touched.possible]]).toEqual([[], ["two"]]);
    index.clear();
    expect([index.has("one"), index.lookups]).toEqual([false, 0]);
  });
});

interface Asked {
  readonly path: string;
  readonly whole: boolean;
}

async function addMissing(
  index: TraceIndex,
  kept: Map<string, Trace>,
  asked: readonly (readonly Asked[])[],
  tree: Tree,
): Promise<void> {
  for (const [number, one] of asked.entries()) {
    if (kept.has(`${number}`)) continue;
    const trace = await answered(one, tree);
    kept.set(`${number}`, trace);
    index.add(`${number}`, trace, number % 2 === 0);
  }
}

async function answered(asked: readonly Asked[], tree: Tree): Promise<Trace> {
  return Promise.all(
    asked.map(async ({ path: at, whole }): Promise<Lookup> => {
      const found = await tree.at(at);
      if (found === undefined) return [at, "absent"];
      if (found.kind === "dir") return whole ? [at, "tree", found.oid] : [at, "dir"];
      return [at, found.kind, found.oid];
    }),
  );
}

/** As `git diff-tree -r` says it. */
function changedBetween(before: Files, after: Files): readonly ChangedPath[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((at): readonly ChangedPath[] => {
    const [old, fresh] = [before[at], after[at]];
    if (JSON.stringify(old) === JSON.stringify(fresh)) return [];
    if (old === undefined) return [{ path: at, status: "added" }];
    if (fresh === undefined) return [{ path: at, status: "deleted" }];
    return [{ path: at, status: typeof old === typeof fresh ? "modified" : "type-changed" }];
  });
}
