import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/**
 * The refs below a folder such as `refs/heads`, by name and sorted, with the ids that they point at. They are read from
 * the repository's files: a process of git's takes a hundred times as long, and this is asked for at each change.
 */
export function readRefFiles(dir: string, folder: string): Map<string, string> {
  const packed = packedRefs(dir, folder);
  const names = new Set([...packed.keys(), ...looseNames(dir, folder)]);
  const found = new Map<string, string>();
  for (const name of [...names].sort()) {
    // Where there is a file, what is packed is outdated.
    const id = text(join(dir, name)).trim() || packed.get(name);
    if (id !== undefined && isId(id)) found.set(name, id);
  }
  return found;
}

function packedRefs(dir: string, folder: string): Map<string, string> {
  const lines = text(join(dir, "packed-refs"))
    .split("\n")
    .map((line) => line.split(" "));
  const named = lines.flatMap(([id = "", name = ""]) =>
    isId(id) && name.startsWith(`${folder}/`) ? [[name, id] as const] : [],
  );
  return new Map(named);
}

function looseNames(dir: string, folder: string): string[] {
  try {
    return readdirSync(join(dir, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".lock"))
      .map((entry) => relative(dir, join(entry.parentPath, entry.name)));
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** What is in the file; nothing when there is none, as when it went a moment ago. */
function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isGone(error)) return "";
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

function isId(id: string): boolean {
  return /^[\da-f]{40}$/.test(id);
}
