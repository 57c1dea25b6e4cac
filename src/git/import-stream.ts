import type { NewEntry } from "../model/object-store.ts";

const person = "committer sluice <> 0 +0000\n";

/**
 * What `git fast-import` reads to write the entries over a tree, as a commit under `ref`. Paths are quoted, so that
 * none says anything else.
 */
export function importStream(ref: string, entries: readonly NewEntry[], onto: string | undefined): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from(`commit ${ref}\n${person}data 0\n`)];
  if (onto !== undefined) parts.push(Buffer.from(`M 040000 ${onto} ""\n`));
  for (const entry of entries) {
    if ("tree" in entry) parts.push(Buffer.from(`M 040000 ${entry.tree} ${quoted(entry.path)}\n`));
    else {
      const mode = entry.executable ? "100755" : "100644";
      const head = `M ${mode} inline ${quoted(entry.path)}\ndata ${entry.bytes.length}\n`;
      parts.push(Buffer.from(head), entry.bytes, Buffer.from("\n"));
    }
  }
  return Buffer.concat(parts);
}

function quoted(path: string): string {
  return `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}
