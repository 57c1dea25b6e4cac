import fc from "fast-check";
import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { applyEdits, findMarkers, versionEdits } from "../../../src/edit/index.ts";
import { memoryTree } from "../../support/memory-tree.ts";
import { documentOf, type Spot, type Written, written } from "../splice/support/written-yaml.ts";

const file = "app/any.yaml";
const parts = ["", ":tag", ":name", ":digest"] as const;
const name = "r.example:5000/web";
const digest = `sha256:${"a".repeat(64)}`;

interface MarkedText {
  readonly text: string;
  readonly document: number;
  /** The scalars that got a marker, with its text, and where they stand now. */
  readonly spots: readonly (Spot & { readonly marker: string })[];
}

/** Puts markers behind scalars that end their line, in place of the comments there. */
function withMarkers(doc: Written, pick: number, blank: string): MarkedText {
  const spots: MarkedText["spots"][number][] = [];
  let text = "";
  let at = 0;
  doc.spots.forEach((spot, index) => {
    const rest = /^[ \t]*(?:#[^\r\n]*)?(?=\r?\n|$)/.exec(doc.text.slice(spot.end));
    if (rest === null || spot.style === "literal" || (pick >> index) % 2 === 1) return;
    const marker = `ns:p${index}${parts[index % parts.length]}`;
    text += doc.text.slice(at, spot.start);
    const start = text.length;
    text += doc.text.slice(spot.start, spot.end);
    spots.push({ ...spot, start, end: text.length, marker });
    text += `${blank}# { "$imagepolicy":"${marker}" }`;
    at = spot.end + rest[0].length;
  });
  return { text: text + doc.text.slice(at), document: documentOf(doc), spots };
}

const marked = fc
  .tuple(written, fc.nat(), fc.constantFrom(" ", "   ", "\t"))
  .map(([doc, pick, blank]) => withMarkers(doc, pick, blank));

function find(text: string) {
  const trace = [["app", "tree", "0"]] as const;
  return findMarkers({ kind: "plain", path: "app", options: {} }, trace, memoryTree({ [file]: text }));
}

it("finds every marker with the value that it belongs to, and nothing else", async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(marked, async ({ text, document, spots }) => {
      const { markers, problems } = await find(text);
      expect(problems).toEqual([]);
      const plain = markers.map(({ marker, document: of, at, ...setting }) => {
        const suffix = marker.part === "whole" ? "" : `:${marker.part}`;
        return [`${marker.policy.namespace}:${marker.policy.name}${suffix}`, of, setting[marker.part]?.path];
      });
      expect(plain).toEqual(spots.map(({ marker, path }) => [marker, document, path]));
      found += plain.length;
    }),
    { numRuns: 200 },
  );
  expect(found).toBeGreaterThan(100);
});

const tag = fc.constantFrom("1.10", "v1.0.0", "1e3", "0123456", "22:22", "2024-01-02", "yes", "null", "latest", "0x1F");

it("gives each its part of the image, changes no other byte, and is read as that text by YAML 1.1 and 1.2", async () => {
  let done = 0;
  await fc.assert(
    fc.asyncProperty(marked, tag, async ({ text, document, spots }, wanted) => {
      const { markers } = await find(text);
      for (const [index, setting] of markers.entries()) {
        const edits = versionEdits(setting, { tag: wanted, digest, name });
        if ("refused" in edits) throw new Error(edits.refused);
        const { bytes } = applyEdits(file, Buffer.from(text), edits);
        const after = Buffer.from(bytes).toString();
        const { start = 0, end = 0, path = [], style } = spots[index] ?? {};
        // Where nothing stood, the first blank goes before the value.
        const rest = style === "nothing" ? text.slice(end).replace(/^[ \t]/, "") : text.slice(end);
        expect(after.slice(0, start)).toBe(text.slice(0, start));
        expect(after.endsWith(rest)).toBe(true);
        const expected = { whole: `${name}:${wanted}@${digest}`, name, tag: wanted, digest }[setting.marker.part];
        // What shows the wanted text already is left as its author wrote it, quotes included.
        for (const version of edits.length === 0 ? [] : (["1.1", "1.2"] as const)) {
          const documents = [...parseAllDocuments(after, { version, uniqueKeys: false, logLevel: "error" })];
          expect(documents[document]?.getIn(path)).toBe(expected);
        }
        done += 1;
      }
    }),
    { numRuns: 100 },
  );
  expect(done).toBeGreaterThan(50);
});
