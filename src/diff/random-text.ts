/** Stands for a part that is another one at every render; equal on both sides, and no value of a Secret. */
export const randomMark = "<random value>";

/**
 * What is the same in several renders of one text, with a mark for each run that is another one. `undefined` where that
 * cannot be told: then the text itself has to be compared. Nothing that stays the same may end up under a mark, or a
 * change of it would be hidden; so texts are taken apart by lines, by words, and then by characters.
 */
export function steadyText(samples: readonly string[]): string | undefined {
  const [first = ""] = samples;
  if (samples.every((sample) => sample === first)) return first;
  const decoded = samples.map(decodedText);
  if (decoded.every((text) => text !== undefined)) {
    const steady = steadyText(decoded);
    return steady === undefined ? undefined : Buffer.from(steady).toString("base64");
  }
  return piecewise(withoutKeys(samples), lines, (line) => steadyWords(line));
}

/** What a line is taken apart into, ever finer: what stands between blanks, base64 and names, letters and digits. */
const levels = [/\s|\S+/g, /[A-Za-z0-9+/=_-]+|[^A-Za-z0-9+/=_-]/g, /[A-Za-z0-9]+|[^A-Za-z0-9]/g];
/** A moment and a UUID are one word: digits that move slowly, or are the same by chance, are no part that stays. */
const whole = [
  /^\d{4}-\d\d-\d\d(?:[T_-]\d\d:?\d\d(?::?\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/,
  /^(?:\d\d:\d\d(?::\d\d(?:\.\d+)?)?|\d{6}\.\d+|1\d{9}(?:\d{3}){0,3})$/,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
];

type Steady = (samples: readonly string[]) => string | undefined;

/** Takes the samples apart and puts together what is steady in each piece; all must have as many pieces. */
function piecewise(
  samples: readonly string[],
  split: (text: string) => readonly string[],
  steady: Steady,
): string | undefined {
  const [first = [], ...others] = samples.map(split);
  if (others.some(({ length }) => length !== first.length)) return undefined;
  const pieces = first.map((piece, index) => steady([piece, ...others.map((other) => other[index] ?? "")]));
  return pieces.every((piece) => piece !== undefined) ? pieces.join("") : undefined;
}

function lines(text: string): readonly string[] {
  return text.split(/(?<=\n)/);
}

/** The first level at which the samples have as many words decides. */
function steadyWords(samples: readonly string[], level = 0): string | undefined {
  for (const [index, pattern] of levels.entries()) {
    if (index < level) continue;
    const steady = piecewise(
      samples,
      (text) => text.match(pattern) ?? [],
      (words) => steadyWord(words, index + 1),
    );
    if (steady !== undefined) return steady;
  }
  const [first = ""] = samples;
  return byEnds(first, samples);
}

function steadyWord(samples: readonly string[], level: number): string | undefined {
  const [first = ""] = samples;
  if (samples.every((sample) => sample === first)) return first;
  if (whole.some((shape) => samples.every((sample) => shape.test(sample)))) return randomMark;
  return samples.every(({ length }) => length === first.length) ? byPlace(first, samples) : steadyWords(samples, level);
}

/** One letter beside others that are random may be the same by chance; at the ends of a word that is rare enough. */
const minSteady = 2;
/** Longer words are compared as they are. */
const maxWord = 64 * 1024;

/** Of words of one length: a mark for each run of places where they differ, if nothing within such a run is shared. */
function byPlace(first: string, samples: readonly string[]): string | undefined {
  if (first.length > maxWord) return undefined;
  const texts: string[] = [];
  for (const { steady, from, to } of runsOf(first, samples)) {
    if (!steady && sharesPart(samples.map((sample) => sample.slice(from, to)))) return undefined;
    texts.push(steady ? first.slice(from, to) : randomMark);
  }
  return texts.join("");
}

interface Run {
  readonly steady: boolean;
  readonly from: number;
  readonly to: number;
}

/** The runs of places where all samples are the same, and between them those where they are not. */
function runsOf(first: string, samples: readonly string[]): readonly Run[] {
  const runs: Run[] = [];
  for (let from = 0, to = 0; from < first.length; from = to) {
    const kind = kindAt(from, samples);
    for (to = from + 1; to < first.length && kindAt(to, samples) === kind; ) to++;
    const apart = [from - 1, to].every((at) => kindAt(at, samples) !== "random");
    const atEnd = from === 0 || to === first.length;
    const steady = kind === "separator" || (kind === "letter" && (apart || atEnd || to - from >= minSteady));
    const last = runs.at(-1);
    if (last?.steady === steady) runs.splice(-1, 1, { ...last, to });
    else runs.push({ steady, from, to });
  }
  return runs;
}

function kindAt(at: number, [first = "", ...others]: readonly string[]): "separator" | "letter" | "random" {
  const letter = first[at] ?? "";
  if (others.some((other) => other[at] !== letter)) return "random";
  return /[A-Za-z0-9+/]/.test(letter) ? "letter" : "separator";
}

/** Of words of several lengths: one mark between the ends that they share, if nothing within it is shared. */
function byEnds(first: string, samples: readonly string[]): string | undefined {
  if (first.length > maxWord) return undefined;
  const shortest = Math.min(...samples.map(({ length }) => length));
  const shared = (at: (text: string, index: number) => string | undefined, most: number): number => {
    let count = 0;
    while (count < most && samples.every((sample) => at(sample, count) === at(first, count))) count++;
    return count;
  };
  const start = shared((text, index) => text[index], shortest);
  const end = shared((text, index) => text.at(-1 - index), shortest - start);
  const middles = samples.map((sample) => sample.slice(start, sample.length - end));
  if (sharesPart(middles)) return undefined;
  return `${first.slice(0, start)}${randomMark}${first.slice(first.length - end)}`;
}

/** Whether all texts have a part in common that is too long to be so by chance. */
function sharesPart([first = "", ...others]: readonly string[]): boolean {
  const size = first.length > 128 ? 5 : 3;
  const partsOf = (text: string) =>
    new Set(Array.from({ length: Math.max(0, text.length - size + 1) }, (_, at) => text.slice(at, at + size)));
  const known = others.map(partsOf);
  return [...partsOf(first)].some((part) => known.every((parts) => parts.has(part)));
}

/** Keys and certificates are made as a whole: there is nothing in them to read. */
const pemBody = /(-----BEGIN ([A-Z0-9 ]+)-----\s)[A-Za-z0-9+/=\s]+(-----END \2-----)/g;

function withoutKeys(samples: readonly string[]): readonly string[] {
  const [first = [], ...others] = samples.map((sample) => sample.match(pemBody) ?? []);
  if (others.some(({ length }) => length !== first.length)) return samples;
  const isRandom = first.map((body, index) => others.some((other) => other[index] !== body));
  return samples.map((sample) => {
    let index = 0;
    return sample.replaceAll(pemBody, (body, begin: string, _, end: string) =>
      isRandom[index++] === true ? `${begin}${randomMark}\n${end}` : body,
    );
  });
}

/** The text in base64 that is long enough to be no word, where it is a text. */
function decodedText(text: string): string | undefined {
  if (text.length < 16 || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const decoded = Buffer.from(text, "base64").toString("latin1");
  return /^[\t\n\r\x20-\x7e]+$/.test(decoded) ? decoded : undefined;
}
