import { randomUUID } from "node:crypto";
import { access, mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../model/errors.ts";
import type { ObjectStore } from "../model/object-store.ts";
import { gitEnvironment } from "./environment.ts";
import { gitFault } from "./failure.ts";
import { fetchPack, sizeOf } from "./fetch-pack.ts";
import { ifGone } from "./if-gone.ts";
import { importStream } from "./import-stream.ts";
import { withLock } from "./lock.ts";
import { isObjectId } from "./oid.ts";
import type { StartProcess } from "./process.ts";
import { openRepository } from "./repository.ts";
import { runGit } from "./run.ts";

/** How an object store is made. */
export interface ObjectStoreOptions {
  /** The folder of everything. */
  readonly root: string;
  /** What starts git; default: this process. */
  readonly start?: StartProcess | undefined;
  /** Transports for fetches: `https`, and `http` for what is on loopback in tests and demos. */
  readonly protocols?: readonly string[];
  /** How long what nobody retains stays, in milliseconds; default an hour: for renders under way. */
  readonly graceMs?: number;
}

const hour = 60 * 60_000;
/** Writing and joining packs, and waiting for another process that does. */
const deadlineMs = 10 * 60_000;

/**
 * A bare repository whose only refs name trees. It is made at the first write; a process that is killed leaves nothing
 * that is taken for whole: a pack appears under its name once it is complete, and a tree's ref after its pack.
 */
export function createObjectStore(options: ObjectStoreOptions): ObjectStore {
  const { root, start, protocols = ["https"], graceMs = hour } = options;
  const directory = join(root, "objects.git");
  const repository = openRepository(directory, { start, deadlineMs });
  let made: Promise<void> | undefined;

  const git = async (args: readonly string[], signal: AbortSignal, input?: Uint8Array): Promise<void> => {
    const env = gitEnvironment({ protocols: [], settings: [["fastimport.unpackLimit", "1"]] });
    const run = await runGit({ gitPath: "git", args, cwd: directory, env, deadlineMs, signal, input, start });
    if (run.code !== 0) throw gitFault(args[0] ?? "", run.stderr);
  };

  const exclusively = async <T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    await mkdir(join(root, "locks"), { recursive: true, mode: 0o700 });
    return withLock(join(root, "locks", `${name}.lock`), deadlineMs, signal, work);
  };

  const ready = async (signal: AbortSignal): Promise<void> => {
    made ??= exclusively("store", signal, () => initialise(directory, start, signal));
    await made.catch((error: unknown) => {
      made = undefined;
      throw error;
    });
  };

  const has = async (tree: string): Promise<boolean> => {
    if (!isObjectId(tree) || !(await exists(refOf(directory, tree)))) return false;
    return (await repository.objects.read(tree))?.kind === "tree";
  };

  /** The ref keeps the tree; its time says when it was kept last. */
  const keep = async (tree: string): Promise<string> => {
    const ref = refOf(directory, tree);
    const fresh = `${ref}.${randomUUID()}.lock`;
    await writeFile(fresh, `${tree}\n`, { flush: true });
    await rename(fresh, ref);
    return tree;
  };

  return {
    objects: { read: async (oid) => ((await exists(directory)) ? repository.objects.read(oid) : undefined) },
    has,
    async write(entries, signal, onto) {
      await ready(signal);
      const name = `refs/incoming/${randomUUID()}`;
      await git(["fast-import", "--quiet"], signal, importStream(name, entries, onto));
      try {
        return await keep(await treeOf(repository, name));
      } finally {
        await rm(join(directory, name), { force: true });
      }
    },
    async bring(request, signal) {
      await ready(signal);
      const folder = join(root, "incoming", randomUUID());
      await mkdir(folder, { recursive: true, mode: 0o700 });
      try {
        const tree = await fetchPack({ folder, request, protocols, start }, signal);
        await takePacks(folder, directory);
        return await keep(tree);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    graceMs,
    size: () => sizeOf(directory),
    retain: (trees, signal) =>
      exclusively("gc", signal, async () => {
        await ready(signal);
        const before = Date.now() - graceMs;
        await dropRefs(directory, trees, before);
        await dropOld(join(root, "incoming"), Math.min(before, Date.now() - deadlineMs));
        const until = new Date(before).toISOString();
        await git(["gc", "--quiet", `--prune=${graceMs === 0 ? "now" : until}`], signal);
      }),
    exclusively,
    close: () => repository.close(),
  };
}

async function initialise(directory: string, start: StartProcess | undefined, signal: AbortSignal): Promise<void> {
  if (await exists(join(directory, "HEAD"))) return;
  const fresh = `${directory}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  const args = ["init", "--quiet", "--bare", "--object-format=sha1", "--template=", "."];
  const env = gitEnvironment({ protocols: [] });
  const run = await runGit({ gitPath: "git", args, cwd: fresh, env, deadlineMs, signal, start });
  if (run.code !== 0) throw gitFault("init", run.stderr);
  await mkdir(join(fresh, "refs", "pins"), { recursive: true });
  await rm(directory, { recursive: true, force: true });
  await rename(fresh, directory);
}

async function treeOf(repository: ReturnType<typeof openRepository>, ref: string): Promise<string> {
  const commit = await repository.objects.commit(ref);
  const object = commit === undefined ? undefined : await repository.objects.read(commit);
  const tree = object && /^tree ([0-9a-f]+)\n/.exec(Buffer.from(object.bytes).toString("latin1", 0, 80))?.[1];
  if (tree === undefined) throw new Fault("bug", "git wrote no commit for what was to be kept");
  return tree;
}

function refOf(directory: string, tree: string): string {
  return join(directory, "refs", "pins", tree);
}

/** Moves whole packs; each index last, since git looks for these. */
async function takePacks(from: string, directory: string): Promise<void> {
  const packs = join(from, "objects", "pack");
  const files = (await readdir(packs)).filter((name) => /^pack-[0-9a-f]+\.(?:pack|rev|idx)$/.test(name));
  const order = files.toSorted((a, b) => Number(a.endsWith(".idx")) - Number(b.endsWith(".idx")));
  await mkdir(join(directory, "objects", "pack"), { recursive: true });
  for (const name of order) await rename(join(packs, name), join(directory, "objects", "pack", name));
  // A pack that the store had already keeps the time of the first one.
  const now = new Date();
  for (const name of order) await utimes(join(directory, "objects", "pack", name), now, now);
}

async function dropRefs(directory: string, keep: ReadonlySet<string>, before: number): Promise<void> {
  const refs = join(directory, "refs", "pins");
  for (const name of await readdir(refs).catch(ifGone([]))) {
    if (!keep.has(name) && (await isOlder(join(refs, name), before))) await rm(join(refs, name), { force: true });
  }
  await dropOld(join(directory, "refs", "incoming"), before);
}

async function dropOld(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder).catch(ifGone([])))
    if (await isOlder(join(folder, name), before)) await rm(join(folder, name), { recursive: true, force: true });
}

async function isOlder(path: string, before: number): Promise<boolean> {
  return stat(path)
    .then(({ mtimeMs }) => mtimeMs <= before)
    .catch(ifGone(false));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
