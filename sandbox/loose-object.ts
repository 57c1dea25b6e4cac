import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { access, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflate, inflateSync } from "node:zlib";

const packed = promisify(deflate);

/** An object of a repository. */
export interface LooseObject {
  readonly type: "blob" | "tree" | "commit" | "tag";
  readonly bytes: Buffer;
}

/** Stores bytes as a blob, without a process of git's: a request may bring many. */
export function writeBlob(dir: string, content: string | Buffer): Promise<string> {
  return writeObject(dir, "blob", Buffer.from(content));
}

/** Stores an object, and gives its id. */
export async function writeObject(dir: string, type: LooseObject["type"], bytes: Buffer): Promise<string> {
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
  const id = createHash("sha1").update(whole).digest("hex");
  const folder = join(dir, "objects", id.slice(0, 2));
  const file = join(folder, id.slice(2));
  if (await exists(file)) return id;
  await mkdir(folder, { recursive: true });
  const fresh = join(folder, `tmp_obj_${randomUUID()}`);
  await writeFile(fresh, await packed(whole), { mode: 0o444 });
  await rename(fresh, file);
  return id;
}

const types: ReadonlySet<string> = new Set<LooseObject["type"]>(["blob", "tree", "commit", "tag"]);

/**
 * Reads an object that is a file of its own, as nearly all are here; undefined when git must be asked: it is in a pack,
 * or not there at all.
 */
export function readLoose(dir: string, id: string): LooseObject | undefined {
  if (!/^[\da-f]{40}$/.test(id)) return undefined;
  let whole: Buffer;
  try {
    whole = inflateSync(readFileSync(join(dir, "objects", id.slice(0, 2), id.slice(2))));
  } catch {
    return undefined;
  }
  const end = whole.indexOf(0);
  const type = whole.toString("latin1", 0, whole.indexOf(0x20));
  return isType(type) ? { type, bytes: whole.subarray(end + 1) } : undefined;
}

function isType(type: string): type is LooseObject["type"] {
  return types.has(type);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
