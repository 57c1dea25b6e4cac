import { crc32, deflateRawSync } from "node:zlib";

/** A file of a zip, and what may be wrong with it. */
export interface ZipFile {
  readonly name: string;
  readonly content?: string;
  /** Default: as its content says. */
  readonly crc?: number;
  /** Default: as its content says. */
  readonly size?: number;
  /** 8 (deflate) unless said. */
  readonly method?: number;
  /** Bit 0: encrypted. */
  readonly flags?: number;
  /** Unix: type and rights. */
  readonly mode?: number;
}

/** A zip of these files. */
export function zipOf(files: readonly ZipFile[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const name = Buffer.from(file.name);
    const content = Buffer.from(file.content ?? "");
    const data = file.method === 0 ? content : deflateRawSync(content);
    const header = headerOf(file, name, content, data);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), header, name, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((file.mode ?? 0o100644) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.from("PK\x01\x02\x14\x03"), header, rest, name);
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** What the two headers of a file have in common. */
function headerOf({ method, flags, crc, size }: ZipFile, name: Buffer, content: Buffer, data: Buffer): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0);
  header.writeUInt16LE(flags ?? 0, 2);
  header.writeUInt16LE(method ?? 8, 4);
  header.writeUInt32LE(crc ?? crc32(content), 10);
  header.writeUInt32LE(data.length, 14);
  header.writeUInt32LE(size ?? content.length, 18);
  header.writeUInt16LE(name.length, 22);
  return header;
}
