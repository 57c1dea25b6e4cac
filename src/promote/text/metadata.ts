import { z } from "zod";
import { discardMetadataComment, parseMetadataComment, printMetadataComment } from "../../change/metadata-comment.ts";
import type { Signer } from "../../change/signature.ts";

const version = z.object({ image: z.string(), from: z.string(), to: z.string() }).readonly();

const metadata = z.object({
  kind: z.enum(["promotion", "rollback"]),
  environment: z.string(),
  /** The environment that the version comes from; the same as `environment` for a rollback. */
  from: z.string(),
  /** What was asked for; `targets` are those of them that change. */
  apps: z.array(z.string()).readonly(),
  /** Where the versions were read. */
  commit: z.string(),
  /** The branch's head that carries them. A metadata that is about another head was put back, or its branch was. */
  head: z.string().optional(),
  /** The branch that it is merged into. */
  base: z.string(),
  /** Who asked last; absent when it opened by itself. */
  actor: z.string().optional(),
  /** The pull request on which it was asked for. */
  origin: z.number().optional(),
  targets: z.array(z.object({ app: z.string(), images: z.array(version).readonly(), digest: z.string() })).readonly(),
  /** Pull requests whose changes are carried, newest first. */
  carried: z.array(z.number()).readonly(),
  /** What this pull request carried before, oldest first. */
  replaced: z.array(z.object({ commit: z.string(), versions: z.string(), by: z.string().optional() })).readonly(),
});

/** What a promotion pull request is, in a form that parses back: hidden in its body and sealed. */
export type PromotionMetadata = Readonly<z.output<typeof metadata>>;

const KIND = "promotion";

/** The hidden line. `branch` is sealed with it, so that a metadata cannot be moved to another pull request. */
export function printPromotion(value: PromotionMetadata, branch: string, signer: Signer): string {
  return printMetadataComment(KIND, value, branch, signer);
}

/** The metadata in a body; `undefined` when there is none, or none that this App wrote for this branch. */
export function parsePromotion(body: string, branch: string, signer: Signer): PromotionMetadata | undefined {
  const parsed = metadata.safeParse(parseMetadataComment(KIND, body, branch, signer));
  return parsed.success ? parsed.data : undefined;
}

/** The body with its metadata marked as one that counts no longer. */
export function discardPromotion(body: string): string {
  return discardMetadataComment(KIND, body);
}

/** The id under which the merge of this pull request is in the history. */
export function mergedId(pullRequest: number): string {
  return `merged-${pullRequest}`;
}

/** Whether a metadata carries exactly these versions. */
export function sameVersions(before: PromotionMetadata, targets: PromotionMetadata["targets"]): boolean {
  const text = (list: PromotionMetadata["targets"]) =>
    JSON.stringify(list.map(({ app, images }) => [app, images.map(({ image, from, to }) => [image, from, to])]));
  return text(before.targets) === text(targets);
}

/** Whether two records lead to the same renders. */
export function sameRenders(before: PromotionMetadata, after: PromotionMetadata): boolean {
  const text = ({ targets }: PromotionMetadata) => JSON.stringify(targets.map(({ app, digest }) => [app, digest]));
  return text(before) === text(after);
}
