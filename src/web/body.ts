import { createHmac, timingSafeEqual } from "node:crypto";

/** The bytes of request bodies that are held in memory at this moment, over all requests. */
export class BodyBudget {
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts the bytes in; false, counting nothing, when they would be too many. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#limit) return false;
    this.#held += bytes;
    return true;
  }

  /** Counts bytes out that were taken. */
  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** What came of reading a signed body: its bytes only when the signature holds. `broken`: the sender went away. */
export type SignedBody =
  | { readonly kind: "verified"; readonly bytes: Buffer }
  | { readonly kind: "too-large" | "overloaded" | "bad-signature" | "broken" };

/** How a body is read and verified. */
export interface SignedBodyOptions {
  readonly secret: string;
  /** GitHub's header: `sha256=` and 64 hexadecimal digits. */
  readonly signature: string;
  readonly maxBytes: number;
  readonly budget: BodyBudget;
}

/**
 * Reads the body up to its limit and verifies the HMAC over its raw bytes in constant time. Nothing is parsed. The rest of a body that is refused is not read.
 */
export async function readSigned(
  stream: ReadableStream<Uint8Array> | null,
  options: SignedBodyOptions,
): Promise<SignedBody> {
  const hmac = createHmac("sha256", options.secret);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of stream ?? []) {
      if (size + chunk.byteLength > options.maxBytes) return { kind: "too-large" };
      if (!options.budget.take(chunk.byteLength)) return { kind: "overloaded" };
      size += chunk.byteLength;
      hmac.update(chunk);
      chunks.push(chunk);
    }
  } catch {
    return { kind: "broken" };
  } finally {
    options.budget.give(size);
  }
  if (!sameSignature(hmac.digest(), options.signature)) return { kind: "bad-signature" };
  return { kind: "verified", bytes: Buffer.concat(chunks, size) };
}

const signaturePattern = /^sha256=([0-9a-f]{64})$/;

/** Whether the header has the form of a signature at all. */
export function isSignature(header: string | undefined): header is string {
  return header !== undefined && signaturePattern.test(header);
}

function sameSignature(digest: Buffer, header: string): boolean {
  const claimed = Buffer.from(signaturePattern.exec(header)?.[1] ?? "", "hex");
  return claimed.byteLength === digest.byteLength && timingSafeEqual(claimed, digest);
}
