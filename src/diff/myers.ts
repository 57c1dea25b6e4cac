/**
 * The pairs of equal elements of a shortest edit script from `a` to `b` (Myers, "An O(ND) difference algorithm", 1986), last pair first; `undefined` when the
 * script is longer than `maxEdits`. Takes O((n + m) · edits) time and O(edits²) memory.
 */
export function myers(
  a: Int32Array,
  b: Int32Array,
  maxEdits: number,
): readonly (readonly [number, number])[] | undefined {
  const limit = Math.min(maxEdits, a.length + b.length);
  const reach = new Int32Array(2 * limit + 3);
  const history: Int32Array[] = [];
  for (let edits = 0; edits <= limit; edits++) {
    history.push(reach.slice(limit + 1 - edits - 1, limit + 1 + edits + 2));
    if (advance(a, b, reach, edits, limit + 1)) return walkBack(a.length, b.length, history);
  }
  return undefined;
}

/** Moves every diagonal as far as `edits` edits carry it. Whether the end was reached. `reach[zero + k]` is the furthest x on diagonal k. */
function advance(a: Int32Array, b: Int32Array, reach: Int32Array, edits: number, zero: number): boolean {
  for (let k = -edits; k <= edits; k += 2) {
    const down = goesDown(k, edits, reach[zero + k - 1] ?? 0, reach[zero + k + 1] ?? 0);
    let x = down ? (reach[zero + k + 1] ?? 0) : (reach[zero + k - 1] ?? 0) + 1;
    while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
    reach[zero + k] = x;
    if (x >= a.length && x - k >= b.length) return true;
  }
  return false;
}

function goesDown(k: number, edits: number, left: number, right: number): boolean {
  return k === -edits || (k !== edits && left < right);
}

function walkBack(n: number, m: number, history: readonly Int32Array[]): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let x = n;
  let y = m;
  for (let edits = history.length - 1; edits >= 0; edits--) {
    const reach = history[edits] ?? new Int32Array(0);
    const k = x - y;
    const left = reach[edits + 1 + k - 1] ?? 0;
    const right = reach[edits + 1 + k + 1] ?? 0;
    const down = goesDown(k, edits, left, right);
    const previousX = edits === 0 ? 0 : down ? right : left;
    const previousY = edits === 0 ? 0 : previousX - (down ? k + 1 : k - 1);
    while (x > previousX && y > previousY) pairs.push([--x, --y]);
    x = previousX;
    y = previousY;
  }
  return pairs;
}
