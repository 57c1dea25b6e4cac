import { UserError } from "../model/errors.ts";
import type { NamedEntry, TreeEntry } from "../model/tree.ts";

/** A parsed tree object: its children in Git's order, and by name. */
export interface Directory {
  readonly entries: readonly NamedEntry[];
  readonly byName: ReadonlyMap<string, TreeEntry>;
}

const notAscii = /[\x80-\xff]/;

/**
 * The binary form of a tree is, per child: mode in octal, a space, the name, a zero byte, the id's raw bytes. It is
 * turned into text once and cut there, as previews of large repositories parse thousands of trees. A malformed one is
 * an `input` UserError.
 */
export function parseTree(bytes: Uint8Array, oidBytes: number): Directory {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString("latin1");
  const hex = buffer.toString("hex");
  const entries: NamedEntry[] = [];
  const byName = new Map<string, TreeEntry>();
  for (let at = 0; at < text.length; ) {
    const space = text.indexOf(" ", at);
    const zero = space < 0 ? -1 : text.indexOf("\0", space);
    const next = zero + 1 + oidBytes;
    if (zero < 0 || next > text.length) throw new UserError("input", "a tree object of the repository is malformed");
    const latin = text.slice(space + 1, zero);
    const name = notAscii.test(latin) ? buffer.toString("utf8", space + 1, zero) : latin;
    const entry = entryOf(text.slice(at, space), name, hex.slice(2 * (zero + 1), 2 * next));
    entries.push(entry);
    byName.set(name, entry);
    at = next;
  }
  return { entries, byName };
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
