import { editInWindows } from "./edit-chunks.ts";
import { editText } from "./edit-text.ts";
import { encoded, parseSource, sourceOf, type YamlSource } from "./parse.ts";
import { refuseDoubtful } from "./refuse.ts";
import type { EditedText, YamlEdit } from "./types.ts";

/** From as many UTF-16 units on, a text is edited in windows of at least so many. */
const largeText = 256 * 1024;
const smallest = 8 * 1024;

/**
 * Applies edits and keeps every byte that they do not own. The result is parsed again and proven: each path has exactly the wanted value, and nothing else in any document changed. What
 * cannot be done so is a `refused` UserError with its place and the fix: an alias, an anchor with other users, a merge key, an encrypted value, a template, a key that stands twice. Edits that
 * change nothing give the same bytes and no lines. Of a large file
 * only the parts around the edits are parsed again, where that proves as much.
 */
export function applyEdits(path: string, bytes: Uint8Array, edits: readonly YamlEdit[]): EditedText {
  const source = sourceOf(path, bytes);
  const most = source.text.length / 2;
  const edited = source.text.length < largeText ? undefined : editInWindows(source, edits, { smallest, most });
  const { text, lines } = edited ?? editWhole(source, edits);
  return text === source.text ? { bytes, lines: [] } : { bytes: encoded(text, source.marked), lines };
}

function editWhole(source: YamlSource, edits: readonly YamlEdit[]) {
  const before = parseSource(source, { tokens: true });
  refuseDoubtful(before);
  return editText(before, edits);
}
