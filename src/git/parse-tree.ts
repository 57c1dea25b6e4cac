import { UserError } from "../model/errors.ts";
import type { NamedEntry, TreeEntry } from "../model/tree.ts";

/** A parsed tree object: its children in Git's order, and by name. */
export interface Directory {
  readonly entries: readonly NamedEntry[];
  readonly byName: ReadonlyMap<string, TreeEntry>;
}

/** The binary form of a tree is, per child: mode in octal, a space, the name, a zero byte, the id's raw bytes. */
export function parseTree(bytes: Uint8Array, oidBytes: number): Directory {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: NamedEntry[] = [];
  const byName = new Map<string, TreeEntry>();
  for (let at = 0; at < buffer.length; ) {
    const space = buffer.indexOf(0x20, at);
    const zero = space < 0 ? -1 : buffer.indexOf(0, space);
    const next = zero + 1 + oidBytes;
    if (zero < 0 || next > buffer.length) throw new UserError("input", "a tree object of the repository is malformed");
    const mode = Number.parseInt(buffer.toString("latin1", at, space), 8);
    const entry = entryOf(mode, buffer.toString("utf8", space + 1, zero), buffer.toString("hex", zero + 1, next));
    entries.push(entry);
    byName.set(entry.name, entry);
    at = next;
  }
  return { entries, byName };
}

function entryOf(mode: number, name: string, oid: string): NamedEntry {
  switch (mode & 0o170000) {
    case 0o040000:
      return { kind: "dir", name, oid };
    case 0o120000:
      return { kind: "link", name, oid };
    case 0o160000:
      return { kind: "module", name, oid };
    default:
      return { kind: "file", name, oid, executable: (mode & 0o100) !== 0 };
  }
}
