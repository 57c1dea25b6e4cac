import { UserError } from "../../model/errors.ts";
import type { ImageFacts, Registry } from "../../model/registry.ts";
import type { NamedImage } from "./reference.ts";

/** What is known about the named version. */
export interface KnownVersion {
  readonly facts: ImageFacts;
  /** Why it should not be taken, whatever a policy decides. */
  readonly objection?: string;
  /** About another tag or digest of the image. */
  factsOf(reference: string): Promise<ImageFacts | undefined>;
  /** Every tag of the image that is known. */
  tags(): Promise<readonly string[]>;
}

/** Asks the registry about a version. A `not-found` UserError when it has no such image. */
export async function askedVersion(
  { image, tag, digest }: NamedImage,
  registry: Registry,
  signal: AbortSignal,
): Promise<KnownVersion> {
  const [facts, now] = await Promise.all([
    registry.facts(image, digest === "" ? tag : digest, signal),
    digest === "" ? undefined : registry.digest(image, tag, signal),
  ]);
  if (facts === undefined || (digest !== "" && now === undefined)) {
    const name = facts === undefined && digest !== "" ? `${image}@${digest}` : `${image}:${tag}`;
    throw new UserError("not-found", `the registry has no ${name}`, {
      fix: "Push it first, or give --offline to write it without asking.",
    });
  }
  const other = now === undefined || now === digest ? undefined : `the registry has ${tag} with the digest ${now}`;
  return {
    facts,
    ...(other === undefined ? {} : { objection: other }),
    factsOf: (reference) => (reference === tag ? Promise.resolve(facts) : registry.facts(image, reference, signal)),
    tags: () => registry.tags(image, signal),
  };
}

/** What is known without a registry. */
export function unaskedVersion({ tag, digest }: NamedImage): KnownVersion {
  const facts = { digest, mediaType: "", platforms: [], created: undefined, labels: {} };
  return {
    facts,
    factsOf: (reference) => Promise.resolve(reference === tag ? facts : undefined),
    tags: () => Promise.resolve([tag]),
  };
}
