import { z } from "zod";
import { pushedImage, type ReportedPush, splitReference } from "../../model/pushed-image.ts";
import { imageAddress } from "../../model/registry.ts";
import type { Reading } from "./adapter.ts";
import { pushedReading } from "./read-pushes.ts";

const id = z.string().max(256).optional();
const image = z.strictObject({
  image: z.string().min(1).max(512),
  tag: z.string().optional(),
  digest: z.string().optional(),
});
const one = image.transform(checked);
const single = image.extend({ id }).transform(({ id: own, ...given }, context) => ({
  id: own,
  images: [checked(given, context)],
}));
const several = z.strictObject({ id, images: z.array(one).min(1).max(100) });

function checked(given: z.output<typeof image>, context: z.RefinementCtx): ReportedPush {
  const { name, ...inName } = splitReference(given.image);
  const said = { ...imageAddress(name), tag: given.tag ?? inName.tag, digest: given.digest ?? inName.digest };
  const problem = problemOf(said);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  return said;
}

function problemOf(said: ReportedPush): string | undefined {
  const pushed = pushedImage(said);
  if (pushed === undefined) return "image is not the name of an image";
  if (said.tag === undefined && said.digest === undefined) return "name a tag or a digest";
  if (said.tag !== pushed.tag) return "tag is not one that an image can have";
  if (said.digest !== pushed.digest) return "digest is not sha256: and 64 hexadecimal digits";
  return undefined;
}

/**
 * Reads Sluice's own format for pipelines: `{ "image": "ghcr.io/acme/web", "tag": "1.2.3", "digest": "sha256:…" }`, or
 * several of these in `images`. With an `id`, Sluice recognises a retry.
 */
export function readCiBody(body: unknown): Reading {
  const isList = typeof body === "object" && body !== null && "images" in body;
  const parsed = (isList ? several : single).safeParse(body);
  if (parsed.success) return pushedReading(parsed.data.id, parsed.data.images);
  return { kind: "malformed", reason: z.prettifyError(parsed.error) };
}
