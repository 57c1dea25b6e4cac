import { applyEdits, type YamlEdit } from "../edit/splice/index.ts";
import { Fault } from "../model/errors.ts";
import type { Tree } from "../model/tree.ts";
import type { PlannedChange } from "./rendered-target.ts";

interface StagedFile {
  readonly original: Uint8Array;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
  /** In the order in which they were made. */
  readonly edits: readonly (readonly YamlEdit[])[];
}

/** The files of a tree as edits leave them. Edits are made one after the other, so that each sees the ones before. */
export class StagedFiles {
  readonly #tree: Tree;
  readonly #staged = new Map<string, StagedFile>();

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  /** Current bytes of a file. */
  async bytes(file: string): Promise<Uint8Array> {
    return (await this.#file(file)).bytes;
  }

  /** Edits a file; see `applyEdits` for what is refused. */
  async edit(file: string, edits: readonly YamlEdit[]): Promise<void> {
    if (edits.length === 0) return;
    const staged = await this.#file(file);
    const { bytes } = applyEdits(file, staged.bytes, edits);
    this.#staged.set(file, { ...staged, bytes, edits: [...staged.edits, edits] });
  }

  /** The same files, for edits that are tried and not kept. */
  copy(): StagedFiles {
    const copy = new StagedFiles(this.#tree);
    for (const [file, staged] of this.#staged) copy.#staged.set(file, staged);
    return copy;
  }

  /** The changed files, by path. */
  changes(): readonly PlannedChange[] {
    return [...this.#staged]
      .filter(([, { original, bytes }]) => Buffer.compare(original, bytes) !== 0)
      .map(([path, { bytes, executable, edits }]): PlannedChange => ({ kind: "write", path, bytes, executable, edits }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async #file(file: string): Promise<StagedFile> {
    const known = this.#staged.get(file);
    if (known !== undefined) return known;
    const [entry, bytes] = await Promise.all([this.#tree.at(file), this.#tree.read(file)]);
    if (entry?.kind !== "file" || bytes === undefined) throw new Fault("bug", `an edit of ${file}, which is no file`);
    const staged = { original: bytes, bytes, executable: entry.executable, edits: [] };
    this.#staged.set(file, staged);
    return staged;
  }
}
