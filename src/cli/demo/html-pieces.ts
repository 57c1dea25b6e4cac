/** A part of the little HTML that comments hold: a folded part's beginning, its title, its end, or text. */
export type HtmlPiece =
  | { readonly kind: "open" | "close" }
  | { readonly kind: "summary" | "text"; readonly text: string };

const PARTS =
  /<!--[\s\S]*?-->|<details\b[^>]*>|<\/details>|<summary>([\s\S]*?)<\/summary>|((?:(?!<!--|<\/?details\b|<summary>)[\s\S])+)/gi;

/** Splits a block of HTML into pieces; comments and all other tags are left out. */
export function htmlPieces(html: string): readonly HtmlPiece[] {
  return [...html.matchAll(PARTS)].flatMap(([whole, summary, text]): HtmlPiece[] => {
    if (summary !== undefined) return [{ kind: "summary", text: plainHtml(summary).trim() }];
    if (/^<details\b/i.test(whole)) return [{ kind: "open" }];
    if (/^<\/details/i.test(whole)) return [{ kind: "close" }];
    const plain = text === undefined ? "" : plainHtml(text).trim();
    return plain === "" ? [] : [{ kind: "text", text: plain }];
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  "#96": "`",
  "#64": "@",
  nbsp: " ",
};

/** HTML without its tags, the usual entities decoded. */
export function plainHtml(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->|<\/?[a-z][^>]*>/gi, "")
    .replace(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
