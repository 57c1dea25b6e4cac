import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { messageOf, UserError } from "../model/errors.ts";
import type { SourceLimits } from "../model/source-settings.ts";

/** A file of an archive. */
export interface ArchiveFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** An archive may grow to this size whatever its own is, and to so many times its own beyond. */
const smallBytes = 16 * 1024 * 1024;
const ratio = 100;
const maxDepth = 64;

/**
 * The files of a `.tar.gz` (or `.tar`), in memory: nothing is written anywhere. Throws `limit` UserErrors for what is
 * too large, and `refused` ones for what no archive of manifests has: paths that lead out of it, links, devices, two
 * files of one name. `name` is the archive in messages.
 */
export async function unpack(packed: Uint8Array, name: string, limits: SourceLimits): Promise<readonly ArchiveFile[]> {
  const tar = await decompress(packed, name, limits);
  const files: ArchiveFile[] = [];
  const seen = new Map<string, string>();
  const tarStream = extract();
  const done = readEntries(tarStream, (header, bytes) => {
    const path = entryPath(header, name);
    if (path === undefined) return;
    claim(seen, path, name);
    if (files.length >= limits.files)
      throw new UserError("limit", `${name} has more than ${limits.files} files`, { fix: limitsFix });
    files.push({ path, bytes, executable: ((header.mode ?? 0) & 0o100) !== 0 });
  });
  tarStream.end(Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength));
  try {
    await done;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("refused", `${name} is no archive that can be read: ${messageOf(error)}`, { cause: error });
  }
  return files;
}

const limitsFix = "The operator sets `sources.limits`.";

async function readEntries(
  stream: ReturnType<typeof extract>,
  take: (header: Header, bytes: Uint8Array) => void,
): Promise<void> {
  for await (const entry of stream) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
    take(entry.header, Buffer.concat(chunks));
  }
}

async function decompress(packed: Uint8Array, name: string, limits: SourceLimits): Promise<Uint8Array> {
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed;
  const most = Math.min(limits.unpackedBytes, Math.max(smallBytes, ratio * packed.length));
  try {
    return await promisify<Uint8Array, object, Buffer>(gunzip)(packed, { maxOutputLength: most });
  } catch (error) {
    if (error instanceof RangeError) {
      const size = `${Math.round(most / 1024 / 1024)} MiB`;
      throw new UserError("limit", `${name} is larger than ${size} once it is unpacked`, { fix: limitsFix });
    }
    throw new UserError("refused", `${name} cannot be unpacked: ${messageOf(error)}`, { cause: error });
  }
}

/** Where an entry stands; `undefined` for folders. */
function entryPath({ name: written, type }: Header, archive: string): string | undefined {
  const refuse = (what: string): UserError =>
    new UserError("refused", `${archive} ${what}: ${JSON.stringify(written.slice(0, 200))}`, {
      fix: "Nothing of it is used. Ask whoever publishes it.",
    });
  if (type === "directory") {
    checkPath(written.replace(/\/+$/, ""), refuse);
    return undefined;
  }
  if (type !== "file" && type !== "contiguous-file") throw refuse(`holds a ${type ?? "special file"}`);
  return checkPath(written, refuse);
}

function checkPath(written: string, refuse: (what: string) => UserError): string {
  if (/^[/\\]|^[A-Za-z]:/.test(written)) throw refuse("holds an absolute path");
  const parts = written.split("/").filter((part) => part !== "." && part !== "");
  if (parts.includes("..")) throw refuse("holds a path that leads out of it");
  if (written.length > 1024 || parts.length > maxDepth) throw refuse("holds a path that is too long");
  if (/[\p{Cc}\\]/u.test(written)) throw refuse("holds a name with a backslash or control character");
  if (parts.some(isGit)) throw refuse("holds files of Git itself");
  return parts.join("/");
}

/** What file systems take for `.git`: by case, by what they ignore at its end or in it, by its short name. */
function isGit(part: string): boolean {
  const plain = part
    .normalize("NFKC")
    .replaceAll(/\p{Cf}/gu, "")
    .toLowerCase()
    .replace(/[. ]+$/, "");
  return plain === ".git" || plain === "git~1";
}

/** Every name once, also where case does not count, and no file below a file. */
function claim(seen: Map<string, string>, path: string, archive: string): void {
  const parts = path.split("/");
  for (let end = 1; end <= parts.length; end += 1) {
    const whole = parts.slice(0, end).join("/");
    const folded = whole.normalize("NFC").toLowerCase();
    const isFile = end === parts.length;
    const known = seen.get(folded);
    const mine = isFile ? `file ${whole}` : `folder ${whole}`;
    if (known === undefined) seen.set(folded, mine);
    else if (isFile || known !== mine) {
      throw new UserError(
        "refused",
        `${archive} holds two things of one name: ${JSON.stringify(whole.slice(0, 200))}`,
        {
          fix: "Nothing of it is used. Ask whoever publishes it.",
        },
      );
    }
  }
}
