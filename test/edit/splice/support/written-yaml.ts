import fc from "fast-check";

/** A scalar of a written document: where its bytes are (UTF-16 units), and how it is written. */
export interface Spot {
  readonly path: readonly (string | number)[];
  readonly start: number;
  readonly end: number;
  readonly style: Scalar["style"];
}

/** A document that knows where it wrote what. */
export interface Written {
  readonly text: string;
  readonly spots: readonly Spot[];
  /** Paths of maps and lists that are not empty, and of empty ones. */
  readonly maps: readonly (readonly (string | number)[])[];
  readonly lists: readonly { readonly path: readonly (string | number)[]; readonly length: number }[];
}

interface Scalar {
  readonly kind: "scalar";
  readonly style: "plain" | "single" | "double" | "literal" | "nothing" | "tilde";
  readonly text: string;
  readonly anchor: boolean;
  readonly comment: string;
}
interface WrittenMap {
  readonly kind: "map";
  readonly flow: boolean;
  readonly entries: readonly { readonly key: number; readonly quote: "" | "'" | '"'; readonly node: Node }[];
}
interface WrittenList {
  readonly kind: "list";
  readonly flow: boolean;
  readonly items: readonly Node[];
}
type Node = Scalar | WrittenMap | WrittenList;

const plains = [
  "1.10", "1.4.0", "v1.0.0", "true", "yes", "0x1F", "1e3", "017", "1_000", "22:33", "2024-01-02", ".inf", "abc", "a b",
  "ghcr.io/acme/app:1.0", "-x", "a#b", "caf\u00e9 \u{1F680}", "sha256:0a1b", "null-ish", "ENC", "it's", 'say "x"',
] as const; // biome-ignore format: a table
const quotables = ["", "1.10", "x: y # z", "it's", 'a "b"', "\u{1F600} astral", "{}", "C:\\dir", "  spaces  "] as const;
const comments = ["", "", " # note", "\t# tab: 'x' {{ y }}", "   #", ' # \u{1F680} "q'] as const;

const scalar: fc.Arbitrary<Scalar> = fc
  .record({
    style: fc.constantFrom("plain", "plain", "single", "double", "literal", "nothing", "tilde"),
    plain: fc.constantFrom(...plains),
    quotable: fc.constantFrom(...quotables),
    anchor: fc.nat(9).map((n) => n === 0),
    comment: fc.constantFrom(...comments),
  })
  .map(({ style, plain, quotable, anchor, comment }) => {
    const text = style === "plain" || style === "literal" ? plain : quotable;
    return { kind: "scalar", style, text, anchor, comment } as const;
  });

const { node } = fc.letrec<{ node: Node; map: WrittenMap; list: WrittenList }>((tie) => ({
  node: fc.oneof({ maxDepth: 4, depthSize: "small" }, { arbitrary: scalar, weight: 3 }, tie("map"), tie("list")),
  map: fc.record({
    kind: fc.constant("map" as const),
    flow: fc.nat(3).map((n) => n === 0),
    entries: fc.uniqueArray(
      fc.record({ key: fc.nat(20), quote: fc.constantFrom("", "", "'", '"'), node: tie("node") }),
      { selector: ({ key }) => key, maxLength: 4 },
    ) as fc.Arbitrary<WrittenMap["entries"]>,
  }),
  list: fc.record({
    kind: fc.constant("list" as const),
    flow: fc.nat(3).map((n) => n === 0),
    items: fc.array(tie("node"), { maxLength: 4 }),
  }),
}));

/** Documents of many styles. */
export const written: fc.Arbitrary<Written> = fc
  .record({
    root: fc.record({
      kind: fc.constant("map" as const),
      flow: fc.nat(9).map((n) => n === 0),
      entries: fc.uniqueArray(fc.record({ key: fc.nat(20), quote: fc.constantFrom("", "'", '"'), node }), {
        selector: ({ key }) => key,
        minLength: 1,
        maxLength: 4,
      }) as fc.Arbitrary<WrittenMap["entries"]>,
    }),
    eol: fc.constantFrom("\n", "\n", "\r\n"),
    unit: fc.constantFrom(2, 2, 4),
    dash: fc.boolean(),
    mark: fc.nat(5).map((n) => n === 0),
    head: fc.constantFrom("", "", "---", "# head \u{1F680}", "%YAML 1.2\n---", "a: 1\n---"),
    tail: fc.constantFrom("", "", "# tail", "---\nb: 2", "..."),
    ended: fc.boolean(),
  })
  .map((wish) => new Writer(wish.eol, wish.unit, wish.dash ? wish.unit : 0).document(wish));

/** The index of the document that `written` speaks of. */
export function documentOf({ text }: Written): number {
  return /^\uFEFF?a: 1\r?\n---/.test(text) ? 1 : 0;
}

class Writer {
  #out = "";
  #anchors = 0;
  readonly #spots: Spot[] = [];
  readonly #maps: Written["maps"][number][] = [];
  readonly #lists: Written["lists"][number][] = [];
  readonly #eol: string;
  readonly #unit: number;
  readonly #dash: number;

