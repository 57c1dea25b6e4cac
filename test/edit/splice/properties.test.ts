import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCollection, parseAllDocuments } from "yaml";
import { applyEdits, parseYaml, scalarAt } from "../../../src/edit/splice/index.ts";
import { UserError } from "../../../src/model/errors.ts";
import { documentOf, type Written, written } from "./support/written-yaml.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** Every document as data, aliases followed. */
function data(text: string, version: "1.1" | "1.2"): unknown[] {
  const documents = parseAllDocuments(text, { version, uniqueKeys: false, logLevel: "error" });
  return [...documents].map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS();
  });
}

function valueAt(text: string, document: number, path: readonly (string | number)[], version: "1.1" | "1.2"): unknown {
  const found = [...parseAllDocuments(text, { version, uniqueKeys: false, logLevel: "error" })][document];
  return found?.getIn(path);
}

/** The data of version 1.2 with another value at a path. */
function changed(all: unknown[], document: number, path: readonly (string | number)[], value: unknown): unknown[] {
  const copy = structuredClone(all);
  let at: unknown = copy;
  for (const step of [document, ...path.slice(0, -1)]) at = Reflect.get(Object(at), step);
  Reflect.set(Object(at), path.at(-1) ?? document, value);
  return copy;
}

const tricky = [
  "1.10", "1e3", "0o7", "017", "1_000", "22:33", "yes", "No", "on", "OFF", "null", "~", "", "2024-01-02", "0x1F", ".inf",
  "-.INF", ".NaN", "a: b", "a #b", "- x", "-", "?", ": x", "&a", "*a", "!x", "|", ">", "%x", "@x", "`x`", "{x}", "[x]", "a,b",
  "'", '"', "it's", 'a"b', "a\\b", " a", "a ", "a\tb", "a\nb", "---", "...", "<<", "=", "y", "N", "1.4.0", "v1", "0b11", "+1",
  "12e4567", "0.", ".5", "1:2:3.4", "2024-01-02T03:04:05Z", "\u0085", "\u2028", "\ufeff", "\u0007", "\u{1F680}", "#", "a:", "x\r\ny",
]; // biome-ignore format: a table
const value = fc.oneof(fc.constantFrom(...tricky), fc.string({ unit: "binary", maxLength: 20 }), fc.string());

const spotted = written
  .filter(({ spots }) => spots.length > 0)
  .chain((doc) => fc.record({ doc: fc.constant(doc), spot: fc.constantFrom(...doc.spots) }));

