const end = "<!-- /sluice: what you write above or below these marks stays -->";
const begin = /<!-- sluice:[a-z-]+:v1 /;

/** Our text as a part of a description that ends where people's words may follow. */
export function asOwnPart(text: string): string {
  return `${text.trimEnd()}\n${end}\n`;
}

/**
 * A description with our part renewed: what people wrote before and after it stays. Where our part is gone, so is its
 * place: it comes after what is there now.
 */
export function withOwnPart(description: string, text: string): string {
  const old = description.replaceAll("\r\n", "\n");
  const from = old.search(begin);
  const own = asOwnPart(text);
  if (from < 0) return old.trim() === "" ? own : `${old.trimEnd()}\n\n${own}`;
  const at = old.lastIndexOf(end);
  const after = at < from ? "" : old.slice(at + end.length).replace(/^\n/, "");
  return `${old.slice(0, from)}${own}${after}`;
}
