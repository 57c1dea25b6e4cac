import { readSync, writeSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { z } from "zod";

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/** A program to run. */
export const syncOrder = z.object({
  file: z.string(),
  args: z.array(z.string()).readonly(),
  cwd: z.string(),
  env: z.record(z.string(), z.string().optional()),
  input: z.union([z.string(), bytes]),
});

/** How it ended; `error` says why it could not be run. */
export const syncResult = z.object({
  status: z.int().nullable(),
  stdout: bytes,
  stderr: bytes,
  error: z.string().optional(),
});

/** Writes one message into a pipe: its length, then itself. */
export function send(pipe: number, message: z.input<typeof syncOrder> | z.input<typeof syncResult>): void {
  const body = serialize(message);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(body.length);
  const all = Buffer.concat([head, body]);
  for (let at = 0; at < all.length; ) at += writeSync(pipe, all, at);
}

/** Waits for one message; `undefined` when the other side has closed the pipe. */
export function receive(pipe: number): unknown {
  const head = exactly(pipe, 4);
  const body = head && exactly(pipe, head.readUInt32LE());
  return body && deserialize(body);
}

function exactly(pipe: number, length: number): Buffer | undefined {
  const read = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const size = readSync(pipe, read, at, length - at, null);
    if (size === 0) return undefined;
    at += size;
  }
  return read;
}