describe("any planned set", () => {
  it("changes the scalar's bytes and nothing else, and is read back as the wanted string by YAML 1.1 and 1.2", () => {
    const property = fc.property(spotted, value, ({ doc, spot }, wanted) => {
      const document = documentOf(doc);
      const edit = { kind: "set", document, path: spot.path, value: wanted } as const;
      const edited =
        spot.style === "literal" ? orRefused(doc.text, edit) : applyEdits("f.yaml", encode(doc.text), [edit]);
      if (edited === undefined) return;
      const text = decode(edited.bytes);
      expect(text.slice(0, spot.start)).toBe(doc.text.slice(0, spot.start));
      expect(text.endsWith(doc.text.slice(spot.end))).toBe(true);
      expect(valueAt(text, document, spot.path, "1.1")).toBe(wanted);
      expect(data(text, "1.2")).toEqual(changed(data(doc.text, "1.2"), document, spot.path, wanted));
      expect(scalarAt(parseYaml("f.yaml", edited.bytes), document, spot.path)?.value).toBe(wanted);
      expectLines(doc.text, text, edited.lines);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it("does so for several scalars at once", () => {
    const property = fc.property(written, fc.array(value, { minLength: 12, maxLength: 12 }), (doc, values) => {
      const document = documentOf(doc);
      const spots = doc.spots.filter(({ style }) => style !== "literal");
      const edits = spots.map(({ path }, index) => {
        return { kind: "set", document, path, value: values[index % values.length] ?? "" } as const;
      });
      const text = decode(applyEdits("f.yaml", encode(doc.text), edits).bytes);
      for (const { path, value: wanted } of edits) expect(valueAt(text, document, path, "1.2")).toBe(wanted);
      let rest = text;
      spots.forEach(({ start }, index) => {
        const kept = doc.text.slice(spots[index - 1]?.end ?? 0, start);
        const at = rest.indexOf(kept);
        expect(at).toBeGreaterThanOrEqual(0);
        rest = rest.slice(at + kept.length);
      });
    });
    fc.assert(property, { numRuns: 100 });
  });
});

const json = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    value,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.dictionary(fc.constantFrom("name", "newTag", "on", "1.0", "a b"), tie("json"), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    fc.array(tie("json"), { maxLength: 3 }),
  ),
})).json as fc.Arbitrary<string | null | boolean | number>;

describe("any insertion", () => {
  it("keeps every old byte in its place and adds exactly the wanted value", () => {
    const into = written.chain((doc) => fc.record({ doc: fc.constant(doc), at: fc.constantFrom(...places(doc)) }));
    const property = fc.property(into, json, ({ doc, at }, wanted) => {
      const document = documentOf(doc);
      const edit = { kind: "insert", document, path: at, value: wanted } as const;
      const edited = orRefused(doc.text, edit);
      if (edited === undefined) return;
      const text = decode(edited.bytes);
      expect(isSubsequence(doc.text, text)).toBe(true);
      expect(data(text, "1.2")).toEqual(changed(data(doc.text, "1.2"), document, at, wanted));
      expectLines(doc.text, text, edited.lines);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it("is undone by the removal of what was added", () => {
    const into = written.chain((doc) => fc.record({ doc: fc.constant(doc), at: fc.constantFrom(...places(doc)) }));
    const property = fc.property(into, ({ doc, at }) => {
      const document = documentOf(doc);
      const edited = orRefused(doc.text, { kind: "insert", document, path: at, value: "x" });
      if (edited === undefined) return;
      const undone = orRefused(decode(edited.bytes), { kind: "remove", document, path: at });
      if (undone !== undefined) expect(data(decode(undone.bytes), "1.2")).toEqual(data(doc.text, "1.2"));
    });
    fc.assert(property, { numRuns: 150 });
  });
});

describe("any removal", () => {
  it("takes exactly one key or item away", () => {
    const property = fc.property(spotted, ({ doc, spot }) => {
      const document = documentOf(doc);
      const edited = orRefused(doc.text, { kind: "remove", document, path: spot.path });
      if (edited === undefined) return;
      const text = decode(edited.bytes);
      const before = parseAllDocuments(doc.text)[document];
      const parent = before?.getIn(spot.path.slice(0, -1));
      if (!isCollection(parent)) throw new Error("no parent");
      const expected = [...parseAllDocuments(doc.text)].map((one, index) => {
        if (index === document) one.deleteIn(spot.path);
        return one.toJS();
      });
      expect(data(text, "1.2")).toEqual(expected);
      expect(isSubsequence(text.replace(/ ?(?:\{\}|\[\])/g, ""), doc.text)).toBe(true);
      expectLines(doc.text, text, edited.lines);
    });
    fc.assert(property, { numRuns: 150 });
  });
});

describe("any JSON file", () => {
  it("stays JSON, in its own layout", () => {
    const files = fc.record({
      object: fc.dictionary(fc.constantFrom("a", "b c", "\u{1F680}"), fc.jsonValue({ maxDepth: 2 }), {
        minKeys: 1,
        noNullPrototype: true,
      }),
      space: fc.constantFrom(0, 2, 4, "\t"),
    });
    const property = fc.property(files, value, json, ({ object, space }, wanted, added) => {
      const text = `${JSON.stringify({ ...object, tag: 1.1, list: [] }, null, space)}\n`;
      const edits = [
        { kind: "set", document: 0, path: ["tag"], value: wanted },
        { kind: "insert", document: 0, path: ["new"], value: added },
        { kind: "insert", document: 0, path: ["list", "-"], value: added },
      ] as const;
      const edited = decode(applyEdits("f.json", encode(text), edits).bytes);
      expect(JSON.parse(edited)).toEqual(
        JSON.parse(JSON.stringify({ ...object, tag: wanted, list: [added], new: added })),
      );
    });
    fc.assert(property, { numRuns: 150 });
  });
});

/** The edit, or nothing when it was refused; any other error is a defect. */
function orRefused(text: string, edit: Parameters<typeof applyEdits>[2][number]) {
  try {
    return applyEdits("f.yaml", encode(text), [edit]);
  } catch (error) {
    if (error instanceof UserError && error.kind === "refused") return undefined;
    throw error;
  }
}

function places({ maps, lists }: Written): (readonly (string | number)[])[] {
  return [...maps.map((path) => [...path, "fresh"]), ...lists.map(({ path, length }) => [...path, length])];
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const unit of whole) if (part.startsWith(unit, at)) at += unit.length;
  return at === part.length;
}

/** The changed lines make the new text of the old one. */
function expectLines(before: string, after: string, lines: readonly { line: number; before: string; after: string }[]) {
  const now = after.replace(/^\uFEFF/, "").split(/\r?\n/);
  for (const { line, after: text } of lines) if (text !== "") expect(now[line - 1]).toBe(text);
  if (before !== after) expect(lines.length).toBeGreaterThan(0);
}
