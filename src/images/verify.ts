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
        return { image, tag, ok: problem === undefined, text: problem ?? `still names ${digest}` };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { image, tag, ok: false, text: `cannot be checked: ${error.message}` };
      }
    }),
  );
  return { ok: lines.every(({ ok }) => ok), lines };
}

async function problemOf(
  registry: Registry,
  { image, tag, digest, platforms }: ImageMetadata["images"][number],
  signal: AbortSignal,
): Promise<string | undefined> {
  const now = await registry.digest(image, tag, signal);
  if (now === undefined) return "is no longer in the registry";
  if (now !== digest) return `names ${now} by now, and not ${digest}, which was chosen`;
  const facts = await registry.facts(image, digest, signal);
  if (facts === undefined) return `names ${digest}, which the registry does not have`;
  const missing = lackingPlatforms(platforms, facts.platforms);
  return missing.length === 0 ? undefined : `has no ${missing.join(", ")}`;
}
