// Unpacks a zip file. Names that could lead out of the folder, links, encryption and zip64 are refused.

import { chmodSync, closeSync, fstatSync, mkdirSync, openSync, readSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { crc32, inflateRawSync } from "node:zlib";
import { ToolchainError } from "./release.ts";

/** Where an entry goes. */
export interface Place {
  /** Below the folder, with `/` between its parts. */
  readonly path: string;
  readonly executable: boolean;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;
const LINK = 0o120000;
const FILE_TYPE = 0o170000;

/**
 * Writes every file of a zip to where `place` puts it below `folder`, and gives how many. A ToolchainError says what is
 * wrong with the zip.
 */
export function unzip(zip: string, folder: string, place: (name: string) => Place): number {
  const file = openSync(zip, "r");
  try {
    const files = readEntries(file).filter(({ name }) => !name.endsWith("/"));
    const folders = new Set<string>();
    for (const entry of files) {
      checkName(entry.name);
      const { path, executable } = place(entry.name);
      const target = join(folder, path);
      const parent = dirname(target);
      if (!folders.has(parent)) mkdirSync(parent, { recursive: true });
      folders.add(parent);
      // `wx`: a name that comes twice, or in another case on a disk that knows none, is an error.
      writeFileSync(target, readEntry(file, entry), { flag: "wx" });
      if (executable) chmodSync(target, 0o755);
    }
    return files.length;
  } finally {
    closeSync(file);
  }
}

/** Refuses a name that is no plain path below a folder, on any system. */
function checkName(name: string): void {
  const parts = name.split("/");
  const bad = parts.some((part) => part === "" || part === "." || part === ".." || /[\\:\0]/.test(part));
  if (bad) throw new ToolchainError(`the zip has a file named ${JSON.stringify(name)}, which is not unpacked`);
}

function readEntries(file: number): readonly Entry[] {
  const { size } = fstatSync(file);
  const tail = read(file, Math.max(0, size - 0xffff - 22), Math.min(size, 0xffff + 22));
  const at = findEnd(tail);
  const count = tail.readUInt16LE(at + 10);
  const [length, start] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  if (count === 0xffff || start === 0xffffffff) throw broken("is a zip64");
  const directory = read(file, start, length);
  const entries: Entry[] = [];
  for (let offset = 0; entries.length < count; ) {
    if (offset + 46 > length || directory.readUInt32LE(offset) !== CENTRAL) throw broken("has a broken directory");
    const [entry, next] = readHeader(directory, offset);
    entries.push(entry);
    offset = next;
  }
  return entries;
}

function findEnd(tail: Buffer): number {
  for (let at = tail.length - 22; at >= 0; at -= 1) if (tail.readUInt32LE(at) === END) return at;
  throw broken("has no directory");
}

function readHeader(directory: Buffer, at: number): readonly [Entry, next: number] {
  const name = at + 46;
  const end = name + directory.readUInt16LE(at + 28);
  if ((directory.readUInt16LE(at + 8) & 1) !== 0) throw broken("is encrypted");
  if (((directory.readUInt32LE(at + 38) >>> 16) & FILE_TYPE) === LINK) throw broken("has a link");
  const entry = {
    name: directory.toString("utf8", name, end),
    method: directory.readUInt16LE(at + 10),
    crc: directory.readUInt32LE(at + 16),
    packed: directory.readUInt32LE(at + 20),
    size: directory.readUInt32LE(at + 24),
    offset: directory.readUInt32LE(at + 42),
  };
  return [entry, end + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)];
}

function readEntry(file: number, { name, method, crc, packed, size, offset }: Entry): Buffer {
  const header = read(file, offset, 30);
  if (header.readUInt32LE(0) !== LOCAL) throw broken(`has no ${name} where it says`);
  const data = read(file, offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28), packed);
  if (method !== STORED && method !== DEFLATED) throw broken(`packs ${name} in a way that is not known here`);
  const content = method === STORED ? data : inflate(data, name, size);
  if (content.length !== size || crc32(content) !== crc) throw broken(`has a damaged ${name}`);
  return content;
}

function inflate(data: Buffer, name: string, size: number): Buffer {
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    throw broken(`has a damaged ${name} (${error instanceof Error ? error.message : error})`);
  }
}

function read(file: number, at: number, length: number): Buffer {
  if (at + length > fstatSync(file).size) throw broken("ends too early");
  const buffer = Buffer.allocUnsafe(length);
  if (readSync(file, buffer, 0, length, at) !== length) throw broken("ends too early");
  return buffer;
}

function broken(how: string): ToolchainError {
  return new ToolchainError(`the zip ${how}`);
}
