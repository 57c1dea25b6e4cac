import { createHash } from "node:crypto";
import { UserError } from "./errors.ts";
import type { TreeEntry } from "./tree.ts";

/** A child of a tree object with the mode that the object gives it. */
export interface ModeEntry {
  readonly mode: string;
  readonly oid: string;
}

/**
 * The children of a tree object by name; each character of a name is one byte, since Git's names need not be Unicode.
 */
export type Children = Map<string, ModeEntry>;

const folderMode = "40000";

/** Reads a tree object. A malformed one is an `input` UserError. */
export function readTree(bytes: Uint8Array, oidBytes: number): Children {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const children: Children = new Map();
  for (let at = 0; at < buffer.length; ) {
    const space = buffer.indexOf(0x20, at);
    const zero = space < 0 ? -1 : buffer.indexOf(0, space);
    const next = zero + 1 + oidBytes;
    if (zero < 0 || next > buffer.length) throw new UserError("input", "a tree object of the repository is malformed");
    const entry = { mode: buffer.toString("latin1", at, space), oid: buffer.toString("hex", zero + 1, next) };
    children.set(buffer.toString("latin1", space + 1, zero), entry);
    at = next;
  }
  return children;
}

/** Children in Git's order: a folder sorts as if its name ended in a slash. */
export function inGitOrder(children: Children): readonly (readonly [name: string, entry: ModeEntry])[] {
  const keyed = [...children].map(([name, entry]) => ({ key: isFolder(entry) ? `${name}/` : name, name, entry }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ name, entry }) => [name, entry]);
}

/** The bytes of a tree object. */
export function writeTree(children: Children): Uint8Array {
  return Buffer.concat(
    inGitOrder(children).flatMap(([name, { mode, oid }]) => [
      Buffer.from(`${mode} ${name}\0`, "latin1"),
      Buffer.from(oid, "hex"),
    ]),
  );
}

/** The id that Git gives an object, of as many hex digits as `like` has. */
export function objectId(kind: "blob" | "tree", bytes: Uint8Array, like: string): string {
  const hash = createHash(like.length === 64 ? "sha256" : "sha1");
  return hash.update(`${kind} ${bytes.length}\0`).update(bytes).digest("hex");
}

/** Whether the entry is a folder. */
export function isFolder({ mode }: ModeEntry): boolean {
  return (Number.parseInt(mode, 8) & 0o170000) === 0o040000;
}

/** An entry with the mode that Git writes. */
export function withMode(entry: TreeEntry): ModeEntry {
  switch (entry.kind) {
    case "file":
      return { mode: entry.executable ? "100755" : "100644", oid: entry.oid };
    case "dir":
      return { mode: folderMode, oid: entry.oid };
    case "link":
      return { mode: "120000", oid: entry.oid };
    case "module":
      return { mode: "160000", oid: entry.oid };
    default:
      return entry satisfies never;
  }
}

/** An entry as `Tree` describes it. */
export function withKind({ mode, oid }: ModeEntry): TreeEntry {
  const bits = Number.parseInt(mode, 8);
  switch (bits & 0o170000) {
    case 0o040000:
      return { kind: "dir", oid };
    case 0o120000:
      return { kind: "link", oid };
    case 0o160000:
      return { kind: "module", oid };
    default:
      return { kind: "file", oid, executable: (bits & 0o100) !== 0 };
  }
}

/** The name of a child as bytes, one character each. */
export function nameBytes(name: string): string {
  return Buffer.from(name, "utf8").toString("latin1");
}

/** The name of a child as text. */
export function nameText(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
