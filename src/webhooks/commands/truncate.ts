const REMARK = "_The rest does not fit into one comment: say one command in a comment, about fewer apps._";

/** Room for the remark and for what must be closed. */
const RESERVE = 200;

/**
 * Markdown of at most `limit` characters: cut at the end of a line, with an open code block and open `<details>`
 * closed, and a remark that it was cut.
 */
export function cut(markdown: string, limit: number): string {
  if (markdown.length <= limit) return markdown;
  const head = markdown.slice(0, Math.max(0, limit - RESERVE));
  const kept = head.slice(0, Math.max(head.lastIndexOf("\n"), 0)) || head;
  const fence = openFence(kept);
  const open = count(kept, /<details\b/g) - count(kept, /<\/details>/g);
  const ends = [
    ...(fence === undefined ? [] : [fence]),
    ...Array<string>(Math.max(0, Math.min(open, 8))).fill("</details>"),
  ];
  return [kept, ...ends, "", REMARK].join("\n");
}

/** The fence of the code block that is open at the end, if one is. */
function openFence(text: string): string | undefined {
  let open: string | undefined;
  for (const [, fence = ""] of text.matchAll(/^ {0,3}(`{3,}|~{3,})/gm)) {
    if (open === undefined) open = fence;
    else if (fence.startsWith(open)) open = undefined;
  }
  return open;
}

function count(text: string, what: RegExp): number {
  return [...text.matchAll(what)].length;
}
