import { yamlValues } from "../../model/yaml-values.ts";

/** Files of which a kustomization makes more than it names, or in which it names more. */
const openEnded = /\b(?:generators|transformers|validators|helmCharts?|helmChartInflationGenerator|helmGlobals)\b/;

/**
 * Every text in a kustomization that may be a path: too many rather than too few. `undefined` where that cannot be told
 * from the text alone: it is no YAML, or it has other files say what is read.
 */
export function namedPaths(text: string): readonly string[] | undefined {
  if (openEnded.test(text)) return undefined;
  const words = isSimple(text) ? wordsOf(text) : scalarsOf(text);
  return words && [...new Set(words.flatMap((word) => [word, word.slice(word.indexOf("=") + 1)]))];
}

/** Fields that are no paths, with simple values. */
const noPath =
  /(?<![\w"'])(?:apiVersion|kind|namespace|namePrefix|nameSuffix|newTag|digest):[ \t]+[\w./-]+(?=\s|[,}])/g;

function wordsOf(text: string): readonly string[] {
  const words = text.replaceAll(noPath, "").split(/[\s"',[\]{}]+/);
  return words.filter((word) => word !== "" && word !== "-" && !word.endsWith(":"));
}

const bare = "[\\w./~$@+][\\w./~$@+:=?&%-]*";
const word = `(?:${bare}|"${bare}"|'${bare}')`;
/** `- - key: value  # remark` with a value of one word, and at least a dash or a key. */
const simpleLine = new RegExp(`^( *)((?:- +)*)(?:(${word}):(?= |$))?(?: *(${word}|[\\[{].*[\\]}]))?(?: +#.*)? *$`);
/** Two words with nothing but space between them, where only one may be. */
const spaced = /[^\s:,{}[\]]\s+[^\s,{}[\]]/;
const quoted = /["'][^"']*[\s,[\]{}][^"']*["']|\\|#|["']\S*:["']/;

/**
 * Whether the words of a text are its scalars: one word each on one line, so that there is nothing to parse. A list or
 * map in one line is one, too.
 */
function isSimple(text: string): boolean {
  let deepest = Number.POSITIVE_INFINITY;
  for (const line of text.split("\n")) {
    if (/^ *(?:#.*)?$/.test(line) || line === "---") continue;
    const match = simpleLine.exec(line);
    if (match === null) return false;
    const [, indent = "", dashes = "", key, value] = match;
    // Deeper than a value is more of the value.
    if (indent.length > deepest || (dashes === "" && key === undefined)) return false;
    if (value !== undefined && !isSimpleValue(value)) return false;
    const at = key === undefined ? dashes.lastIndexOf("-") : dashes.length;
    deepest = value === undefined ? Number.POSITIVE_INFINITY : indent.length + at;
  }
  return true;
}

function isSimpleValue(value: string): boolean {
  return /^[[{]/.test(value) ? !spaced.test(value) && !quoted.test(value) : !/:["']?$/.test(value);
}

/** Values that are looked into. */
const maxValues = 20_000;

function scalarsOf(text: string): readonly string[] | undefined {
  const found: string[] = [];
  const open = [...yamlValues(text)];
  for (let looked = 0; open.length > 0; looked++) {
    const value = open.pop();
    if (value === undefined || looked > maxValues) return undefined;
    if (typeof value === "string") found.push(value.trim());
    else if (typeof value === "object" && value !== null) open.push(...Object.keys(value), ...Object.values(value));
  }
  return found;
}
