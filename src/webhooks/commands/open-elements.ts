/**
 * Elements that hold text. What stands in HTML is no line of its own: it may be folded, quoted, struck out, tabular, or
 * hidden by an attribute. Other words in angle brackets are placeholders, which GitHub shows without them.
 */
const NAMES = new Set(
  [
    "details summary blockquote pre code samp kbd tt del s strike q table div p span section article aside header",
    "footer main nav figure figcaption ul ol li dl dt dd a b i u em strong sub sup small big ins center ruby rt rp",
    "picture video audio abbr cite dfn mark var time bdo hgroup template font textarea button select label form",
    "script style title noembed noframes iframe xmp svg math h1 h2 h3 h4 h5 h6",
  ]
    .join(" ")
    .split(" "),
);

const COMMENT = /<!--.*?(?:-->|$)/gs;
const TAG = /<(\/?)([a-z]+[1-6]?)(?=[\s/>])/gi;

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
        if (!NAMES.has(name)) continue;
        open.set(name, Math.max(0, (open.get(name) ?? 0) + (slash === "" ? 1 : -1)));
      }
    },
    some: () => open.values().some((count) => count > 0),
  };
}
