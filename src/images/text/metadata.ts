import { z } from "zod";
import { metadataFormat, metadataOf, type OwnedPull } from "../../change/pull-request/metadata.ts";
import type { AppSigner, Signer } from "../../change/signature.ts";
import { UserError } from "../../model/errors.ts";

const version = z.object({ image: z.string(), from: z.string(), to: z.string() }).readonly();

const schema = z.object({
  /** See `unitsOf`. */
  unit: z.string(),
  /** The branch that it is merged into. */
  base: z.string(),
  /** The head that carries it. Metadata about another head was put back, or its branch was. */
  head: z.string(),
  /** What is brought, one line for each image and version. */
  images: z
    .array(
      z.object({
        /** As the configuration writes it. */
        image: z.string(),
        tag: z.string(),
        digest: z.string(),
        platforms: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
  targets: z
    .array(z.object({ app: z.string(), environment: z.string(), images: z.array(version).readonly() }))
    .readonly(),
  /** What it brought before, oldest first: `webapp 1.4.1`. */
  replaced: z.array(z.string()).readonly(),
  /** Uses of the images in these targets that stay as they are. `half`: they have what is replaced elsewhere. */
  stays: z
    .array(z.object({ place: z.string(), at: z.string(), why: z.string(), fix: z.string(), half: z.boolean() }))
    .readonly()
    .default([]),
  /** How many places change; 0 where that was not counted. */
  places: z.number().default(0),
});

/** What an image pull request is, in a form that parses back: signed, in a comment of its body. */
export type ImageMetadata = Readonly<z.output<typeof schema>>;

/** How it stands in the body. Hundreds of targets get the same few versions, so it is compressed. */
export const imageFormat = metadataFormat("image", schema, { compressed: true });

/** See `MetadataFormat`. */
export const { parse: parseImageMetadata } = imageFormat;

/** What an image pull request of Sluice brings; see `metadataOf`. */
export function imageMetadataOf(pull: OwnedPull, signer: AppSigner): ImageMetadata | undefined {
  return metadataOf(imageFormat, pull, signer);
}

/** How long the comment may be: it leaves room in the 65,536 characters that GitHub takes. */
const maxLength = 45_000;

/** The comment, for this branch alone. More targets than fit into one are a `limit` UserError. */
export function printImageMetadata(metadata: ImageMetadata, branch: string, signer: Signer): string {
  const line = imageFormat.print(metadata, branch, signer);
  if (line.length <= maxLength) return line;
  throw new UserError("limit", `one pull request cannot carry ${metadata.targets.length} targets`, {
    fix: "write several entries of the image, each with its own `environments` and `apps`",
  });
}

type Targets = Pick<ImageMetadata, "targets">;

/** Whether two pull requests bring the same versions to the same targets, in whatever order. */
export function sameVersions(a: Targets, b: Targets): boolean {
  return isWithin(a, b) && isWithin(b, a);
}

/** Whether all that `some` brings, to each of its targets, is among what `all` brings. */
export function isWithin(some: Targets, all: Targets): boolean {
  const there = new Set(lines(all));
  return lines(some).every((line) => there.has(line));
}

/** One text for each version that comes to a target. */
function lines({ targets }: Targets): readonly string[] {
  return targets.flatMap(({ app, environment, images }) =>
    images.map(({ image, to }) => JSON.stringify([app, environment, image, to])),
  );
}

/**
 * Whether two pull requests bring the same versions, and the same images under them: a tag that was moved is another
 * image.
 */
export function sameBumps(
  a: Pick<ImageMetadata, "images" | "targets">,
  b: Pick<ImageMetadata, "images" | "targets">,
): boolean {
  const text = ({ images }: Pick<ImageMetadata, "images">) =>
    images
      .map(({ image, tag, digest, platforms }) => JSON.stringify([image, tag, digest, platforms.toSorted()]))
      .toSorted()
      .join("\n");
  return sameVersions(a, b) && text(a) === text(b);
}
