import { createHmac, timingSafeEqual } from "node:crypto";

/** Limits the bytes of request bodies in memory, over all requests. */
export class BodyBudget {
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds bytes; returns false and adds nothing if they would be too many. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#limit) return false;
    this.#held += bytes;
    return true;
  }

  /** Gives back bytes that were taken. */
  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** Why a body could not be read. `broken`: the connection ended early. */
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
  let size = 0;
  try {
    for await (const chunk of stream ?? []) {
      if (size + chunk.byteLength > limits.maxBytes) return { kind: "too-large" };
      if (!limits.budget.take(chunk.byteLength)) return { kind: "overloaded" };
      size += chunk.byteLength;
      seen?.(chunk);
      chunks.push(chunk);
    }
  } catch {
    return { kind: "broken" };
  } finally {
    limits.budget.give(size);
  }
  return { kind: "read", bytes: Buffer.concat(chunks, size) };
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
