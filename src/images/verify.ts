import { UserError } from "../model/errors.ts";
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
        return {
          ...about,
          ...(problem.found !== undefined && { found: problem.found }),
          ok: false,
          text: problem.text,
        };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { image, tag, digest, ok: false, text: `cannot be checked: ${error.message}` };
      }
    }),
  );
  return { ok: lines.every(({ ok }) => ok), lines };
}

async function problemOf(
  registry: Registry,
  { image, tag, digest, platforms }: ImageMetadata["images"][number],
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly found?: string } | undefined> {
  const now = await registry.digest(image, tag, signal);
  if (now === undefined) return { text: "is no longer in the registry" };
  if (now !== digest) return { text: `is another image now: ${now}`, found: now };
  const facts = await registry.facts(image, digest, signal);
  if (facts === undefined) return { text: "is not in the registry: its digest is gone" };
  const missing = lackingPlatforms(platforms, facts.platforms);
  return missing.length === 0 ? undefined : { text: `lacks ${missing.join(", ")}` };
}
