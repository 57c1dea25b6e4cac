import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editInChunks } from "../../../src/edit/splice/edit-chunks.ts";
import { applyEdits, parseYaml } from "../../../src/edit/splice/index.ts";
import { sourceOf } from "../../../src/edit/splice/parse.ts";
import type { PlainEdit } from "../../../src/edit/splice/types.ts";
import { UserError } from "../../../src/model/errors.ts";
import { bytesOf, insert, remove, set, textOf } from "./support/edits.ts";
import { fixtures } from "./support/fixtures.ts";
import { documentOf, type Written, written } from "./support/written-yaml.ts";

/** The smallest chunks that there can be. */
const narrow = { min: 0, maxTotal: Number.POSITIVE_INFINITY };

function inChunks(text: string, ...edits: readonly PlainEdit[]) {
  const source = sourceOf("f.yaml", bytesOf(text));
  const edited = editInChunks(source, edits, narrow);
  return edited && { ...edited, text: (source.marked ? "\uFEFF" : "") + edited.text };
}

/** As the whole text is edited; `undefined` where that is refused. */
function whole(text: string, ...edits: readonly PlainEdit[]) {
  try {
    const { bytes, lines } = applyEdits("f.yaml", bytesOf(text), edits);
    return { text: textOf(bytes), lines };
  } catch (error) {
    if (error instanceof UserError && error.kind === "refused") return undefined;
    throw error;
  }
}

/** Says whether the chunks were enough. */
function expectSame(text: string, ...edits: readonly PlainEdit[]): boolean {
  const edited = inChunks(text, ...edits);
  if (edited !== undefined) expect(edited).toEqual(whole(text, ...edits));
  return edited !== undefined;
}

const values = fc.constantFrom(
  "1.10",
  "v1",
  "a: b",
  "- x",
  "---",
  "...",
  "#",
  "",
  "x\ny",
  "'",
  '"',
  "[",
  "%x",
  "\ufeff",
  "\u2028",
);

/** Several files in one, each a document or some. */
const stream = fc.array(written, { minLength: 1, maxLength: 4 }).map((files) => {
  const parts = files
    .map(({ text, ...rest }) => ({ ...rest, text: text.replace(/^\uFEFF/, "").replace(/(?<!\n)$/, "\n") }))
    .filter(({ text }, index) => index === 0 || !text.startsWith("%"));
  const places: { readonly document: number; readonly file: Written }[] = [];
  let text = "";
  for (const file of parts) {
    if (text !== "" && !file.text.startsWith("---")) text += "---\n";
    const before =
      text === "" ? 0 : parseYaml("f.yaml", bytesOf(text + (text.endsWith("---\n") ? "" : "---\n"))).documents - 1;
    places.push({ document: before + documentOf(file), file });
    text += file.text;
  }
  return { text, places };
});

