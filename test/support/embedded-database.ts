import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { z } from "zod";

/**
 * Puts a new, empty database where a server with this data folder would make one, unless one is there: a copy of one
 * that is made once for this version of PGlite, since making one takes seconds.
 */
export async function giveDatabase(dataDir: string): Promise<void> {
  const place = join(dataDir, "queue", "pg");
  if (existsSync(place)) return;
  await mkdir(dirname(place), { recursive: true });
  await cp(await emptyDatabase(), place, { recursive: true });
}

const packageFile = z.object({ version: z.string() });

/** The folder of an empty database, to be copied. */
export async function emptyDatabase(): Promise<string> {
  const main = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const manifest: unknown = createRequire(import.meta.url)(join(dirname(main), "..", "package.json"));
  const place = join(tmpdir(), `sluice-empty-database-${packageFile.parse(manifest).version}`);
  if (existsSync(place)) return place;
  const made = await mkdtemp(`${place}.`);
  await (await PGlite.create(made)).close();
  // Of several processes at once the first one wins.
  await rename(made, place).catch(() => rm(made, { recursive: true, force: true }));
  return place;
}
