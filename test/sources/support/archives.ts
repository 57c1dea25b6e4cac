import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";

/** An entry of a tar archive as it is written, whatever that may be. */
export interface TarEntry extends Partial<Header> {
  readonly name: string;
  readonly text?: string | Uint8Array;
}

/** A tar archive. */
export async function tar(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { text = "", ...header } of entries) {
    const size = header.type === undefined || header.type === "file" ? Buffer.from(text).length : 0;
    archive.entry({ ...header, size }, Buffer.from(size === 0 ? "" : text));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) if (chunk instanceof Buffer) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The same, compressed. */
export async function tgz(entries: readonly TarEntry[]): Promise<Buffer> {
  return gzipSync(await tar(entries));
}

/** A packaged chart. */
export function chart(name: string, version: string, more: readonly TarEntry[] = []): Promise<Buffer> {
  return tgz([
    { name: `${name}/Chart.yaml`, text: `apiVersion: v2\nname: ${name}\nversion: ${version}\n` },
    { name: `${name}/values.yaml`, text: "replicas: 1\n" },
    { name: `${name}/templates/one.yaml`, text: `# ${version}\n` },
    ...more,
  ]);
}

/** Hex sha-256. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
