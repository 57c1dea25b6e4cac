import type { TreeChange, TreeEntry } from "../model/tree.ts";
import { INLINE_LIMIT } from "./limits.ts";

/** One entry of a tree in the words of GitHub's API. `sha: null` takes the path away. */
export type WireEntry =
  | (Mode & { readonly path: string; readonly sha: string | null })
  | (Mode & { readonly path: string; readonly content: string });

interface Mode {
  readonly mode: "040000" | "100644" | "100755" | "120000" | "160000";
  readonly type: "blob" | "tree" | "commit";
}

const FILE = "100644";
const EXECUTABLE = "100755";

/** The entry of a change. Bytes that a tree cannot carry as text become an object first, which `toBlob` makes. */
export async function treeEntry(
  change: TreeChange,
  toBlob: (bytes: Uint8Array) => Promise<string>,
): Promise<WireEntry> {
  const { path } = change;
  switch (change.kind) {
    case "delete":
      return { path, mode: FILE, type: "blob", sha: null };
    case "entry":
      return { path, ...modeOf(change.entry), sha: change.entry.oid };
    case "write": {
      const mode = change.executable ? EXECUTABLE : FILE;
      const content = inlineText(change.bytes);
      if (content !== undefined) return { path, mode, type: "blob", content };
      return { path, mode, type: "blob", sha: await toBlob(change.bytes) };
    }
    default:
      return change satisfies never;
  }
}

/**
 * The text that JSON carries to the same bytes: UTF-8 without a byte order mark (which a reader of JSON may drop) and
 * without control characters but tab and the ends of lines. `undefined` for everything else, and for large files.
 */
export function inlineText(bytes: Uint8Array): string | undefined {
  if (bytes.length > INLINE_LIMIT) return undefined;
  if (bytes.some((byte) => (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f))
    return undefined;
  const text = Buffer.from(bytes).toString("utf8");
  if (text.startsWith("\uFEFF") || !Buffer.from(text, "utf8").equals(bytes)) return undefined;
  return text;
}

function modeOf(entry: TreeEntry): Mode {
  switch (entry.kind) {
    case "file":
      return { mode: entry.executable ? EXECUTABLE : FILE, type: "blob" };
    case "link":
      return { mode: "120000", type: "blob" };
    case "dir":
      return { mode: "040000", type: "tree" };
    case "module":
      return { mode: "160000", type: "commit" };
    default:
      return entry satisfies never;
  }
}
