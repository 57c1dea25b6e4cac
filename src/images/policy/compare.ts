/** Compares by the codes of the characters: negative when `a` comes first. */
export function compareCodes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Compares runs of digits as numbers, of any length and exactly. */
export function compareDigits(a: string, b: string): number {
  const [one, other] = [withoutZeros(a), withoutZeros(b)];
  return one.length - other.length || compareCodes(one, other);
}

function withoutZeros(digits: string): string {
  return digits.slice(afterZeros(digits, 0));
}

function afterZeros(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 48) at += 1;
  return at;
}

/**
 * Natural order: runs of digits as numbers, the rest by the codes of the characters, digits before everything else.
 * Texts that differ only in leading zeros are compared by their codes, so that only equal texts are equal.
 */
export function compareNatural(a: string, b: string): number {
  let [left, right] = [0, 0];
  while (left < a.length && right < b.length) {
    const [x, y] = [a.charCodeAt(left), b.charCodeAt(right)];
    if (!isDigit(x) || !isDigit(y)) {
      if (x !== y) return isDigit(x) !== isDigit(y) ? (isDigit(x) ? -1 : 1) : x - y;
      left += 1;
      right += 1;
      continue;
    }
    const [endLeft, endRight] = [endOfDigits(a, left), endOfDigits(b, right)];
    const order = compareRuns({ text: a, from: left, end: endLeft }, { text: b, from: right, end: endRight });
    if (order !== 0) return order;
    [left, right] = [endLeft, endRight];
  }
  return a.length - left - (b.length - right) || compareCodes(a, b);
}

interface Run {
  readonly text: string;
  readonly from: number;
  readonly end: number;
}

/** Compares runs of digits without cutting them out, which most of the time of sorting would go into. */
function compareRuns(a: Run, b: Run): number {
  const [left, right] = [afterZeros(a.text, a.from), afterZeros(b.text, b.from)];
  const longer = a.end - left - (b.end - right);
  if (longer !== 0) return longer;
  for (let at = 0; left + at < a.end; at += 1) {
    const order = a.text.charCodeAt(left + at) - b.text.charCodeAt(right + at);
    if (order !== 0) return order;
  }
  return 0;
}

function endOfDigits(text: string, from: number): number {
  let end = from;
  while (end < text.length && isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** A tag with its numbers taken out: tags of one shape can be compared even when a policy knows only one of them. */
export function shapeOf(tag: string): string {
  return tag.replaceAll(/[0-9]+/g, "0");
}

/** The first `most` of a list in the order of `compare`, without sorting all of it. */
export function firstOf<T>(list: Iterable<T>, max: number, compare: (a: T, b: T) => number): readonly T[] {
  const kept: T[] = [];
  if (max <= 0) return kept;
  for (const item of list) {
    const last = kept.at(-1);
    if (kept.length >= max && last !== undefined && compare(item, last) >= 0) continue;
    if (kept.length >= max) kept.pop();
    const at = kept.findIndex((other) => compare(item, other) < 0);
    kept.splice(at < 0 ? kept.length : at, 0, item);
  }
  return kept;
}
