import { UserError } from "../model/errors.ts";
import type { NamedEntry, TreeEntry } from "../model/tree.ts";

const notAscii = /[\x80-\xff]/;
/** Up to this many bytes, a tree object is read whole at the first question. */
const smallBytes = 16 * 1024;
/** After this many questions about a larger one, it is read whole too. */
const maxSearches = 32;
const space = 0x20;
const zero = 0x30;
const four = 0x34;

/**
 * A tree object: its children. Only where they begin is found out at once; previews of large repositories look for one
 * name in folders of thousands.
 */
export class Directory {
  readonly #bytes: Buffer;
  readonly #oidBytes: number;
  /** Where each child begins, and where the last one ends. */
  readonly #starts: readonly number[];
  #entries: readonly NamedEntry[] | undefined;
  #byName: ReadonlyMap<string, TreeEntry> | undefined;
  #searches = 0;

  constructor(bytes: Uint8Array, oidBytes: number) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#oidBytes = oidBytes;
    this.#starts = startsIn(this.#bytes, oidBytes);
  }

  /** How many children there are. */
  get size(): number {
    return this.#starts.length - 1;
  }

  /** The children in Git's order. */
  get entries(): readonly NamedEntry[] {
    this.#entries ??= this.#between(0, this.size);
    return this.#entries;
  }

  /** The children that are no directories; these alone are parsed. */
  get leaves(): readonly NamedEntry[] {
    if (this.#entries !== undefined) return this.#entries.filter(({ kind }) => kind !== "dir");
    const numbers = this.#starts
      .slice(0, -1)
      .flatMap((start, number) => (isFolder(this.#bytes, start) ? [] : [number]));
    return numbers.flatMap((number) => this.#between(number, number + 1));
  }

  /** The child of this name. */
  find(name: string): TreeEntry | undefined {
    // What is no UTF-8 reads as U+FFFD.
    const isLarge = this.#bytes.length > smallBytes && this.#searches < maxSearches;
    if (this.#byName === undefined && isLarge && !name.includes("\ufffd")) {
      this.#searches += 1;
      return this.#search(Buffer.from(name));
    }
    this.#byName ??= new Map(this.entries.map((entry) => [entry.name, entry]));
    return this.#byName.get(name);
  }

  /** The children from the first to the last that may differ from another directory's, on both sides. */
  difference(other: Directory): readonly [own: readonly NamedEntry[], others: readonly NamedEntry[]] {
    const [mine, its] = [this.#bytes, other.#bytes];
    const shorter = Math.min(mine.length, its.length);
    const equal = equalFromStart(mine, its);
    const first = Math.max(
      0,
      this.#starts.findLastIndex((start) => start <= equal),
    );
    const tail = equalAtEnd(mine, its, shorter - equal);
    let [own, others] = [this.size, other.size];
    // The same bytes at the end are the same children as long as these begin at the same places.
    while (
      own > first &&
      others > first &&
      this.#left(own - 1) === other.#left(others - 1) &&
      this.#left(own - 1) <= tail
    ) {
      own -= 1;
      others -= 1;
    }
    return [this.#between(first, own), other.#between(first, others)];
  }

  /** How many bytes there are from the beginning of a child to the end. */
  #left(index: number): number {
    return this.#bytes.length - (this.#starts[index] ?? 0);
  }

  #between(first: number, last: number): readonly NamedEntry[] {
    const from = this.#starts[first] ?? 0;
    return first >= last ? [] : parseEntries(this.#bytes.subarray(from, this.#starts[last]), this.#oidBytes);
  }

  #search(name: Buffer): TreeEntry | undefined {
    for (let index = this.size - 1; index >= 0; index -= 1) {
      const end = (this.#starts[index + 1] ?? 0) - this.#oidBytes - 1;
      const from = end - name.length;
      if (this.#bytes[from - 1] !== space || this.#bytes[end - 1] !== name.at(-1)) continue;
      if (from > (this.#starts[index] ?? 0) && this.#bytes.compare(name, 0, name.length, from, end) === 0)
        return this.#named(index, name);
    }
    return undefined;
  }

  /** The child at this place, if that is its name: names may hold spaces. */
  #named(index: number, name: Buffer): TreeEntry | undefined {
    const [entry] = this.#between(index, index + 1);
    if (entry === undefined || Buffer.from(entry.name).equals(name)) return entry;
    this.#byName ??= new Map(this.entries.map((one) => [one.name, one]));
    return this.#byName.get(name.toString());
  }
}

/** Whether the mode that begins here is that of a directory; some old tools wrote it with a zero. */
function isFolder(bytes: Buffer, start: number): boolean {
  const [first, second] = [bytes[start], bytes[start + 1]];
  return first === four || (first === zero && second === four);
}

/** Bytes that are compared at once, which costs less than one by one. */
const block = 1024;

/** How many bytes are the same from the start on. */
function equalFromStart(one: Buffer, other: Buffer): number {
  const most = Math.min(one.length, other.length);
  let equal = 0;
  while (equal + block <= most && one.compare(other, equal, equal + block, equal, equal + block) === 0) equal += block;
  while (equal < most && one[equal] === other[equal]) equal += 1;
  return equal;
}

/** How many bytes are the same at the end, of so many that are looked at. */
function equalAtEnd(one: Buffer, other: Buffer, most: number): number {
  const [end, itsEnd] = [one.length, other.length];
  const isSame = (tail: number): boolean =>
    one.compare(other, itsEnd - tail - block, itsEnd - tail, end - tail - block, end - tail) === 0;
  let tail = 0;
  while (tail + block <= most && isSame(tail)) tail += block;
  while (tail < most && one[end - 1 - tail] === other[itsEnd - 1 - tail]) tail += 1;
  return tail;
}

/** A malformed tree object is an `input` UserError. */
function startsIn(bytes: Buffer, oidBytes: number): readonly number[] {
  const starts = [0];
  for (let at = 0; at < bytes.length; ) {
    let here = at;
    while (here < bytes.length && bytes[here] !== space) here += 1;
    while (here < bytes.length && bytes[here] !== 0) here += 1;
    at = here + 1 + oidBytes;
    if (at > bytes.length) throw new UserError("input", "a tree object of the repository is malformed");
    starts.push(at);
  }
  return starts;
}

/**
 * The binary form of a tree is, per child: mode in octal, a space, the name, a zero byte, the id's raw bytes. It is
 * turned into text once and cut there, as previews of large repositories parse thousands of trees.
 */
function parseEntries(buffer: Buffer, oidBytes: number): readonly NamedEntry[] {
  const text = buffer.toString("latin1");
  const hex = buffer.toString("hex");
  const entries: NamedEntry[] = [];
  for (let at = 0; at < text.length; ) {
    const gap = text.indexOf(" ", at);
    const zero = text.indexOf("\0", gap);
    const next = zero + 1 + oidBytes;
    const latin = text.slice(gap + 1, zero);
    const name = notAscii.test(latin) ? buffer.toString("utf8", gap + 1, zero) : latin;
    entries.push(entryOf(text.slice(at, gap), name, hex.slice(2 * (zero + 1), 2 * next)));
    at = next;
  }
  return entries;
}

function entryOf(mode: string, name: string, oid: string): NamedEntry {
  if (mode === "100644") return { kind: "file", name, oid, executable: false };
  const bits = Number.parseInt(mode, 8);
  switch (bits & 0o170000) {
    case 0o040000:
      return { kind: "dir", name, oid };
    case 0o120000:
      return { kind: "link", name, oid };
    case 0o160000:
      return { kind: "module", name, oid };
    default:
      return { kind: "file", name, oid, executable: (bits & 0o100) !== 0 };
  }
}
