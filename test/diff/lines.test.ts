import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffLines } from "../../src/diff/lines.ts";

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
