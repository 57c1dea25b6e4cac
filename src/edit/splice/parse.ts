import { LRUCache } from "lru-cache";
import { isMap, LineCounter, type ParsedNode, type YAMLParseError } from "yaml";
import { messageOf, UserError } from "../../model/errors.ts";
import { survey } from "./aliases.ts";
import { keyText } from "./keys.ts";
import type { ParsedDocument } from "./parsed-document.ts";
import { type ReadOptions, readStream } from "./stream.ts";
import type { YamlText } from "./types.ts";

const maxBytes = 10 * 1024 * 1024;
const byteOrderMark = "\uFEFF";

/** The text of a file. */
export interface YamlSource {
  /** For messages. */
  readonly path: string;
  /** Without the byte order mark. */
  readonly text: string;
  readonly marked: boolean;
}

/**
 * Parses a file. One that is not UTF-8 (a byte order mark is fine), over 10 MiB or three million lexemes, not YAML,
 * nested more than 200 levels deep or whose aliases stand for more than a million nodes is an `input` UserError with
 * its place. A duplicate key is no error here; an edit below it is refused.
 */
export function parseYaml(path: string, bytes: Uint8Array): YamlText {
  return parseSource(sourceOf(path, bytes), { tokens: false });
}

/** Decodes a file; one that is not UTF-8, or over 10 MiB, is an `input` UserError. */
export function sourceOf(path: string, bytes: Uint8Array): YamlSource {
  const decoded = decode(path, bytes);
  const marked = decoded.startsWith(byteOrderMark);
  return { path, marked, text: marked ? decoded.slice(1) : decoded };
}

/** Parses a text as `parseYaml` does a file. To be edited it needs its tokens. */
export function parseSource(source: YamlSource, options: ReadOptions): YamlText {
  if (source.text.length > maxKept) return parseText(source, options);
  const key = JSON.stringify([source.path, source.marked, options.tokens, source.text]);
  const known = kept.get(key) ?? parseText(source, options);
  kept.set(key, known);
  return known;
}

/** Longer texts are parsed again each time, in UTF-16 units. */
const maxKept = 16 * 1024;

/** Many targets read the same small files, and one plan reads each of its own several times. Nobody changes a tree. */
const kept = new LRUCache<string, YamlText>({ maxSize: 512 * 1024, sizeCalculation: (_, key) => key.length });

function parseText({ path, text, marked }: YamlSource, options: ReadOptions): YamlText {
  const lines = new LineCounter();
  const parsed = roots(path, text, lines, options).map(
    (root): ParsedDocument => ({ root, ...survey(root, path, lines) }),
  );
  const encrypted = parsed.some(({ root }) => isSops(root));
  return { path, documents: parsed.length, text, marked, lines, encrypted, parsed };
}

/** A text as the bytes of a file. */
export function encoded(text: string, marked: boolean): Uint8Array {
  return new TextEncoder().encode(marked ? byteOrderMark + text : text);
}

function decode(path: string, bytes: Uint8Array): string {
  if (bytes.length > maxBytes) {
    const message = `${path} has ${bytes.length} bytes, more than the ${maxBytes} that are read of a YAML file`;
    throw new UserError("input", message, { place: { file: path }, fix: "Split the file." });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const details = { place: { file: path }, fix: "Save the file as UTF-8.", cause: error };
    throw new UserError("input", `${path} is not UTF-8 text`, details);
  }
}

/** The root of each document. */
function roots(
  path: string,
  text: string,
  lines: LineCounter,
  options: ReadOptions,
): readonly (ParsedNode | undefined)[] {
  const { documents, errors } = attempt(path, () => readStream(path, text, lines, options));
  if (errors[0] !== undefined) throw syntaxError(path, text, errors[0], lines);
  return documents.length === 0 ? [undefined] : documents.map(({ contents }) => contents ?? undefined);
}

function attempt<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const details = { place: { file: path }, fix: "Nest less deeply.", cause: error };
    throw new UserError("input", `${path} is nested too deeply to be read`, details);
  }
}

function syntaxError(path: string, text: string, error: YAMLParseError, lines: LineCounter): UserError {
  const { line, col } = lines.linePos(error.pos[0]);
  const template = text.includes("{{");
  return new UserError("input", `${path} is not YAML: ${messageOf(error)}`, {
    place: { file: path, line: Math.max(line, 1), column: Math.max(col, 1) },
    fix: template ? "It looks like a template: keep the value in a values file." : "Fix the YAML there.",
    cause: error,
  });
}

function isSops(root: ParsedNode | undefined): boolean {
  return isMap(root) && root.items.some(({ key, value }) => keyText(key) === "sops" && isMap(value));
}
