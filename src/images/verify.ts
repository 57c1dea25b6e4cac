import { Fault, UserError } from "../model/errors.ts";
import type { Registry } from "../model/registry.ts";
import { lackingPlatforms } from "./policy/index.ts";
import type { ImageMetadata } from "./text/metadata.ts";

/** Whether what a pull request brings is what the registry has. */
export interface Verification {
  readonly ok: boolean;
  /** One sentence for each image, in the order of the metadata. */
  readonly lines: readonly {
    readonly image: string;
    readonly tag: string;
    /** What was chosen. */
    readonly digest: string;
    /** What the tag names now, where that is another image. */
    readonly found?: string;
    /** When the two were built, in milliseconds since the epoch, where the tag was moved and the registry says so. */
    readonly built?: { readonly described: number | undefined; readonly found: number | undefined };
    /** The registry no longer has it. */
    readonly gone?: true;
    readonly ok: boolean;
    readonly text: string;
  }[];
}

/**
 * Asks the registry whether every tag still names the digest that was read, and whether the platforms that are asked
 * for are there. Faults of the registry are thrown.
 */
export async function verifyImages(
  { images }: Pick<ImageMetadata, "images">,
  registry: Registry,
  signal: AbortSignal,
): Promise<Verification> {
  const lines = await Promise.all(
    images.map(async ({ image, tag, digest, platforms }) => {
      try {
        const problem = await problemOf(registry, { image, tag, digest, platforms }, signal);
        const about = { image, tag, digest };
        if (problem === undefined) return { ...about, ok: true, text: "the registry has it as described" };
        return { ...about, ...problem, ok: false };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { image, tag, digest, ok: false, text: `cannot be checked: ${error.message}` };
      }
    }),
  );
  return { ok: lines.every(({ ok }) => ok), lines };
}

type Problem = Pick<Verification["lines"][number], "text" | "found" | "built" | "gone">;

async function problemOf(
  registry: Registry,
  { image, tag, digest, platforms }: ImageMetadata["images"][number],
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const now = await registry.digest(image, tag, signal);
  if (now === undefined) return { text: "is no longer in the registry", gone: true };
  if (now !== digest) {
    const [described, found] = await Promise.all([digest, now].map((one) => builtAt(registry, image, one, signal)));
    return { text: `is another image now: ${now}`, found: now, built: { described, found } };
  }
  const facts = await registry.facts(image, digest, signal);
  if (facts === undefined) return { text: "is not in the registry: its digest is gone", gone: true };
  const missing = lackingPlatforms(platforms, facts.platforms);
  return missing.length === 0 ? undefined : { text: `lacks ${missing.join(", ")}` };
}

/** What the registry does not say of one image does not matter beside that the tag was moved. */
async function builtAt(
  registry: Registry,
  image: string,
  digest: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const at = Date.parse((await registry.facts(image, digest, signal))?.created ?? "");
    return Number.isNaN(at) ? undefined : at;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UserError || (error instanceof Fault && error.kind !== "bug")) return undefined;
    throw error;
  }
}
