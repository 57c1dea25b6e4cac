import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { runMigrations } from "bullmq";
import { z } from "zod";
import { openDatabase, useOurs } from "../../src/queue/embedded-database.ts";
import { lockFolder } from "../../src/queue/folder-lock.ts";
import { pglitePools } from "../../src/queue/pglite-pool.ts";
import { keptForTests } from "./kept.ts";

/** Where the queue with this data folder has its database. */
export function databaseIn(dataDir: string): string {
  return join(dataDir, "queue", "pg");
}

/**
 * Puts a new database where the queue with this data folder would make one, unless one is there: a copy of one that is
 * made once for these versions of PGlite and BullMQ, whose tables it has, since making one takes seconds.
 */
export async function giveDatabase(dataDir: string): Promise<void> {
  const place = databaseIn(dataDir);
  if (existsSync(place)) return;
  await mkdir(dirname(place), { recursive: true });
  await cp(await emptyDatabase(), place, { recursive: true });
}

/** The folder of an empty database, to be copied. */
export async function emptyDatabase(): Promise<string> {
  return join(await newDatabase(), folderName);
}

/** The same database in this process's memory, which is several times as fast as one in a folder. */
export async function memoryDatabase(): Promise<PGlite> {
  const bytes = await readFile(join(await newDatabase(), archiveName));
  const db = await PGlite.create({ loadDataDir: new Blob([bytes]) });
  await useOurs(db);
  return db;
}

const folderName = "pg";
const archiveName = "pg.tar";
/** Those that others are made from, most of the files; nobody connects to them. */
const templates = ["base/1", "base/4"];

const manifest = z.object({ dependencies: z.record(z.string(), z.string()) });

/** The versions are pinned. */
function versionOf(name: string): string | undefined {
  const ours: unknown = createRequire(import.meta.url)("../../package.json");
  return manifest.parse(ours).dependencies[name];
}

async function newDatabase(): Promise<string> {
  const versions = [versionOf("@electric-sql/pglite"), versionOf("bullmq")].join("-");
  const place = join(keptForTests, `new-database-${versions}`);
  if (existsSync(place)) return place;
  // Of several processes at once one makes it, the others wait: each would need seconds.
  const turn = join(keptForTests, "new-database");
  await mkdir(turn, { recursive: true });
  const lock = await lockFolder(turn, { waitMs: 540_000 });
  try {
    if (!existsSync(place)) await putDatabase(place);
  } finally {
    await lock.release();
  }
  return place;
}

/** At once or not at all. */
async function putDatabase(place: string): Promise<void> {
  const made = await mkdtemp(`${place}.`);
  await makeDatabase(made);
  await rename(made, place);
}

async function makeDatabase(place: string): Promise<void> {
  const folder = join(place, folderName);
  const db = await openDatabase(folder);
  await runMigrations(await pglitePools(db).running.connect(), "bullmq");
  await db.close();
  for (const one of templates) await rm(join(folder, one), { recursive: true });
  const again = await openDatabase(folder);
  const archive = await again.dumpDataDir("none");
  await again.close();
  await writeFile(join(place, archiveName), Buffer.from(await archive.arrayBuffer()));
}
