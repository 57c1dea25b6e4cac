import { readdir, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";

/**
 * Removes what killed git processes left in a mirror: lock files and half-written packs. Only while the mirror's lock
 * is held and no git process writes to it.
 */
export async function sweep(directory: string): Promise<void> {
  const refs = await readdir(join(directory, "refs"), { recursive: true }).catch(() => []);
  const locks = [
    ...(await readdir(directory)).filter((name) => name.endsWith(".lock")).map((name) => join(directory, name)),
    ...refs.filter((name) => name.endsWith(".lock")).map((name) => join(directory, "refs", name)),
  ];
  const packs = join(directory, "objects", "pack");
  const files = await readdir(packs).catch(() => []);
  const whole = new Set(files.filter((name) => name.endsWith(".idx")).map((name) => name.slice(0, -4)));
  const halves = files.filter(
    (name) => name.startsWith("tmp_") || (name.endsWith(".pack") && !whole.has(name.slice(0, -5))),
  );
  for (const path of [...locks, ...halves.map((name) => join(packs, name))]) await rm(path, { force: true });
}

/** How many packs a mirror has; each fetch that brings something adds one. */
export async function countPacks(directory: string): Promise<number> {
  const files = await readdir(join(directory, "objects", "pack")).catch(() => []);
  return files.filter((name) => name.endsWith(".pack")).length;
}

/** The mirror's refs that nobody wanted since `before` (milliseconds). */
export async function unwantedRefs(directory: string, before: number): Promise<string[]> {
  const unwanted: string[] = [];
  for (const kind of ["ref", "commit"]) {
    const folder = join(directory, "refs", "sluice", kind);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const file = join(entry.parentPath, entry.name);
      if (entry.isFile() && (await stat(file)).mtimeMs < before) unwanted.push(relative(directory, file));
    }
  }
  return unwanted;
}
