import { editInChunks } from "./edit-chunks.ts";
import { editText } from "./edit-text.ts";
import { withHeldTexts } from "./held-texts.ts";
import { encoded, parseSource, sourceOf, type YamlSource } from "./parse.ts";
import { refuseDoubtful } from "./refuse.ts";
import type { EditedText, PlainEdit, YamlEdit } from "./types.ts";

/** Texts of at least this many UTF-16 units are edited in chunks. */
const largeText = 256 * 1024;
const minChunk = 8 * 1024;

/**
 * Applies edits and changes no other byte. The result is parsed again and proven: each path has exactly the wanted
 * value, and nothing else in any document changed. A `refused` UserError, with its place and the fix, where that cannot
 * be: an alias, an anchor with other users, a merge key, an encrypted value, a template, a duplicate key. Edits that
 * change nothing give the same bytes and no lines. Of a large file only the parts around the edits are parsed again,
 * where that proves the same.
 */
export function applyEdits(path: string, bytes: Uint8Array, edits: readonly YamlEdit[]): EditedText {
  return applyPlain(path, bytes, withHeldTexts(path, bytes, edits, applyEdits));
}

function applyPlain(path: string, bytes: Uint8Array, edits: readonly PlainEdit[]): EditedText {
  const source = sourceOf(path, bytes);
  const maxTotal = source.text.length / 2;
  const edited = source.text.length < largeText ? undefined : editInChunks(source, edits, { min: minChunk, maxTotal });
  const { text, lines } = edited ?? editWhole(source, edits);
  return text === source.text ? { bytes, lines: [] } : { bytes: encoded(text, source.marked), lines };
}

function editWhole(source: YamlSource, edits: readonly PlainEdit[]) {
  const before = parseSource(source, { tokens: true });
  refuseDoubtful(before);
  return editText(before, edits);
}
