import type { Scalar } from "yaml";
import { pathText, refused } from "./refuse.ts";
import { onTheLine, type Splice } from "./splice.ts";
import { newlineAt } from "./style.ts";
import type { KeyPath, ScalarValue, YamlText } from "./types.ts";

const header = /^[|>]([-+]?)[ \t]*(?:#[^\n]*)?\r?\n/;
const indented = /^(?:[ \t]*\r?\n)*( +)(?=\S)/;
/** Lines that a block scalar can hold unchanged: printable, the first not indented further. */
const fits = /^(?![ \t\n])[^\p{Cf}\p{Zl}\p{Zp}\uFFFE\uFFFF]+$/u;
const control = /(?![\n\t])\p{Cc}/u;

/** The splice that replaces the lines of a literal or folded block scalar; its header, with how it ends, is kept. */
export function setBlock(yaml: YamlText, node: Scalar.Parsed, path: KeyPath, value: ScalarValue): Splice {
  const [start, end] = node.range;
  const text = yaml.text.slice(start, end);
  const head = header.exec(text);
  const blanks = head === null ? null : indented.exec(text.slice(head[0].length));
  const body = typeof value === "string" && head !== null ? bodyFor(value, head[1] ?? "") : undefined;
  if (head === null || blanks === null || body === undefined || (node.type === "BLOCK_FOLDED" && body.includes("\n"))) {
    const message = `${pathText(path)} is a block of lines (| or >) that cannot hold the new value`;
    throw refused(yaml, node, message, "Write the value on one line.");
  }
  const from = start + head[0].length + blanks[0].length;
  const lines = body.split("\n").map((line, index) => (index === 0 || line === "" ? line : (blanks[1] ?? "") + line));
  const to = start + text.trimEnd().length;
  return { start: from, end: to, text: lines.join(newlineAt(yaml, start)), depth: onTheLine };
}

/** The lines between header and end, when the block's header allows the value's ending. */
function bodyFor(value: string, chomping: string): string | undefined {
  const body = value.replace(/\n$/, "");
  const ended = body !== value;
  const endsAlike = chomping === "-" ? !ended : ended;
  return endsAlike && !body.endsWith("\n") && fits.test(body) && !control.test(body) ? body : undefined;
}
