import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Block, diffLines } from "../../src/diff/lines.ts";

function patched(base: readonly string[], head: readonly string[]): readonly string[] {
  const result: string[] = [];
  let at = 0;
  for (const block of diffLines(base, head)) {
    result.push(...base.slice(at, block.baseStart), ...head.slice(block.headStart, block.headEnd));
    at = block.baseEnd;
  }
  return [...result, ...base.slice(at)];
}

const changedLines = (base: readonly string[], head: readonly string[]) =>
  diffLines(base, head).reduce((sum, b) => sum + b.baseEnd - b.baseStart + b.headEnd - b.headStart, 0);

describe("the line diff", () => {
  it("gives blocks that turn the base's lines into the head's", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c", "  d", "- e", ""), { maxLength: 60 });
    fc.assert(
      fc.property(lines, lines, (base, head) => {
        expect(patched(base, head)).toEqual(head);
      }),
      { numRuns: 1000 },
    );
  });

  it("is as short as can be for a difference of ordinary size", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 14 });
    fc.assert(
      fc.property(lines, lines, (base, head) => {
        expect(changedLines(base, head)).toBe(base.length + head.length - 2 * longestCommon(base, head));
      }),
      { numRuns: 500 },
    );
  });

  it("gives the one shortest way where there is only one", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c", "  d", "- e"), { maxLength: 10 });
    fc.assert(
      fc.property(lines, lines, (base, head) => {
        const [only, another] = alignments(base, head);
        fc.pre(another === undefined);
        expect(diffLines(base, head)).toEqual(only);
      }),
      { numRuns: 300 },
    );
  });

  it("is as short as can be for 150 changes in a text without a line that is unique", () => {
    const pool = ["- name: A", "  value: x", "  ports:", "", "    protocol: TCP"];
    const base = Array.from({ length: 500 }, (_, index) => pool[(index * index + (index >> 3)) % pool.length] ?? "");
    const head = base.filter((_, index) => index % 10 > 2);
    expect(changedLines(base, head)).toBe(150);
    expect(patched(base, head)).toEqual(head);
  });

  it("takes lines that are unique as equal where they stand in the same order, in a difference of more than that", () => {
    const text = (word: string, order: readonly number[]) =>
      order.flatMap((index) => [`keep ${index}`, "same", `${word} ${index}`, "same"]);
    const order = Array.from({ length: 120 }, (_, index) => index);
    const blocks = diffLines(text("old", order), text("new", order));
    expect(blocks).toEqual(
      order.map((index) => ({
        ...{ baseStart: 4 * index + 2, baseEnd: 4 * index + 3 },
        ...{ headStart: 4 * index + 2, headEnd: 4 * index + 3 },
      })),
    );
    const moved = [...order.filter((index) => index !== 5 && index !== 70), 5, 70];
    expect(changedLines(text("old", order), text("new", moved))).toBe(240 + 2 * 2 * 3);
    const [base, head] = [text("old", order), text("new", moved)];
    expect(patched(base, head)).toEqual(head);
  });

  it("stays exact on 20,000 lines that share next to nothing", () => {
    const base = Array.from({ length: 20_000 }, (_, index) => `line ${(index * 7919) % 20_000}`);
    const head = Array.from({ length: 20_000 }, (_, index) => `line ${(index * 104_729) % 30_000}`);
    expect(patched(base, head)).toEqual(head);
    const repeated = Array.from({ length: 20_000 }, (_, index) => `x${(index * index) % 7}`);
    expect(patched(repeated, [...repeated].reverse())).toEqual([...repeated].reverse());
  });

  it("begins an insertion at the start of a list item", () => {
    const base = ["env:", "- name: A", "  value: x", "- name: C", "  value: x"];
    const head = ["env:", "- name: A", "  value: x", "- name: B", "  value: x", "- name: C", "  value: x"];
    expect(diffLines(base, head)).toEqual([{ baseStart: 3, baseEnd: 3, headStart: 3, headEnd: 5 }]);
  });
});

/** The blocks of every shortest edit script, each once. */
function alignments(base: readonly string[], head: readonly string[]): readonly (readonly Block[])[] {
  const left = base.length + head.length - 2 * longestCommon(base, head);
  const found: (readonly Block[])[] = [];
  const walk = (x: number, y: number, edits: number, blocks: readonly Block[]): void => {
    if (edits > left) return;
    if (x === base.length && y === head.length) found.push(blocks);
    if (x < base.length && y < head.length && base[x] === head[y]) walk(x + 1, y + 1, edits, blocks);
    if (x < base.length) walk(x + 1, y, edits + 1, extended(blocks, { x, y, removed: true }));
    if (y < head.length) walk(x, y + 1, edits + 1, extended(blocks, { x, y, removed: false }));
  };
  walk(0, 0, 0, []);
  return [...new Map(found.map((blocks) => [JSON.stringify(blocks), blocks])).values()];
}

function extended(
  blocks: readonly Block[],
  { x, y, removed }: { readonly x: number; readonly y: number; readonly removed: boolean },
): readonly Block[] {
  const last = blocks.at(-1);
  const joined = last !== undefined && last.baseEnd === x && last.headEnd === y;
  const { baseStart, headStart } = joined ? last : { baseStart: x, headStart: y };
  const block = { baseStart, baseEnd: x + (removed ? 1 : 0), headStart, headEnd: y + (removed ? 0 : 1) };
  return [...(joined ? blocks.slice(0, -1) : blocks), block];
}

function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const one of a) {
    const next = [0];
    for (const [index, other] of b.entries()) {
      next.push(one === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
