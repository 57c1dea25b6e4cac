/** An old text and the new one that takes its place. */
export type Replacement = readonly [from: string, to: string];

/**
 * Longer texts, and texts that could be read in more ways, are not explained: the plan is then refused, not guessed at.
 */
const maxText = 4 * 1024 * 1024;
const maxStates = 50_000;

/**
 * Whether `after` is `before` with some or all occurrences of the replaced texts exchanged and nothing else. Which
 * occurrences, does not matter: a version that happens to stand elsewhere too may have stayed. Takes time near to
 * linear in the text.
 */
export function follows(before: string, after: string, replacements: readonly Replacement[]): boolean {
  const useful = replacements.filter(([from, to]) => from !== "" && from !== to);
  if (before.length > maxText || after.length > maxText) return false;
  const stops = positions(before, useful);
  const seen = new Set<string>();
  const open: (readonly [number, number])[] = [[0, 0]];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const key = state.join(" ");
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > maxStates) return false;
    const [at, other] = state;
    if (at === before.length && other === after.length) return true;
    open.push(...steps(before, after, at, other, useful, stops));
  }
  return false;
}

/** Where a replaced text stands in `text`, in order. */
function positions(text: string, replacements: readonly Replacement[]): readonly number[] {
  const found = new Set<number>();
  for (const [from] of replacements) {
    for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + 1)) {
      found.add(at);
      if (found.size > maxStates) return [];
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** What may come next: the text up to the next occurrence as it stands, or the occurrence here exchanged. */
function* steps(
  before: string,
  after: string,
  at: number,
  other: number,
  replacements: readonly Replacement[],
  stops: readonly number[],
): Iterable<readonly [number, number]> {
  for (const [from, to] of replacements) {
    if (before.startsWith(from, at) && after.startsWith(to, other)) yield [at + from.length, other + to.length];
  }
  const next = nextStop(stops, at) ?? before.length;
  if (before.slice(at, next) === after.slice(other, other + next - at)) yield [next, other + next - at];
}

/** The first position after `at`. */
function nextStop(stops: readonly number[], at: number): number | undefined {
  let [low, high] = [0, stops.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stops[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return stops[low];
}

/** The forms in which a version is written besides its own: in names, in labels, without a leading `v`. */
export function versionForms(from: string, to: string): readonly Replacement[] {
  const forms: readonly ((version: string) => string)[] = [
    (version) => version,
    (version) => version.replaceAll(".", "-"),
    (version) => version.replaceAll(".", "_"),
    (version) => version.replaceAll("+", "_"),
    (version) => version.replace(/^v(?=[0-9])/, ""),
    (version) => version.replace(/^v(?=[0-9])/, "").replaceAll(".", "-"),
  ];
  const pairs = new Map(forms.map((form) => [form(from), form(to)] as const).reverse());
  return [...pairs].filter(([old, fresh]) => old !== "" && old !== fresh);
}
