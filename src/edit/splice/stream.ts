import {
  Composer,
  type CST,
  type Document,
  Lexer,
  type LineCounter,
  type ParsedNode,
  Parser,
  type YAMLParseError,
} from "yaml";
import { UserError } from "../../model/errors.ts";

const defaultMaxLexemes = 3_000_000;
const maxOpenBrackets = 500;
const maxDirectives = 100;

/** The documents of a text, and the errors of a text without any. */
export interface ReadStream {
  readonly documents: readonly Document.Parsed<ParsedNode>[];
  readonly errors: readonly YAMLParseError[];
}

/** How a text is read. */
export interface ReadOptions {
  /** Whether nodes keep their tokens, which take as much memory as the nodes. */
  readonly tokens: boolean;
  readonly maxLexemes?: number;
}

/**
 * Parses a text with the place of every node. Memory and time grow with the lexemes, not with the bytes: more than
 * three million of them (some 7 MB of usual YAML), or brackets nested too deeply, are an `input` UserError.
 */
export function readStream(path: string, text: string, lines: LineCounter, options: ReadOptions): ReadStream {
  const { tokens, maxLexemes = defaultMaxLexemes } = options;
  // Keys are not compared: the library would compare each key with each other.
  const composer = new Composer({
    keepSourceTokens: tokens,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
  const documents: Document.Parsed<ParsedNode>[] = [];
  lines.addNewLine(0);
  const feed = (token: CST.Token): boolean => {
    for (const document of composer.next(token)) documents.push(document);
    return token.type === "error";
  };
  read(text, new Parser(lines.addNewLine), new Meter(path, maxLexemes), feed);
  for (const document of composer.end()) documents.push(document);
  const errors = documents.flatMap((document) => document.errors);
  return { documents, errors: documents.length === 0 ? composer.streamInfo().errors : errors };
}

/**
 * Passes each token to `feed` until it returns `true`: the first error is enough, and each costs more than a thousand
 * good lines.
 */
function read(text: string, parser: Parser, meter: Meter, feed: (token: CST.Token) => boolean): void {
  for (const lexeme of new Lexer().lex(text)) {
    meter.lexeme(lexeme);
    for (const token of parser.next(lexeme)) {
      meter.token(token);
      if (feed(token)) return;
    }
  }
  for (const token of parser.end()) feed(token);
}

/** Counts what a file has, up to its limits. */
class Meter {
  readonly #path: string;
  readonly #maxLexemes: number;
  #lexemes = 0;
  #openBrackets = 0;
  #directives = 0;

  constructor(path: string, maxLexemes: number) {
    this.#path = path;
    this.#maxLexemes = maxLexemes;
  }

  lexeme(lexeme: string): void {
    this.#lexemes += 1;
    if (lexeme === "[" || lexeme === "{") this.#openBrackets += 1;
    else if (lexeme === "]" || lexeme === "}") this.#openBrackets -= 1;
    if (this.#lexemes > this.#maxLexemes)
      throw this.#error(`has more than ${this.#maxLexemes} parts`, "Split the file.");
    if (this.#openBrackets > maxOpenBrackets) throw this.#error("is nested too deeply", "Nest less deeply.");
  }

  token({ type }: CST.Token): void {
    if (type === "directive") this.#directives += 1;
    if (this.#directives > maxDirectives) {
      throw this.#error(`has more than ${maxDirectives} directives`, "Remove them.");
    }
  }

  #error(reason: string, fix: string): UserError {
    return new UserError("input", `${this.#path} cannot be read: it ${reason}`, { place: { file: this.#path }, fix });
  }
}
