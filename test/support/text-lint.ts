/** Where a text is shown, which decides what it may be made of. */
export type TextKind = "comment" | "title" | "terminal";

/** What the first line of a text and the title of a check may have. */
const maxFirstLine = 72;
const maxDiffLine = 600;
const maxSummary = 70;
const maxColumns = 3;
/** What a terminal shows without a break. */
const maxTerminalLine = 100;

const forbidden =
  /\b(?:targets?|noise|truncated|merge base|carr(?:y|ies|ied)|apart|mend(?:s|ed)?|sealed|chains?|wish(?:es|ed)?|render engine|blobs?|(?<!\/)reconciled?|simply|just|please|successfully)\b/gi;

/**
 * What is wrong with a text by the rules for texts: its first line, words that nobody should read, zeros, empty
 * columns, lines that are too long, what is not closed. Names, values and messages of others stand in code, which is
 * not read. /
 */
export function lintText(text: string, kind: TextKind = "comment"): readonly string[] {
  const prose = withoutCode(text);
  return [
    ...firstLine(text),
    ...words(prose),
    ...zeros(prose),
    ...(kind === "terminal" ? terminalLines(text) : []),
    ...(kind === "comment"
      ? [...tables(text), ...fences(text), ...details(text), ...headings(prose), ...breaks(text)]
      : []),
  ];
}

/** The first line without its marks: what an e-mail's subject or a list shows. */
export function plainFirstLine(text: string): string {
  const [line = ""] = text.split("\n");
  return line
    .replace(/^#+ /, "")
    .replaceAll(/\*\*|`/g, "")
    .trim();
}

function firstLine(text: string): readonly string[] {
  const line = plainFirstLine(text);
  return [
    ...(line === "" ? ["the first line is empty"] : []),
    ...([...line].length > maxFirstLine ? [`the first line has ${[...line].length} characters: ${line}`] : []),
    ...(/^\S*\s*Sluice[:\s]/.test(line) ? [`the first line is about Sluice: ${line}`] : []),
  ];
}

function words(prose: string): readonly string[] {
  return [
    ...[...prose.matchAll(forbidden)].map(([word]) => `the word "${word}"`),
    ...(/!(?!\[)/.test(prose.replaceAll(/\[![A-Z]+\]/g, "")) ? ["an exclamation mark"] : []),
  ];
}

function zeros(prose: string): readonly string[] {
  const found = prose.matchAll(/(?<!\bto |[\d.,:/·-])\b0 (?!of\b)[a-z]+/g);
  return [...found].map(([zero]) => `a count of nothing: ${zero}`);
}

function terminalLines(text: string): readonly string[] {
  const long = text.split("\n").filter((line) => [...line].length > maxTerminalLine && !/^\s*[-+ ]\S/.test(line));
  return long.map((line) => `a line of ${[...line].length} columns: ${line}`);
}

function tables(text: string): readonly string[] {
  const blocks = text.split("\n\n").filter((block) => block.startsWith("| "));
  return blocks.flatMap((block) => {
    const rows = block.split("\n").filter((line) => line.startsWith("|"));
    const cells = rows.map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    const [header = [], , ...body] = cells;
    const empty = header.flatMap((title, index) =>
      title === "" || body.every((row) => row[index] === "") ? [`column ${index + 1} is empty or has no title`] : [],
    );
    return [...empty, ...(header.length > maxColumns ? [`a table of ${header.length} columns`] : [])];
  });
}

function fences(text: string): readonly string[] {
  const problems: string[] = [];
  let open: string | undefined;
  for (const line of text.split("\n")) {
    const [fence = ""] = /^(?:> )?`{3,}/.exec(line) ?? [];
    if (open === undefined && fence !== "") open = fence;
    else if (open !== undefined && line.trimEnd() === open) open = undefined;
    else if (open !== undefined && line.length > maxDiffLine)
      problems.push(`a line of ${line.length} characters in a block`);
  }
  return open === undefined ? problems : [...problems, "a block is not closed"];
}

function details(text: string): readonly string[] {
  const opened = text.match(/<details/g)?.length ?? 0;
  const closed = text.match(/<\/details>/g)?.length ?? 0;
  const summaries = [...text.matchAll(/<summary>(.*?)<\/summary>/g)].map(([, summary = ""]) =>
    summary.replaceAll(/<[^>]+>/g, ""),
  );
  return [
    ...(opened === closed ? [] : [`${opened} details opened and ${closed} closed`]),
    ...summaries.filter((summary) => [...summary].length > maxSummary).map((summary) => `a long summary: ${summary}`),
  ];
}

function headings(prose: string): readonly string[] {
  return [...prose.matchAll(/^(?:#{1,2}|#{4,}) .*/gm)].map(([line]) => `a heading that is no ###: ${line}`);
}

/** A single line break becomes `<br>` in a comment. */
function breaks(text: string): readonly string[] {
  const lines = withoutFences(text).split("\n");
  const isPlain = (line: string | undefined) =>
    line !== undefined && /^(?:> )?[A-Za-z*`<(]/.test(line) && !/<\/?details|<summary/.test(line);
  return lines
    .filter((line, index) => isPlain(line) && isPlain(lines[index + 1]))
    .map((line) => `a bare line break after: ${line}`);
}

function withoutFences(text: string): string {
  return text.replaceAll(/^((?:> )?)(`{3,})[^\n]*\n[\s\S]*?^(?:> )?\2`*[ \t]*$/gm, "$1");
}

function withoutCode(text: string): string {
  return withoutFences(text)
    .replaceAll(/<code>.*?<\/code>/g, "")
    .replaceAll(/<!--[\s\S]*?-->/g, "")
    .replaceAll(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "")
    .replaceAll(/\]\([^)]*\)/g, "]");
}
