import { UserError } from "../../model/errors.ts";
import type { LineEdit } from "../../model/promotion.ts";
import { type Chunk, type ChunkSizes, chunksFor } from "./chunks.ts";
import { type EditedPart, editText } from "./edit-text.ts";
import { parseSource, type YamlSource } from "./parse.ts";
import { isPart } from "./prove.ts";
import { refuseDoubtful } from "./refuse.ts";
import type { PlainEdit, YamlText } from "./types.ts";

/**
 * Edits a text in chunks. Each is edited and proven as a text of its own. `undefined` where a chunk means something
 * else on its own than in the whole text, or where an edit is refused: then the whole text decides. Throws what
 * `parseYaml` throws.
 */
export function editInChunks(
  source: YamlSource,
  edits: readonly PlainEdit[],
  sizes: ChunkSizes,
): EditedPart | undefined {
  const before = parseSource(source, { tokens: false });
  refuseDoubtful(before);
  const chunks = before.encrypted ? undefined : chunksFor(before, edits, sizes);
  const parts: EditedPart[] = [];
  for (const chunk of chunks ?? []) {
    const part = editChunk(before, chunk);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return chunks && joined(before, chunks, parts);
}

function editChunk(before: YamlText, { start, end, document, item, edits }: Chunk): EditedPart | undefined {
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

/** The whole text with its chunks edited. */
function joined({ text, lines }: YamlText, chunks: readonly Chunk[], parts: readonly EditedPart[]): EditedPart {
  const texts: string[] = [];
  const edited: LineEdit[] = [];
  let [at, moved] = [0, 0];
  for (const [index, part] of parts.entries()) {
    const { start = at, end = at } = chunks[index] ?? {};
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
