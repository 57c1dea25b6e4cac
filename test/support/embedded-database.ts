import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runMigrations } from "bullmq";
import { z } from "zod";
import { openDatabase } from "../../src/queue/embedded-database.ts";
import { pglitePools } from "../../src/queue/pglite-pool.ts";

/**
 * Puts a new database where a server with this data folder would make one, unless one is there: a copy of one that is
 * made once for these versions of PGlite and BullMQ, whose tables it has, since making one takes seconds.
 */
export async function giveDatabase(dataDir: string): Promise<void> {
  const place = join(dataDir, "queue", "pg");
  if (existsSync(place)) return;
  await mkdir(dirname(place), { recursive: true });
  await cp(await emptyDatabase(), place, { recursive: true });
}

const manifest = z.object({ dependencies: z.record(z.string(), z.string()) });

/** The versions are pinned. */
function versionOf(name: string): string | undefined {
  const ours: unknown = createRequire(import.meta.url)("../../package.json");
  return manifest.parse(ours).dependencies[name];
}

/** The folder of an empty database, to be copied. */
export async function emptyDatabase(): Promise<string> {
  const versions = [versionOf("@electric-sql/pglite"), versionOf("bullmq")].join("-");
  const place = join(tmpdir(), `sluice-empty-database-${versions}`);
  if (existsSync(place)) return place;
  const made = await mkdtemp(`${place}.`);
  const db = await openDatabase(made);
  await runMigrations(await pglitePools(db).running.connect(), "bullmq");
  await db.close();
  // Of several processes at once the first one wins.
  await rename(made, place).catch(() => rm(made, { recursive: true, force: true }));
  return place;
}
