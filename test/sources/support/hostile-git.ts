import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import type { HttpsServer } from "./https-server.ts";

/** A Git object as it is sent, whatever it says. */
export interface Sent {
  readonly oid: string;
  /** As a pack has it: type and size, then the compressed body. */
  readonly packed: Buffer;
}

const types = { commit: 1, tree: 2, blob: 3 } as const;

/** An object of this body. */
export function object(type: keyof typeof types, body: string | Uint8Array): Sent {
  const bytes = Buffer.from(body);
  const oid = createHash("sha1").update(`${type} ${bytes.length}\0`).update(bytes).digest("hex");
  return { oid, packed: Buffer.concat([entryHead(types[type], bytes.length), deflateSync(bytes)]) };
}

/** A tree with these children, in their order. */
export function tree(...children: readonly (readonly [mode: string, name: string, of: string])[]): Sent {
  const parts = children.map(([mode, name, oid]) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, "hex")]),
  );
  return object("tree", Buffer.concat(parts));
}

/** A commit of this tree. */
export function commit(root: Sent): Sent {
  const person = "Eve <eve@example.com> 1700000000 +0000";
  return object("commit", `tree ${root.oid}\nauthor ${person}\ncommitter ${person}\n\nhostile\n`);
}

/** A blob of so many times this text, sent as a difference that is small however long the blob is. */
export function bomb(text: Buffer, times: number): readonly [base: Sent, grown: Sent] {
  const base = object("blob", text);
  const copy = Buffer.from([0xf0, text.length & 255, (text.length >> 8) & 255, (text.length >> 16) & 255]);
  const delta = Buffer.concat([size(text.length), size(text.length * times), ...Array<Buffer>(times).fill(copy)]);
  const hash = createHash("sha1").update(`blob ${text.length * times}\0`);
  for (let index = 0; index < times; index += 1) hash.update(text);
  const packed = Buffer.concat([entryHead(7, delta.length), Buffer.from(base.oid, "hex"), deflateSync(delta)]);
  return [base, { oid: hash.digest("hex"), packed }];
}

function entryHead(type: number, length: number): Buffer {
  const bytes = [(type << 4) | (length & 15)];
  for (let rest = length >>> 4; rest > 0; rest >>>= 7) {
    bytes.push((bytes.pop() ?? 0) | 0x80, rest & 0x7f);
  }
  return Buffer.from(bytes);
}

function size(length: number): Buffer {
  const bytes: number[] = [];
  for (let rest = length; ; rest >>>= 7) {
    bytes.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) return Buffer.from(bytes);
  }
}

/** Has the server send these objects as its branch `main`, by version 0 of git's smart protocol. */
export function serveObjects(server: HttpsServer, tip: Sent, objects: readonly Sent[]): void {
  const head = Buffer.alloc(12);
  head.write("PACK");
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length + 1, 8);
  const body = Buffer.concat([head, tip.packed, ...objects.map(({ packed }) => packed)]);
  const pack = Buffer.concat([body, createHash("sha1").update(body).digest()]);
  const shallow = `${line(`shallow ${tip.oid}\n`)}0000`;
  server.otherwise = (request, response) => {
    if (request.method === "GET") {
      response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" });
      response.end(
        `${line("# service=git-upload-pack\n")}0000${line(`${tip.oid} refs/heads/main\0shallow allow-any-sha1-in-want\n`)}0000`,
      );
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" });
      response.write(shallow);
      if (Buffer.concat(chunks).includes("done\n")) response.write(Buffer.concat([Buffer.from(line("NAK\n")), pack]));
      response.end();
    });
  };
}

function line(text: string): string {
  return (text.length + 4).toString(16).padStart(4, "0") + text;
}
