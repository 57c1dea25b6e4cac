/** Elements whose text is folded away, quoted, code, struck out or tabular. */
const NAMES = /^(?:details|blockquote|pre|code|samp|kbd|tt|del|s|strike|q|table)$/;

const COMMENT = /<!--.*?(?:-->|$)/gs;
const TAG = /<(\/?)([a-z]+)(?=[\s/>])/gi;

/** Which HTML elements that set text aside are open, while one reads a comment from its beginning to its end. */
export interface OpenElements {
  /** Takes in a piece of HTML. */
  read(html: string): void;
  /** Whether any is open. One that is never closed stays so: the browser shows it up to the end. */
  some(): boolean;
}

/** None is open at first. Takes time with the length of what it reads only. */
export function openElements(): OpenElements {
  const open = new Map<string, number>();
  return {
    read(html) {
      for (const [, slash, tag = ""] of html.replaceAll(COMMENT, "").matchAll(TAG)) {
        const name = tag.toLowerCase();
        if (!NAMES.test(name)) continue;
        open.set(name, Math.max(0, (open.get(name) ?? 0) + (slash === "" ? 1 : -1)));
      }
    },
    some: () => open.values().some((count) => count > 0),
  };
}
