import { z } from "zod";
import { discardHidden, parseHidden, printHidden } from "../../change/hidden.ts";
import type { Seal } from "../../change/seal.ts";

const version = z.object({ image: z.string(), from: z.string(), to: z.string() }).readonly();

const record = z.object({
  /** See `unitsOf`. */
  unit: z.string(),
  /** The branch that it is merged into. */
  base: z.string(),
  /** The head that carries it. A record that is about another head was put back, or its branch was. */
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
    .array(
      z.object({
        app: z.string(),
        environment: z.string(),
        images: z.array(version).readonly(),
        digest: z.string(),
      }),
    )
    .readonly(),
  /** What it brought before, oldest first: `webapp 1.4.1`. */
  replaced: z.array(z.string()).readonly(),
});

/** What an image pull request is, in a form that parses back: hidden in its body and sealed. */
export type ImageRecord = Readonly<z.output<typeof record>>;

const KIND = "image";

/** The hidden line, for this branch alone. */
export function printImageRecord(value: ImageRecord, branch: string, seal: Seal): string {
  return printHidden(KIND, value, branch, seal);
}

/** The record in a body; `undefined` when there is none, or none that this App wrote for this branch. */
export function parseImageRecord(body: string, branch: string, seal: Seal): ImageRecord | undefined {
  const parsed = record.safeParse(parseHidden(KIND, body, branch, seal));
  return parsed.success ? parsed.data : undefined;
}

/** The body with its record marked as one that counts no longer: Sluice itself closed the pull request. */
export function discardImageRecord(body: string): string {
  return discardHidden(KIND, body);
}

/** Whether two records bring the same versions to the same targets. */
export function sameVersions(a: Pick<ImageRecord, "targets">, b: Pick<ImageRecord, "targets">): boolean {
  const text = ({ targets }: Pick<ImageRecord, "targets">) =>
    JSON.stringify(
      targets.map(({ app, environment, images }) => [app, environment, images.map(({ image, to }) => [image, to])]),
    );
  return text(a) === text(b);
}

/** Whether two records bring the same versions, and the same images under them: a tag that was moved is another image. */
export function sameBumps(
  a: Pick<ImageRecord, "images" | "targets">,
  b: Pick<ImageRecord, "images" | "targets">,
): boolean {
  const text = ({ images }: Pick<ImageRecord, "images">) => JSON.stringify(images);
  return sameVersions(a, b) && text(a) === text(b);
}
