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

const maxLexemes = 3_000_000;
const maxOpenBrackets = 500;
const maxDirectives = 100;

/** The documents of a text, and the errors of a text without any. */
export interface ReadStream {
  readonly documents: readonly Document.Parsed<ParsedNode>[];
  readonly errors: readonly YAMLParseError[];
}

/**
 * Parses a text with the places of all that is written. Memory and time grow with the lexemes, not with the bytes: more than three million of them (some 7 MB of usual YAML), or brackets in
 * brackets without end, are an `input` UserError.
 */
export function readStream(path: string, text: string, lines: LineCounter): ReadStream {
  // Keys are not compared: the library would compare each key with each other.
  const composer = new Composer({ keepSourceTokens: true, uniqueKeys: false, prettyErrors: false, logLevel: "error" });
  lines.addNewLine(0);
  const documents = Array.from(composer.compose(tokens(path, text, new Parser(lines.addNewLine))));
  const errors = documents.flatMap((document) => document.errors);
  return { documents, errors: documents.length === 0 ? composer.streamInfo().errors : errors };
}

function* tokens(path: string, text: string, parser: Parser): Generator<CST.Token, void> {
  let count = 0;
  let open = 0;
  let directives = 0;
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    if (lexeme === "[" || lexeme === "{") open += 1;
    else if (lexeme === "]" || lexeme === "}") open -= 1;
    if (count > maxLexemes) throw tooMuch(path, `has more than ${maxLexemes} parts`, "Split the file.");
    if (open > maxOpenBrackets) throw tooMuch(path, "is nested too deeply", "Take levels of nesting away.");
    for (const token of parser.next(lexeme)) {
      yield token;
      // The first error is enough: each costs more than a thousand good lines.
      if (token.type === "error") return;
      if (token.type === "directive") directives += 1;
    }
    if (directives > maxDirectives) throw tooMuch(path, `has more than ${maxDirectives} directives`, "Take them out.");
  }
  yield* parser.end();
}

function tooMuch(path: string, reason: string, fix: string): UserError {
  return new UserError("input", `${path} ${reason} to be read`, { place: { file: path }, fix });
}
