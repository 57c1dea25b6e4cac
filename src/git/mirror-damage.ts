import { open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Fault, messageOf } from "../model/errors.ts";
import { readRefFile, refFileNames } from "./ref-files.ts";

/** Packs that were looked at, by their paths: what they were like then. */
export type SoundPacks = Map<string, string>;

const checksumBytes = 20;
/** The fan-out table and two checksums: an index of no object. */
const leastIndexBytes = 1072;

/**
 * What is wrong with a mirror on disk, as a power cut leaves it; `undefined` when nothing shows. Costs a look at each
 * pack and two short reads for those that are new since.
 */
export async function damageOf(directory: string, sound: SoundPacks): Promise<string | undefined> {
  const head = await readFile(join(directory, "HEAD"), "latin1").catch(messageOf);
  if (!/^(?:ref: refs\/[^\0\s]+|[0-9a-f]{40,64})\s*$/.test(head)) return "HEAD says nothing";
  const folder = join(directory, "objects", "pack");
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith(".pack")) continue;
    const pack = join(folder, name);
    const why = await packDamage(pack, `${pack.slice(0, -".pack".length)}.idx`, sound);
    if (why !== undefined) return `${name} ${why}`;
  }
  return undefined;
}

async function packDamage(pack: string, index: string, sound: SoundPacks): Promise<string | undefined> {
  try {
    const [one, other] = await Promise.all([stat(pack), stat(index)]);
    const looks = [one.size, one.mtimeMs, other.size, other.mtimeMs].join(" ");
    if (sound.get(pack) === looks) return undefined;
    if (other.size < leastIndexBytes) return "has an index that is cut off";
    // An index ends with the checksum that its pack ends with, and one of its own.
    const said = await bytesAt(index, other.size - 2 * checksumBytes);
    if (!said.equals(await bytesAt(pack, one.size - checksumBytes))) return "is cut off";
    sound.set(pack, looks);
    return undefined;
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
}

async function bytesAt(path: string, position: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(checksumBytes), 0, checksumBytes, Math.max(position, 0));
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Takes out the refs of a mirror that do not say which commit they mean: the next fetch brings them again. */
export async function dropUnreadableRefs(directory: string): Promise<readonly string[]> {
  const dropped: string[] = [];
  for (const ref of await refFileNames(directory, "refs/")) {
    if ((await readRefFile(directory, ref)) !== undefined) continue;
    await rm(join(directory, ref), { force: true });
    dropped.push(ref);
  }
  return dropped;
}

const local = new RegExp(
  [
    /not a git repository|bad object|broken ref|bad ref|dangling|unable to resolve reference|bad tree object/,
    /packfile .*(?:too short|cannot be accessed|does not match|invalid)|pack(?:ed)? .*corrupt|too small|is corrupt/,
    /index file .* (?:is|error)|non-monotonic|inflate|zlib|object file .* is empty|unable to (?:read|parse|unpack)/,
    /missing (?:blob|tree|commit|object)|could not (?:read|parse) |did not (?:send|receive) all necessary objects/,
    /bad config|invalid sha1|garbage at end/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "i",
);

/** What the other side, or the way to it, broke. */
const remote = /index-pack failed|early EOF|fetch-pack|RPC failed|unexpected disconnect/i;

/** What git says of damage on this disk; `undefined` when it says nothing of that kind. */
export function localDamage(stderr: string): string | undefined {
  const own = stderr.split("\n").filter((line) => !/^(?:remote|hint):/.test(line));
  if (remote.test(own.join("\n"))) return undefined;
  return own.find((line) => local.test(line))?.slice(0, 300);
}

/** The same of an error that a git command ended with. */
export function damageIn(error: unknown): string | undefined {
  return error instanceof Fault ? localDamage(error.message) : undefined;
}
