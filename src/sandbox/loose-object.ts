import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflate } from "node:zlib";

const packed = promisify(deflate);

/** Stores bytes as a blob, without a process of git's: a request may bring many. */
export async function writeBlob(dir: string, content: string | Buffer): Promise<string> {
  const bytes = Buffer.from(content);
  const whole = Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]);
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

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
