import { z } from "zod";
import { metadataFormat, metadataOf, type OwnedPull } from "../../change/pull-request/metadata.ts";
import type { AppSigner } from "../../change/signature.ts";
import { proposalSchema } from "./proposal-metadata.ts";

const version = z.object({ image: z.string(), from: z.string(), to: z.string() }).readonly();

const schema = z.object({
  kind: z.enum(["promotion", "rollback"]),
  environment: z.string(),
  /** The environment that the version comes from; the same as `environment` for a rollback. */
  from: z.string(),
  /** What was asked for; `targets` are those of them that change. */
  apps: z.array(z.string()).readonly(),
  /** Where the versions were read. */
  commit: z.string(),
  /** The branch's head that carries them. Metadata about another head was put back, or its branch was. */
  head: z.string().optional(),
  /** The branch that it is merged into. */
  base: z.string(),
  /** Who asked last; absent when it opened by itself. */
  actor: z.string().optional(),
  /** The pull request on which it was asked for. */
  origin: z.number().optional(),
  /** Of a rollback that nobody asked for: what failed. */
  proposal: proposalSchema.optional(),
  /** The digests are of the target's render after and before; older metadata has no `before`. */
  targets: z
    .array(
      z.object({
        app: z.string(),
        images: z.array(version).readonly(),
        digest: z.string(),
        before: z.string().optional(),
      }),
    )
    .readonly(),
  /** Pull requests whose changes are included, newest first; a stored name. */
  carried: z.array(z.number()).readonly(),
  /** What this pull request carried before, oldest first. */
  replaced: z.array(z.object({ commit: z.string(), versions: z.string(), by: z.string().optional() })).readonly(),
});

/** What a promotion pull request is, in a form that parses back: signed, in a comment of its body. */
export type PromotionMetadata = Readonly<z.output<typeof schema>>;

/** How it stands in the body. */
export const promotionFormat = metadataFormat("promotion", schema, { compressed: true });

/** See `MetadataFormat`. */
export const { parse: parsePromotion, print: printPromotion } = promotionFormat;

/** What an open or closed promotion of Sluice carries; see `metadataOf`. */
export function promotionOf(pull: OwnedPull, signer: AppSigner): PromotionMetadata | undefined {
  return metadataOf(promotionFormat, pull, signer);
}

/** The id under which the merge of this pull request is in the history. */
export function mergedId(pullRequest: number): string {
  return `merged-${pullRequest}`;
}

/** Whether a pull request carries exactly these versions. */
export function sameVersions(before: PromotionMetadata, targets: PromotionMetadata["targets"]): boolean {
  const text = (list: PromotionMetadata["targets"]) =>
    JSON.stringify(list.map(({ app, images }) => [app, images.map(({ image, from, to }) => [image, from, to])]));
  return text(before.targets) === text(targets);
}

/** A render's digest as the metadata has it: short, for there may be hundreds. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 32);
}

/** Whether metadata is about this render. */
export function isDigest(stored: string | undefined, digest: string | undefined): boolean {
  return stored !== undefined && stored !== "" && digest?.startsWith(stored) === true;
}

/** Whether two promotions change the same renders into the same: what is approved is from this to that. */
export function sameRenders(before: PromotionMetadata, after: PromotionMetadata): boolean {
  const text = ({ targets }: PromotionMetadata) =>
    JSON.stringify(targets.map(({ app, digest, before: from }) => [app, from, digest]));
  const known = ({ targets }: PromotionMetadata) => targets.every((target) => target.before !== undefined);
  return known(before) && known(after) && text(before) === text(after);
}