  constructor(eol: string, unit: number, dash: number) {
    this.#eol = eol;
    this.#unit = unit;
    this.#dash = dash;
  }

  document(wish: { root: WrittenMap; mark: boolean; head: string; tail: string; ended: boolean }): Written {
    if (wish.mark) this.#out += "\uFEFF";
    if (wish.head !== "") this.#out += wish.head.replaceAll("\n", this.#eol) + this.#eol;
    if (wish.root.flow) {
      this.#flow(wish.root, []);
      this.#out += this.#eol;
    } else {
      this.#blockMap(wish.root, [], 0);
    }
    this.#out += wish.tail.replaceAll("\n", this.#eol) + (wish.tail === "" ? "" : this.#eol);
    const text = wish.ended ? this.#out : this.#out.replace(/\r?\n$/, "");
    return { text, spots: this.#spots, maps: this.#maps, lists: this.#lists };
  }

  #blockMap({ entries }: WrittenMap, path: Spot["path"], indent: number, first = " ".repeat(indent)): void {
    this.#maps.push(path);
    entries.forEach(({ key, quote, node: child }, index) => {
      this.#out += `${index === 0 ? first : " ".repeat(indent)}${quote}k${key}${quote}:`;
      const below = [...path, `k${key}`];
      if (child.kind === "map" && !isFlow(child)) {
        this.#out += this.#eol;
        this.#blockMap(child, below, indent + this.#unit);
      } else if (child.kind === "list" && !isFlow(child)) {
        this.#out += ` # list${this.#eol}`;
        this.#blockList(child, below, indent + this.#dash);
      } else {
        this.#inline(child, below, indent);
      }
    });
  }

  #blockList({ items }: WrittenList, path: Spot["path"], indent: number): void {
    this.#lists.push({ path, length: items.length });
    items.forEach((child, index) => {
      const below = [...path, index];
      this.#out += `${" ".repeat(indent)}-`;
      if (child.kind === "map" && !isFlow(child)) this.#blockMap(child, below, indent + 2, " ");
      else if (child.kind === "list" && !isFlow(child)) {
        this.#out += this.#eol;
        this.#blockList(child, below, indent + 2);
      } else this.#inline(child, below, indent);
    });
  }

  /** A scalar or flow collection behind `key:` or `-`, to the end of the line. */
  #inline(child: Node, path: Spot["path"], indent: number): void {
    if (child.kind !== "scalar") {
      this.#out += " ";
      this.#flow(child, path);
      this.#out += this.#eol;
      return;
    }
    if (child.anchor) this.#out += ` &a${this.#anchors++}`;
    if (child.style === "nothing") {
      const blank = /^ [^#]/.test(child.comment) ? 1 : 0;
      this.#out += child.comment.slice(0, blank);
      this.#spot(child, path, "");
      this.#out += child.comment.slice(blank) + this.#eol;
      return;
    }
    this.#out += " ";
    if (child.style === "literal") {
      this.#out += `|-${this.#eol}${" ".repeat(indent + 3)}`;
      this.#spot(child, path, child.text);
      this.#out += this.#eol;
      return;
    }
    this.#spot(child, path, scalarText(child));
    this.#out += child.comment + this.#eol;
  }

  #flow(child: Node, path: Spot["path"]): void {
    if (child.kind === "scalar") {
      const style = child.style === "literal" || child.style === "nothing" ? "double" : child.style;
      const plain = style === "plain" && /[,[\]{}]|: |^[-?:]/.test(child.text) ? "single" : style;
      this.#spot({ ...child, style: plain }, path, scalarText({ ...child, style: plain }));
      return;
    }
    if (child.kind === "map") this.#maps.push(path);
    else this.#lists.push({ path, length: child.items.length });
    this.#out += child.kind === "map" ? "{ " : "[";
    const parts = child.kind === "map" ? child.entries.map((entry) => entry.node) : child.items;
    parts.forEach((part, index) => {
      if (index > 0) this.#out += ", ";
      const entry = child.kind === "map" ? child.entries[index] : undefined;
      if (entry !== undefined) this.#out += `${entry.quote}k${entry.key}${entry.quote}: `;
      this.#flow(part, [...path, entry === undefined ? index : `k${entry.key}`]);
    });
    this.#out += child.kind === "map" ? " }" : "]";
  }

  #spot({ style }: Scalar, path: Spot["path"], text: string): void {
    this.#spots.push({ path, start: this.#out.length, end: this.#out.length + text.length, style });
    this.#out += text;
  }
}

function isFlow(node: WrittenMap | WrittenList): boolean {
  return node.flow || (node.kind === "map" ? node.entries : node.items).length === 0;
}

function scalarText({ style, text }: Scalar): string {
  switch (style) {
    case "single":
      return `'${text.replaceAll("'", "''")}'`;
    case "double":
      return JSON.stringify(text);
    case "tilde":
      return "~";
    case "nothing":
      return "";
    case "plain":
    case "literal":
      return text;
    default:
      return style satisfies never;
  }
}
