import { type Document, isScalar, LineCounter, parseDocument, type Scalar, visit, type YAMLParseError } from "yaml";
import { messageOf } from "../../model/errors.ts";
import { type ConfigProblem, type Locate, nowhere, quoted, wrong } from "../../model/problem.ts";
import { hasOddKeys } from "../../model/yaml-values.ts";
import { locator } from "./locate.ts";

const maxCharacters = 512 * 1024;
const maxAliases = 100;
const maxDepth = 50;
const maxSyntaxProblems = 10;
const tooDeep = wrong(
  [],
  `The file is nested more than ${maxDepth} levels deep, or an alias contains itself`,
  "Reduce the nesting.",
);

const oddKey = wrong([], "The file has a map or a list as a key", "Write the key as a text.");

/** The data of a YAML file with the place of each part, or the problems that keep it from being read. */
export type ReadYaml =
  | { readonly ok: true; readonly value: unknown; readonly locate: Locate }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/**
 * Reads a file with one YAML document: at most 512 Ki characters and 100 uses of aliases, and no duplicate keys.
 * Reports every syntax error with its place.
 */
export function readYaml(text: string, file: string): ReadYaml {
  if (text.length > maxCharacters) {
    const message = `The file has ${text.length} characters, and Sluice reads at most ${maxCharacters}`;
    return refuse(nowhere(file)(wrong([], message, "Shorten it: a pattern with `{app}` can replace a long list.")));
  }
  if (looksTooDeep(text)) return refuse(nowhere(file)(tooDeep));
  const lines = new LineCounter();
  const document = parse(text, lines);
  if (document instanceof RangeError) {
    return refuse(nowhere(file)(tooDeep));
  }
  if (document.errors.length > 0) return refuse(...syntaxProblems(document.errors, lines, file));
  if (hasOddKeys(document)) return refuse(nowhere(file)(oddKey));
  const twice = duplicateKeys(document).map((key) => duplicateProblem(key, lines, file));
  return twice.length > 0 ? refuse(...twice) : toValue(document, locator(document, lines, file));
}

/** Whether brackets or dashes open a hundred levels or more: the parser would take seconds to refuse them. */
function looksTooDeep(text: string): boolean {
  let depth = 0;
  for (const bracket of text.matchAll(/[[\]{}]/g)) {
    depth += bracket[0] === "[" || bracket[0] === "{" ? 1 : -1;
    if (depth > 2 * maxDepth) return true;
  }
  return /(?:[-?][ \t]+){50}/.test(text);
}

/** Duplicate keys. The parser's own check compares every key with every other, which is slow for long maps. */
function duplicateKeys(document: Document): readonly Scalar[] {
  const found: Scalar[] = [];
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value) && found.length < maxSyntaxProblems) found.push(key);
        seen.add(key.value);
      }
    },
  });
  return found;
}

function duplicateProblem(key: Scalar, lines: LineCounter, file: string): ConfigProblem {
  const { line, col } = lines.linePos(key.range?.[0] ?? 0);
  const message = `The key ${quoted(key.value)} is there twice in the same map`;
  return { severity: "error", message, fix: "Keep one of the two.", file, line, column: col, path: [] };
}

function parse(text: string, lines: LineCounter): Document | RangeError {
  try {
    return parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false, logLevel: "error" });
  } catch (error) {
    if (error instanceof RangeError) return error;
    throw error;
  }
}

function toValue(document: Document, locate: Locate): ReadYaml {
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    return deeperThan(maxDepth, value) ? refuse(locate(tooDeep)) : { ok: true, value, locate };
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    const fix = `Write the parts out. Sluice follows at most ${maxAliases} aliases, and none that contains itself.`;
    return refuse(locate(wrong([], `The aliases of the file cannot be followed: ${messageOf(error)}`, fix)));
  }
}

/** Also true for a value that contains itself. */
function deeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => deeperThan(levels - 1, child));
}

const fixes: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "Indent with spaces.",
  BAD_INDENT: "Indent all keys of a map by the same number of spaces.",
  MULTIPLE_DOCS: "Keep one document: delete the `---` and everything after it.",
  BAD_ALIAS: "Give the anchor a name, or put the value in quotes.",
  MISSING_CHAR: "Close the quote or bracket, and put a space after `:`.",
};

/** The first problem of each line, because it usually causes the others; at most ten. */
function syntaxProblems(errors: readonly YAMLParseError[], lines: LineCounter, file: string): readonly ConfigProblem[] {
  const problems = errors.map((error) => syntaxProblem(error, lines, file));
  return problems.filter((problem, index) => problem.line !== problems[index - 1]?.line).slice(0, maxSyntaxProblems);
}

function syntaxProblem(error: YAMLParseError, lines: LineCounter, file: string): ConfigProblem {
  const { line, col } = lines.linePos(error.pos[0]);
  return {
    severity: "error",
    message: `The file is not YAML: ${reasonOf(error)}`,
    fix: fixes[error.code] ?? "Fix the YAML there. Sluice checks the rest once it can read the file.",
    file,
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    path: [],
  };
}

function reasonOf({ code, message }: YAMLParseError): string {
  if (message.startsWith("Maximum call stack")) return "it is nested too deeply";
  return code === "MULTIPLE_DOCS" ? "it holds more than one document" : message;
}

function refuse(...problems: readonly ConfigProblem[]): ReadYaml {
  return { ok: false, problems };
}
