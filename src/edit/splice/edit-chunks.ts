import { UserError } from "../../model/errors.ts";
import type { LineEdit } from "../../model/promotion.ts";
import { type Window, type Windowing, windowsFor } from "./chunks.ts";
import { type EditedPart, editText } from "./edit-text.ts";
import { parseSource, type YamlSource } from "./parse.ts";
import { isPart } from "./prove.ts";
import { refuseDoubtful } from "./refuse.ts";
import type { YamlEdit, YamlText } from "./types.ts";

/**
 * Edits a text by its windows, each as a text of its own that is proven by itself; `undefined` where a window by itself is not what it is in the whole text, or an edit is refused: then the
 * whole text has to tell. Throws what `parseYaml` throws.
 */
export function editInWindows(
  source: YamlSource,
  edits: readonly YamlEdit[],
  windowing: Windowing,
): EditedPart | undefined {
  const before = parseSource(source, { tokens: false });
  refuseDoubtful(before);
  const windows = before.encrypted ? undefined : windowsFor(before, edits, windowing);
  const parts: EditedPart[] = [];
  for (const window of windows ?? []) {
    const part = editWindow(before, window);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return windows && joined(before, windows, parts);
}

function editWindow(before: YamlText, { start, end, document, item, edits }: Window): EditedPart | undefined {
  const text = before.text.slice(start, end);
  try {
    const own = parseSource({ path: before.path, text, marked: false }, { tokens: true });
    if (!isPart(before.parsed[document], item, own, start)) return undefined;
    const edited = editText(own, edits);
    return end === before.text.length || edited.text.endsWith("\n") ? edited : undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The whole text with its windows edited. */
function joined({ text, lines }: YamlText, windows: readonly Window[], parts: readonly EditedPart[]): EditedPart {
  const texts: string[] = [];
  const edited: LineEdit[] = [];
  let [at, moved] = [0, 0];
  for (const [index, part] of parts.entries()) {
    const { start = at, end = at } = windows[index] ?? {};
    const above = Math.max(lines.linePos(start).line, 1) - 1 + moved;
    texts.push(text.slice(at, start), part.text);
    edited.push(...part.lines.map((one) => ({ ...one, line: one.line + above })));
    moved += newlines(part.text) - newlines(text.slice(start, end));
    at = end;
  }
  return { text: texts.join("") + text.slice(at), lines: edited };
}

function newlines(text: string): number {
  return text.split("\n").length - 1;
}
