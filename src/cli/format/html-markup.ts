/** Text that was escaped; the only thing that the templates take unescaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | readonly Part[];

/** Characters that mean something to HTML, and control and direction characters, which could deceive the reader. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const SPECIAL = /[&<>"'`\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

function escapeHtml(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "number") return String(part);
  if (typeof part === "string")
    return part.replace(SPECIAL, (c) => ENTITIES[c] ?? `\\u{${c.charCodeAt(0).toString(16)}}`);
  return part.map(escapeHtml).join("");
}

/** Escapes what is put in, so that no content can become markup. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    texts.map((text, index) => text + (index < parts.length ? escapeHtml(parts[index] ?? "") : "")).join(""),
  );
}
