import { clip, oneLine, visible } from "./lines.ts";
import { commaList } from "./lists.ts";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "|": "&#124;",
  "*": "&#42;",
  _: "&#95;",
  "~": "&#126;",
  "[": "&#91;",
  "]": "&#93;",
  "!": "&#33;",
  "`": "&#96;",
  "\\": "&#92;",
  $: "&#36;",
};

/** Stands between a sign and what follows, so that GitHub sees no mention, reference or link. */
const gap = "\u200B";

/**
 * Text of others as inert Markdown on one line: nothing in it is markup, HTML, a mention, a reference to an issue, or a
 * link. Spans in backticks become code; invisible characters are shown as escapes.
 */
export function inert(text: string): string {
  return text
    .split(/`([^`]*)`/)
    .map((part, index) => (index % 2 === 1 ? code(part) : inertText(part)))
    .join("");
}

function inertText(text: string): string {
  return visible(text)
    .replace(/[&<>|*_~[\]!`\\$]/g, (char) => entities[char] ?? char)
    .replaceAll("@", `@${gap}`)
    .replace(/#(?=[0-9A-Za-z])(?<!&#)/g, `#${gap}`)
    .replace(/\bGH-(?=\d)/gi, (match) => `${match}${gap}`)
    .replace(/:\/\//g, `:${gap}//`)
    .replace(/\bwww\./gi, (match) => `${match.slice(0, -1)}${gap}.`)
    .replace(/^(\s*)([-+=#]+|\d+[.)])(?=\s|$)/, `$1${gap}$2`);
}

/** Text of others as a code span: nothing in code is markup, a mention or a link. */
export function code(text: string): string {
  const clean = unforged(visible(text));
  if (clean.trim() === "") return "`\u00A0`";
  const ticks = "`".repeat(longestRun(clean) + 1);
  const pad = clean.startsWith("`") || clean.endsWith("`") || /^\s.*\s$/.test(clean) ? " " : "";
  return `${ticks}${pad}${clean}${pad}${ticks}`;
}

/**
 * A value as it may stand in a message that is Markdown later (see `inert`): on one line in backticks, without
 * backticks of its own, at most 120 characters.
 */
export function inTicks(text: string): string {
  return `\`${clip(oneLine(text.replaceAll("`", "'")), 120) || " "}\``;
}

/** Values in backticks, of more than `max` the first and how many more; for the same messages as `inTicks`. */
export function codeList(values: readonly string[], max = 5): string {
  return commaList(values.map(inTicks), max);
}

/**
 * Text for a commit message, where GitHub makes links of `#` and `@` and notifies those it names: it does neither. The
 * `@` of a digest names nobody and stays.
 */
export function unlinked(text: string): string {
  return text.replaceAll(/(?:#|@(?!sha256:))(?=\w)/g, `$&${gap}`);
}

/** Markdown as a cell of a table. */
export function cell(markdown: string): string {
  return markdown.replaceAll("\n", " ").replaceAll("|", "\\|");
}

/** A fenced block that its content cannot close: the fence is longer than the longest run of backticks in it. */
export function fenced(language: string, content: string): string {
  const ticks = "`".repeat(Math.max(3, longestRun(content) + 1));
  return `${ticks}${language}\n${unforged(content.toWellFormed())}\n${ticks}`;
}

/** A comment marker of ours cannot be in content, not even in code: what looks for markers reads the raw text. */
function unforged(content: string): string {
  return content.includes("<!--") ? content.replace(/<!--(?=\s*\/?\s*sluice)/gi, `<!-${gap}-`) : content;
}

function longestRun(text: string): number {
  let longest = 0;
  if (!text.includes("`")) return longest;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
