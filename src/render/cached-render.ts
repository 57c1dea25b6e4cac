import { createHash } from "node:crypto";
import { z } from "zod";
import type { RenderFailure, RenderWarning, Trace, UnpinnedReference } from "../model/render.ts";
import { encodeTrace } from "./trace-codec.ts";
import { unpinnedSchema } from "./unpinned.ts";

/** What a render said besides its resources. */
export interface Remarks {
  readonly warnings: readonly RenderWarning[];
  readonly unpinned: readonly UnpinnedReference[];
  /** Set when the target does not render. */
  readonly failure?: RenderFailure;
  /** Set when the body holds what can be rendered all the same. */
  readonly partial?: true;
}

/** A finished render as it is stored, without its body. A failed one has a body only when it is `partial`. */
export interface CachedRender {
  readonly trace: Trace;
  readonly remarks: Remarks;
  /** SHA-256 of the body, or of the failure; 32 bytes in hex. */
  readonly digest: string;
  /** Tells cached renders of one key apart, and damaged ones from whole ones: a hash of all of the above. */
  readonly sum: string;
}

/** The SHA-256 of bytes or text, in hex. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Puts a finished render together. */
export function cachedRender(trace: Trace, remarks: Remarks, digest: string): CachedRender {
  return { trace, remarks, digest, sum: sumOf(encodeTrace(trace), JSON.stringify(remarks), digest) };
}

/** The hash over what a store keeps of a render. */
export function sumOf(trace: Uint8Array, remarks: string, digest: string): string {
  const hash = createHash("sha256").update(digest).update(`${remarks.length}\n`).update(remarks).update(trace);
  return hash.digest("hex").slice(0, 32);
}

const place = { file: z.string().exactOptional(), line: z.number().exactOptional() };
const remarksSchema = z.object({
  warnings: z.array(z.object({ message: z.string(), ...place })),
  unpinned: z.array(unpinnedSchema),
  failure: z
    .object({ kind: z.enum(["input", "refused", "limit", "internal"]), message: z.string(), ...place })
    .exactOptional(),
  partial: z.literal(true).exactOptional(),
});

/** Reads remarks that `JSON.stringify` wrote; throws on anything else. */
export function parseRemarks(text: string): Remarks {
  return remarksSchema.parse(JSON.parse(text));
}
