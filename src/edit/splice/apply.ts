import { Fault } from "../../model/errors.ts";
import type { EditedText, YamlEdit } from "./types.ts";

/**
 * Applies edits and keeps every byte that they do not own. The result is parsed again and proven: each path has exactly the wanted value, and nothing else in any document changed. What
 * cannot be done so is a `refused` UserError with its place and the fix: an alias, an anchor with other users, a merge key, an encrypted value, a template, a key that stands twice.
 */
export function applyEdits(path: string, _bytes: Uint8Array, _edits: readonly YamlEdit[]): EditedText {
  throw new Fault("bug", `not yet: ${path}`);
}
