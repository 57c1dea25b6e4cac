import { Fault } from "../model/errors.ts";

/** One message of the engine's protocol: a JSON header and raw bytes. */
export interface Frame {
  readonly header: unknown;
  readonly body: Buffer;
}

const prefixBytes = 8;
const maxHeaderBytes = 64 * 1024 * 1024;

/** The bytes of a frame: lengths of header and body, header, body. */
export function encodeFrame(header: object, body?: Uint8Array): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(text.length, 0);
  prefix.writeUInt32BE(body?.length ?? 0, 4);
  return body === undefined ? Buffer.concat([prefix, text]) : Buffer.concat([prefix, text, body]);
}

/** A frame whose body is larger than allowed was announced. */
export class OversizedFrame extends Error {
  override readonly name = "OversizedFrame";
}

/** Cuts a stream of bytes into frames, whatever the chunks are. */
export class FrameReader {
  readonly #maxBodyBytes: number;
  #chunks: Buffer[] = [];
  #held = 0;
  /** How many bytes the next step needs. */
  #wanted = prefixBytes;

  constructor(maxBodyBytes: number) {
    this.#maxBodyBytes = maxBodyBytes;
  }

  /**
   * The frames that the chunk completes. Throws `OversizedFrame` on a body, a `bug` Fault on a header, that is too
   * large or no JSON.
   */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    const frames: Frame[] = [];
    while (this.#held >= this.#wanted) {
      const data = this.#join();
      const [header, body] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      this.#check(header, body);
      this.#wanted = prefixBytes + header + body;
      if (data.length < this.#wanted) break;
      frames.push(decode(data.subarray(prefixBytes, this.#wanted), header));
      this.#chunks = [data.subarray(this.#wanted)];
      this.#held = data.length - this.#wanted;
      this.#wanted = prefixBytes;
    }
    return frames;
  }

  #join(): Buffer {
    const [only] = this.#chunks;
    const data = this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
    this.#chunks = [data];
    return data;
  }

  #check(header: number, body: number): void {
    if (header > maxHeaderBytes) throw new Fault("bug", `the engine announced a header of ${header} bytes`);
    if (body > this.#maxBodyBytes) throw new OversizedFrame(`the engine announced ${body} bytes`);
  }
}

function decode(data: Buffer, headerBytes: number): Frame {
  try {
    const header: unknown = JSON.parse(data.toString("utf8", 0, headerBytes));
    return { header, body: data.subarray(headerBytes) };
  } catch (cause) {
    throw new Fault("bug", "the engine sent a header that is no JSON", { cause });
  }
}
