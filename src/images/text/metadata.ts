import { deflateRawSync, inflateRawSync } from "node:zlib";
import { z } from "zod";
import { discardMetadataComment, parseMetadataComment, printMetadataComment } from "../../change/metadata-comment.ts";
import type { Signer } from "../../change/signature.ts";
import { UserError } from "../../model/errors.ts";

const version = z.object({ image: z.string(), from: z.string(), to: z.string() }).readonly();

const metadata = z.object({
  /** See `unitsOf`. */
  unit: z.string(),
  /** The branch that it is merged into. */
  base: z.string(),
  /** The head that carries it. A metadata that is about another head was put back, or its branch was. */
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
});

/** What an image pull request is, in a form that parses back: hidden in its body and sealed. */
export type ImageMetadata = Readonly<z.output<typeof metadata>>;

const KIND = "image";

/** Hundreds of targets get the same few versions, so it is written compressed. */
const written = z.object({ deflated: z.base64() });

/** How long a hidden line may be without leaving too little of the 65,536 characters that GitHub takes, and how long what it says. */
const longest = 45_000;
const longestText = 16 * 1024 * 1024;

/** The hidden line, for this branch alone. More targets than fit into one are a `limit` UserError. */
export function printImages(value: ImageMetadata, branch: string, signer: Signer): string {
  const deflated = deflateRawSync(JSON.stringify(value)).toString("base64");
  const line = printMetadataComment(KIND, { deflated }, branch, signer);
  if (line.length <= longest) return line;
  throw new UserError("limit", `one pull request cannot carry ${value.targets.length} targets`, {
    fix: "write several entries of the image, each with its own `environments` and `apps`",
  });
}

/** The metadata in a body; `undefined` when there is none, or none that this App wrote for this branch. */
export function parseImages(body: string, branch: string, signer: Signer): ImageMetadata | undefined {
  const hidden = written.safeParse(parseMetadataComment(KIND, body, branch, signer));
  if (!hidden.success) return undefined;
  const text = inflateRawSync(Buffer.from(hidden.data.deflated, "base64"), { maxOutputLength: longestText });
  const parsed = metadata.safeParse(JSON.parse(text.toString("utf8")));
  return parsed.success ? parsed.data : undefined;
}

/** The body with its metadata marked as one that counts no longer: Sluice itself closed the pull request. */
export function discardImages(body: string): string {
  return discardMetadataComment(KIND, body);
}

type Targets = Pick<ImageMetadata, "targets">;

/** Whether two records bring the same versions to the same targets, in whatever order. */
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

/** Whether two records bring the same versions, and the same images under them: a tag that was moved is another image. */
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
