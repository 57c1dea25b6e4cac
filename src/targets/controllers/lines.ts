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
    return own.flatMap(({ key, kind, name }) => {
      const line = lineIn(text, kind, name);
      return line === undefined ? [] : [[key, line] as const];
    });
  });
  return new Map(found.flat());
}

async function textOf(tree: Tree, file: string): Promise<string> {
  return new TextDecoder().decode(await tree.read(file));
}

/** The first line of the document with this kind and name. A name that a render put together is in no file. */
function lineIn(text: string, kind: string, name: string): number | undefined {
  let line = 1;
  for (const document of text.split(/^(?=---)/m)) {
    const isKind = new RegExp(`^["']?kind["']?:[ \\t]*["']?${RegExp.escape(kind)}["']?[ \\t]*(?:#.*)?$`, "m").test(
      document,
    );
    const isNamed = new RegExp(
      `(?:^[ \\t]+|[{,][ \\t]*)["']?name["']?:[ \\t]*["']?${RegExp.escape(name)}["']?[ \\t]*(?:[,}#]|$)`,
      "m",
    );
    if (isKind && isNamed.test(document)) return line + leading(document);
    line += document.split("\n").length - 1;
  }
  return undefined;
}

/** Lines before the first one with a field. */
function leading(document: string): number {
  const at = document.split("\n").findIndex((one) => /^[A-Za-z"']/.test(one));
  return Math.max(at, 0);
}
