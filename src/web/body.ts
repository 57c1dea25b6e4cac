import { createHmac, timingSafeEqual } from "node:crypto";

/** The bytes of one body that is being read. */
export interface BodyShare {
  /** Adds bytes; returns false and adds nothing if the budget has no room for them. */
  take(bytes: number): boolean;
  /** Gives everything back. */
  end(): void;
}

interface Reading {
  held: number;
  readonly cutOff: () => void;
}

/**
 * Limits the bytes of request bodies in memory, over all requests. When there is no room, the body that has been read
 * for the longest is cut off: what GitHub sends arrives at once, while who wants to keep others out holds what he has.
 */
export class BodyBudget {
  readonly #limit: number;
  readonly #readings = new Set<Reading>();
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Begins a body. `cutOff` is called when its room goes to a newer one; its share is gone then. */
  begin(cutOff: () => void): BodyShare {
    const reading: Reading = { held: 0, cutOff };
    this.#readings.add(reading);
    return { take: (bytes) => this.#take(reading, bytes), end: () => this.#end(reading) };
  }

  #take(reading: Reading, bytes: number): boolean {
    if (!this.#readings.has(reading)) return false;
    for (const older of this.#readings) {
      if (this.#held + bytes <= this.#limit) break;
      // None that began later makes room for an older one.
      if (older === reading) return false;
      if (older.held === 0) continue;
      this.#end(older);
      older.cutOff();
    }
    this.#held += bytes;
    reading.held += bytes;
    return true;
  }

  #end(reading: Reading): void {
    if (!this.#readings.delete(reading)) return;
    this.#held -= reading.held;
  }
}

/** Why a body could not be read. `broken`: the connection ended early; `overloaded`: its room went to others. */
export type UnreadBody = { readonly kind: "too-large" | "overloaded" | "broken" };

/** Limits for reading a body. */
interface BodyLimits {
  readonly maxBytes: number;
  readonly budget: BodyBudget;
}

/**
 * Reads the body up to its limit, without parsing. `seen` gets each chunk when it arrives. Stops reading a refused
 * body.
 */
export async function readBody(
  stream: ReadableStream<Uint8Array> | null,
  limits: BodyLimits,
  seen?: (chunk: Uint8Array) => void,
): Promise<UnreadBody | { readonly kind: "read"; readonly bytes: Buffer }> {
  const chunks: Uint8Array[] = [];
  const reader = stream?.getReader();
  let size = 0;
  let refused: UnreadBody["kind"] | undefined;
  const share = limits.budget.begin(() => {
    refused = "overloaded";
    chunks.length = 0;
    reader?.cancel().catch(() => undefined);
  });
  try {
    for (;;) {
      const next = await reader?.read();
      if (refused !== undefined || next === undefined || next.done) break;
      if (size + next.value.byteLength > limits.maxBytes) refused = "too-large";
      else if (!share.take(next.value.byteLength)) refused = "overloaded";
      if (refused !== undefined) break;
      size += next.value.byteLength;
      seen?.(next.value);
      chunks.push(next.value);
    }
  } catch {
    refused ??= "broken";
  } finally {
    share.end();
  }
  if (refused === undefined) return { kind: "read", bytes: Buffer.concat(chunks, size) };
  await reader?.cancel().catch(() => undefined);
  return { kind: refused };
}

/** The result of reading a signed body: it has bytes only if the signature is right. */
export type SignedBody =
  | UnreadBody
  | { readonly kind: "verified"; readonly bytes: Buffer }
  | { readonly kind: "bad-signature" };

/** How to read and verify a body. */
export interface SignedBodyOptions extends BodyLimits {
  readonly secret: string;
  /** GitHub's header: `sha256=` and 64 hexadecimal digits. */
  readonly signature: string;
}

/** Reads the body up to its limit, and verifies the HMAC of its raw bytes in constant time. */
export async function readSigned(
  stream: ReadableStream<Uint8Array> | null,
  options: SignedBodyOptions,
): Promise<SignedBody> {
  const hmac = createHmac("sha256", options.secret);
  const body = await readBody(stream, options, (chunk) => hmac.update(chunk));
  if (body.kind !== "read") return body;
  if (!sameSignature(hmac.digest(), options.signature)) return { kind: "bad-signature" };
  return { kind: "verified", bytes: body.bytes };
}

const signaturePattern = /^sha256=([0-9a-f]{64})$/;

/** Whether the header looks like a signature. */
export function isSignature(header: string | undefined): header is string {
  return header !== undefined && signaturePattern.test(header);
}

function sameSignature(digest: Buffer, header: string): boolean {
  const claimed = Buffer.from(signaturePattern.exec(header)?.[1] ?? "", "hex");
  return claimed.byteLength === digest.byteLength && timingSafeEqual(claimed, digest);
}