describe("an edit in chunks", () => {
  it("writes what an edit of the whole text writes, or leaves it to that", () => {
    let done = 0;
    const property = fc.property(stream, fc.infiniteStream(values), fc.nat(), ({ text, places }, wanted, pick) => {
      const edits = places.flatMap(({ document, file }) =>
        file.spots
          .filter((_, index) => (pick >> index) % 2 === 0)
          .map(({ path }) => set(path, wanted.next().value ?? "", document)),
      );
      if (expectSame(text, ...edits) && edits.length > 0) done += 1;
    });
    fc.assert(property, { numRuns: 150 });
    expect(done).toBeGreaterThan(30);
  });

  it("does so for what is added and taken away", () => {
    let done = 0;
    const property = fc.property(stream, values, fc.nat(), ({ text, places }, value, pick) => {
      const edits = places.flatMap(({ document, file }) => {
        const map = file.maps[pick % file.maps.length];
        const spot = file.spots[pick % file.spots.length];
        if (pick % 3 === 0) return map === undefined ? [] : [insert([...map, "fresh"], { value }, document)];
        return spot === undefined
          ? []
          : [pick % 3 === 1 ? remove(spot.path, document) : set(spot.path, value, document)];
      });
      if (expectSame(text, ...edits) && edits.length > 0) done += 1;
    });
    fc.assert(property, { numRuns: 150 });
    expect(done).toBeGreaterThan(30);
  });

  it.each(fixtures)("is the same in a file with $name", ({ file, edits }) => {
    expectSame(readFileSync(new URL(`../../fixtures/edit/splice/${file}`, import.meta.url), "utf8"), ...edits);
  });

  it("needs no more than the item that it is about", () => {
    const text = "a:\n  b:\n    - c: 1\n      d: 1 # c\n    # e\n\n    - c: 2\nf: 3\n";
    const most = "      d: 1 # c\n    # e\n\n".length;
    const source = sourceOf("f.yaml", bytesOf(text));
    const edits = [set(["a", "b", 0, "d"], "1.10")];
    expect(editInChunks(source, edits, { min: 0, maxTotal: most })?.text).toBe(text.replace("d: 1", 'd: "1.10"'));
    expect(editInChunks(source, edits, { min: 0, maxTotal: most - 1 })).toBeUndefined();
  });

  it.each([
    ["aliases, of whose anchor a chunk knows nothing", "a: &x 1\nb: 2\nc: *x\n", set(["c"], "v")],
    ["a merge key", "a: &x { b: 1 }\nc:\n  <<: *x\n  d: 1\n", set(["c", "b"], "v")],
    ["a duplicate key", "a: 1\nb: 2\na: 3\n", set(["a"], "v")],
    ["SOPS", "a: 1\n---\nsops: { mac: x }\n", set(["a"], "v")],
    ["a directive", "%YAML 1.1\n---\na: 1\n", set(["a"], "v")],
    ["documents that end by themselves", "a: 1\n...\nb: 2\n", set(["a"], "v")],
    ["nothing at the path", "a: 1\nb: 2\n", set(["c"], "v")],
    ["no such document", "a: 1\n", set(["a"], "v", 1)],
  ])("leaves to the whole text: %s", (_, text, edit) => {
    expect(inChunks(text, edit)).toBeUndefined();
  });

  it("is refused where a character elsewhere in the file ends the line for some readers only", () => {
    expect(() => inChunks("a: 1\nb: x\u0085y\n", set(["a"], "v"))).toThrow("ends the line");
  });

  it("stays at the next larger chunk where an item does not begin its line", () => {
    for (const [text, edit] of [
      ["- a: 1\n  b: 2\n- c\n", set([0, "a"], "v")],
      ["? a\n: 1\nb: 2\n", set(["a"], "v")],
      ["a: 1\n? b\n: 2\n", set(["a"], "v")],
      ["&x a: 1\nb: 2\n", set(["b"], "v")],
      ["- - 1\n  - 2\n", set([0, 1], "v")],
      ["{ a: 1,\nb: 2 }\n", set(["b"], "v")],
      ["a: &x\n  b: 1\nc: 1\n", set(["a", "b"], "v")],
    ] as const) {
      expect(expectSame(text, edit)).toBe(true);
    }
  });
});

describe("a large file", () => {
  // A little over what is edited in chunks: 256 Ki characters, half of them in chunks at most.
  const count = 2_600;
  const long = "a note that makes the file long without more to parse";
  const app = (index: number) => `app${index}:\n  image:\n    tag: 1.${index} # ${long}\n  list: [a, b]\n`;
  const text = Array.from({ length: count }, (_, index) => app(index)).join("");
  const documents = Array.from({ length: count }, (_, index) => `---\n${app(index)}`).join("");

  it("changes in the bytes of its scalars alone, with the lines that they stand on", () => {
    const edits = [
      set(["app2500", "image", "tag"], "2.10"),
      set(["app3", "list", 1], "c"),
      set(["app3", "image", "tag"], "v"),
    ];
    const { bytes, lines } = applyEdits("f.yaml", bytesOf(text), edits);
    const after = text
      .replace("tag: 1.2500 ", 'tag: "2.10" ')
      .replace(`tag: 1.3 # ${long}\n  list: [a, b]`, `tag: v # ${long}\n  list: [a, c]`);
    expect(textOf(bytes)).toBe(after);
    expect(lines.map(({ line, after: now }) => [line, now])).toEqual([
      [15, `    tag: v # ${long}`],
      [16, "  list: [a, c]"],
      [10_003, `    tag: "2.10" # ${long}`],
    ]);
  });

  it("changes in some of its documents, and counts the lines that are new", () => {
    const edits = [
      insert(["more"], ["x", "y"], 10),
      set(["app2000", "image", "tag"], "v", 2000),
      remove(["app7", "list"], 7),
    ];
    const { bytes, lines } = applyEdits("f.yaml", bytesOf(documents), edits);
    const now = textOf(bytes).split("\n");
    expect(now).toHaveLength(documents.split("\n").length + 3 - 1);
    for (const { line, after } of lines) if (after !== "") expect(now[line - 1]).toBe(after);
    expect(now[5 * 2000 + 3 + 2]).toBe(`    tag: v # ${long}`);
  });

  it("is refused as a small one is, with the place in the whole file", () => {
    const large = `${text}x: &x 1\ny: *x\n`;
    const refused = (edit: PlainEdit) => {
      try {
        applyEdits("f.yaml", bytesOf(large), [edit]);
      } catch (error) {
        if (error instanceof UserError) return error;
      }
      throw new Error("not refused");
    };
    expect(refused(set(["y"], "2"))).toMatchObject({ kind: "refused", place: { line: 10_402 } });
    expect(refused(set(["app9", "none"], "2")).place).toMatchObject({ line: 38 });
    expect(() => applyEdits("f.yaml", bytesOf(`${text}a: [\n`), [])).toThrow("not YAML");
  });
});
