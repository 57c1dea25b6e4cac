import { z } from "zod";
import { splitReference } from "../../model/pushed-image.ts";
import { canonicalImage } from "../../model/registry.ts";

/** What is looked for. */
export interface DeliveryQuery {
  /** As `canonicalImage` writes it. */
  readonly image: string | undefined;
  readonly tag: string | undefined;
  readonly limit: number;
  /** Only older ones, in milliseconds since the epoch. */
  readonly before: number | undefined;
}

/** Of deliveries on one page. */
export const mostOnPage = 100;

const usualOnPage = 20;

const text = z
  .string()
  .trim()
  .max(512, "must have at most 512 characters")
  .transform((value) => (value === "" ? undefined : value))
  .optional();

const schema = z
  .object({
    image: text,
    tag: text,
    limit: z.coerce
      .number(`must be a number from 1 to ${mostOnPage}`)
      .int(`must be a number from 1 to ${mostOnPage}`)
      .min(1, `must be a number from 1 to ${mostOnPage}`)
      .max(mostOnPage, `must be a number from 1 to ${mostOnPage}`)
      .default(usualOnPage),
    before: z.coerce.number("must be a time in milliseconds").int("must be a time in milliseconds").optional(),
  })
  .transform(({ image: given, tag, limit, before }) => {
    // People paste what they deploy: `nginx:1.27@sha256:…`.
    const said = given === undefined ? undefined : splitReference(given);
    const image = said === undefined || said.name === "" ? undefined : canonicalImage(said.name);
    return { image, tag: tag ?? said?.tag, limit, before };
  })
  .refine(({ image, tag }) => tag === undefined || image !== undefined, {
    path: ["tag"],
    message: "is looked for together with an image",
  });

/** Reads the query of an address, or says what is wrong with it. Empty fields count as absent, others than ours are let be. */
export function readQuery(
  given: Readonly<Record<string, string>>,
): { readonly ok: true; readonly query: DeliveryQuery } | { readonly ok: false; readonly error: string } {
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim() !== "")));
  if (parsed.success) return { ok: true, query: parsed.data };
  return {
    ok: false,
    error: parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; "),
  };
}

/** The query as the end of an address; empty when nothing is looked for. */
export function queryText(query: Partial<DeliveryQuery>): string {
  const { image, tag, limit, before } = query;
  const fields = Object.entries({
    image,
    tag,
    limit: limit === usualOnPage ? undefined : limit,
    before,
  }).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, `${value}`]]));
  return fields.length === 0 ? "" : `?${new URLSearchParams(fields)}`;
}
