import { mapLimit } from "../../model/map-limit.ts";
import type { Tree } from "../../model/tree.ts";
import type { Candidate } from "./controller-targets.ts";

/** Files read at once. */
const atOnce = 32;

/** The lines of declarations in their files, by key, as far as the file's own text shows the object. */
export async function declarationLines(
  candidates: readonly Candidate[],
  tree: Tree,
): Promise<ReadonlyMap<string, number>> {
  const wanted = candidates.filter(({ known }) => known?.file !== undefined && known.line === undefined);
  const byFile = [...Map.groupBy(wanted, ({ known }) => known?.file ?? "")];
  const found = await mapLimit(byFile, atOnce, async ([file, own]) => {
    const text = await textOf(tree, file);
    const documents = documentsOf(text);
    return own.flatMap(({ key, kind, name }) => {
      const line = lineIn(documents, kind, name);
      return line === undefined ? [] : [[key, line] as const];
    });
  });
  return new Map(found.flat());
}

async function textOf(tree: Tree, file: string): Promise<string> {
  return new TextDecoder().decode(await tree.read(file));
}

/** A document of a file, with the line that it begins at, and what its fields of these names have. */
interface Document {
  readonly line: number;
  readonly kinds: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
}

const kindField = /^["']?kind["']?:[ \t]*["']?([^"'\s#]+)["']?[ \t]*(?:#.*)?$/gm;
const nameField = /(?:^[ \t]+|[{,][ \t]*)["']?name["']?:[ \t]*["']?([^"'\s,}#]+)["']?[ \t]*(?:[,}#]|$)/gm;

function documentsOf(text: string): readonly Document[] {
  let line = 1;
  return text.split(/^(?=---)/m).map((document) => {
    const found = { line: line + leading(document), kinds: all(document, kindField), names: all(document, nameField) };
    line += document.split("\n").length - 1;
    return found;
  });
}

function all(text: string, field: RegExp): ReadonlySet<string> {
  return new Set([...text.matchAll(field)].map(([, value = ""]) => value));
}

/** The first line of the document with this kind and name. A name that a render put together is in no file. */
function lineIn(documents: readonly Document[], kind: string, name: string): number | undefined {
  return documents.find(({ kinds, names }) => kinds.has(kind) && names.has(name))?.line;
}

/** Lines before the first one with a field. */
function leading(document: string): number {
  const at = document.split("\n").findIndex((one) => /^[A-Za-z"']/.test(one));
  return Math.max(at, 0);
}
