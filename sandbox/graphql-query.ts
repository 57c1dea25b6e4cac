/** A field that a query asks for, with the fields inside it. */
export interface QueryField {
  readonly name: string;
  readonly key: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly fields: readonly QueryField[];
}

/** A query that is not understood; GitHub answers 200 with the message in `errors`. */
export class QueryProblem extends Error {
  override readonly name = "QueryProblem";
}

/**
 * Reads the one operation of a GraphQL document: fields, aliases and arguments, with variables replaced by their values.
 * No fragments, directives or lists. Throws QueryProblem.
 */
export function parseQuery(
  text: string,
  variables: Readonly<Record<string, unknown>>,
): { readonly kind: string; readonly fields: readonly QueryField[] } {
  const reader = new Reader(text, variables);
  const kind = reader.peek() === "{" ? "query" : reader.name();
  if (reader.peek() !== "{") {
    if (reader.peek() !== "(") reader.name();
    if (reader.peek() === "(") reader.skipDefinitions();
  }
  const fields = reader.selection();
  if (reader.peek() !== undefined) throw new QueryProblem(`Parse error on "${reader.peek()}"`);
  return { kind, fields };
}

const TOKEN = /\s+|,|#[^\n]*|("(?:[^"\\\n]|\\.)*"|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|[{}()[\]:!$=])/y;

class Reader {
  readonly #tokens: readonly string[];
  readonly #variables: Readonly<Record<string, unknown>>;
  #at = 0;

  constructor(text: string, variables: Readonly<Record<string, unknown>>) {
    this.#tokens = tokensOf(text);
    this.#variables = variables;
  }

  peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #next(wanted?: string): string {
    const token = this.#tokens[this.#at];
    if (token === undefined || (wanted !== undefined && token !== wanted))
      throw new QueryProblem(`Parse error on ${token === undefined ? "end of input" : `"${token}"`}`);
    this.#at += 1;
    return token;
  }

  name(): string {
    const token = this.#next();
    if (!/^[A-Za-z_]/.test(token)) throw new QueryProblem(`Parse error on "${token}"`);
    return token;
  }

  /** Variables are typed by whoever reads them; their declarations say nothing more. */
  skipDefinitions(): void {
    while (this.#next() !== ")");
  }

  selection(): QueryField[] {
    const fields: QueryField[] = [];
    this.#next("{");
    while (this.peek() !== "}") fields.push(this.#field());
    this.#next("}");
    return fields;
  }

  #field(): QueryField {
    const first = this.name();
    const aliased = this.peek() === ":";
    if (aliased) this.#next(":");
    const name = aliased ? this.name() : first;
    const input = this.peek() === "(" ? this.#pairs("(", ")") : {};
    return { name, key: first, input, fields: this.peek() === "{" ? this.selection() : [] };
  }

  #pairs(open: string, close: string): Record<string, unknown> {
    const pairs: [string, unknown][] = [];
    this.#next(open);
    while (this.peek() !== close) {
      const name = this.name();
      this.#next(":");
      pairs.push([name, this.#value()]);
    }
    this.#next(close);
    return Object.fromEntries(pairs);
  }

  #value(): unknown {
    const token = this.peek();
    if (token === "{") return this.#pairs("{", "}");
    this.#next();
    if (token === "$") return this.#variables[this.name()];
    if (token === undefined || /^[[\](){}:!=]$/.test(token)) throw new QueryProblem(`Parse error on "${token}"`);
    return /^["\d-]|^(true|false|null)$/.test(token) ? JSON.parse(token) : token;
  }
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw new QueryProblem(`Parse error on "${text.slice(at, at + 1)}"`);
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  return tokens;
}
