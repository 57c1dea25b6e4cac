import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { applyEdits } from "../../../src/edit/splice/index.ts";
import { fixtures } from "./support/fixtures.ts";

const read = (file: string) => readFileSync(new URL(`../../fixtures/edit/splice/${file}`, import.meta.url));

describe("edits of files", () => {
  it.each(fixtures)("keep $name", ({ file, after, edits }) => {
    const before = read(file);
    const edited = applyEdits(file, before, edits);
    expect(Buffer.from(edited.bytes).equals(read(after)), Buffer.from(edited.bytes).toString()).toBe(true);
    const lines = read(after)
      .toString()
      .replace(/^\uFEFF/, "")
      .split(/\r?\n/);
    for (const { file: of, line, after: text } of edited.lines) {
      expect(of).toBe(file);
      if (text !== "") expect(lines[line - 1]).toBe(text);
    }
  });

  it.each(fixtures)("change nothing when they are made again: $name", ({ file, after, edits }) => {
    const sets = edits.filter(({ kind, document }) => kind === "set" && document === 0);
    const bytes = read(after);
    const removed = edits.some(({ kind }) => kind === "remove");
    if (removed) return;
    const edited = applyEdits(file, bytes, sets);
    expect(Buffer.from(edited.bytes).equals(bytes)).toBe(true);
    expect(edited.lines).toEqual([]);
  });
});
