import { isAlias, isMap, isScalar, isSeq, type ParsedNode } from "yaml";
import { type Collection, columnOf, itemValue } from "./extent.ts";
import type { YamlText } from "./types.ts";

/** How a document is written. */
export interface Style {
  /** Columns from a map to the maps in it. */
  readonly unit: number;
  /** Columns from a map to the dashes of the lists in it. */
  readonly dash: number;
}

/** The style of a document, as its first nested map and list show it; two columns where there is none. */
export function styleOf(root: ParsedNode | undefined): Style {
  const seen: { unit?: number; dash?: number } = {};
  if (root !== undefined) measure(root, seen);
  const unit = seen.unit ?? (seen.dash === undefined || seen.dash === 0 ? 2 : seen.dash);
  return { unit, dash: seen.dash ?? unit };
}

function measure(node: ParsedNode, seen: { unit?: number; dash?: number }): void {
  if (isScalar(node) || isAlias(node) || node.flow === true) return;
  for (let index = 0; index < node.items.length; index += 1) {
    const value = itemValue(node, index);
    if (value === null || (seen.unit !== undefined && seen.dash !== undefined)) continue;
    const step = isBlock(value) && isMap(node) ? columnOf(value) - columnOf(node) : -1;
    if (isMap(value) && step > 0) seen.unit ??= step;
    if (isSeq(value) && step >= 0) seen.dash ??= step;
    measure(value, seen);
  }
}

function isBlock(node: ParsedNode): node is Collection {
  return (isMap(node) || isSeq(node)) && node.flow !== true;
}

/** The offset of the first character of the line that `offset` is on. */
export function lineStart(yaml: YamlText, offset: number): number {
  return yaml.text.lastIndexOf("\n", offset - 1) + 1;
}

/** The offset of the line's end (of its `\r\n` or `\n`, or of the text). */
export function lineEnd(yaml: YamlText, offset: number): number {
  const newline = yaml.text.indexOf("\n", offset);
  if (newline < 0) return yaml.text.length;
  return newline > offset && yaml.text[newline - 1] === "\r" ? newline - 1 : newline;
}

/** The offset of the line after the one that `offset` is on, or the text's end. */
export function nextLine(yaml: YamlText, offset: number): number {
  const newline = yaml.text.indexOf("\n", offset);
  return newline < 0 ? yaml.text.length : newline + 1;
}

/** How the line of `offset` ends; the last line takes the end of the one before, a text of one line `\n`. */
export function newlineAt(yaml: YamlText, offset: number): string {
  const { text } = yaml;
  const after = text.indexOf("\n", offset);
  const newline = after < 0 ? text.lastIndexOf("\n") : after;
  return newline > 0 && text[newline - 1] === "\r" ? "\r\n" : "\n";
}

/** Whether only blanks stand before `offset` on its line. */
export function startsLine(yaml: YamlText, offset: number): boolean {
  return /^[ \t]*$/.test(yaml.text.slice(lineStart(yaml, offset), offset));
}
