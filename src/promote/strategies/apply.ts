import { applyEdits, type YamlEdit } from "../../edit/splice/index.ts";
import { Fault } from "../../model/errors.ts";
import type { LineEdit } from "../../model/promotion.ts";
import type { Tree, TreeChange } from "../../model/tree.ts";
import type { FileEdit } from "./strategy.ts";

/** Edits carried out: whole files with their modes, and the lines that changed. Both by file. */
export interface AppliedEdits {
  readonly changes: readonly TreeChange[];
  readonly edits: readonly LineEdit[];
}

/** Carries out edits of files in a tree. Edits that are wished for twice are made once; an edit that changes nothing leaves its file alone. */
export async function applyFileEdits(tree: Tree, wished: readonly FileEdit[]): Promise<AppliedEdits> {
  const byFile = Map.groupBy(wished, ({ file }) => file);
  const files = [...byFile.keys()].sort();
  const applied = await Promise.all(
    files.map((file) => applyToFile(tree, file, distinct((byFile.get(file) ?? []).map(({ edit }) => edit)))),
  );
  return { changes: applied.flatMap(({ changes }) => changes), edits: applied.flatMap(({ edits }) => edits) };
}

async function applyToFile(tree: Tree, file: string, edits: readonly YamlEdit[]): Promise<AppliedEdits> {
  const [entry, bytes] = await Promise.all([tree.at(file), tree.read(file)]);
  if (entry?.kind !== "file" || bytes === undefined) throw new Fault("bug", `an edit of ${file}, which is no file`);
  const { bytes: fresh, lines } = applyEdits(file, bytes, edits);
  if (Buffer.compare(bytes, fresh) === 0) return { changes: [], edits: [] };
  return { changes: [{ kind: "write", path: file, bytes: fresh, executable: entry.executable }], edits: lines };
}

function distinct(edits: readonly YamlEdit[]): readonly YamlEdit[] {
  return [...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()];
}
