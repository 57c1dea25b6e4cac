import { z } from "zod";
import { splitReference } from "../../model/pushed-image.ts";
import { canonicalImage } from "../../model/registry.ts";

/** What is looked for. */
export interface EventQuery {
  /** As `canonicalImage` writes it. */
  readonly image: string | undefined;
  readonly tag: string | undefined;
  readonly limit: number;
  /** Only older ones, in milliseconds since the epoch. */
  readonly before: number | undefined;
}

/** Of events on one page. */
const maxPageSize = 100;

const defaultPageSize = 20;

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
      .number(`must be a number from 1 to ${maxPageSize}`)
      .int(`must be a number from 1 to ${maxPageSize}`)
      .min(1, `must be a number from 1 to ${maxPageSize}`)
      .max(maxPageSize, `must be a number from 1 to ${maxPageSize}`)
      .default(defaultPageSize),
    before: z.coerce.number("must be a time in milliseconds").int("must be a time in milliseconds").optional(),
  })
  .transform(({ image: given, tag, limit, before }) => {
    // People paste what they deploy: `nginx:1.27@sha256:…`.
    const reference = given === undefined ? undefined : splitReference(given);
    const image = reference === undefined || reference.name === "" ? undefined : canonicalImage(reference.name);
    return { image, tag: tag ?? reference?.tag, limit, before };
  })
  .refine(({ image, tag }) => tag === undefined || image !== undefined, {
    path: ["tag"],
    message: "needs an image",
  });

/**
 * Reads the query of an address, or says what is wrong with it. Empty fields count as absent; unknown fields are
 * ignored.
 */
export function readQuery(
  given: Readonly<Record<string, string>>,
): { readonly ok: true; readonly query: EventQuery } | { readonly ok: false; readonly error: string } {
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim() !== "")));
  if (parsed.success) return { ok: true, query: parsed.data };
  return {
    ok: false,
    error: parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; "),
  };
}

/** The query as the end of an address; empty for a search without fields. */
export function queryText(query: Partial<EventQuery>): string {
  const { image, tag, limit, before } = query;
  const fields = Object.entries({
    image,
    tag,
    limit: limit === defaultPageSize ? undefined : limit,
    before,
  }).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, `${value}`]]));
  return fields.length === 0 ? "" : `?${new URLSearchParams(fields)}`;
}
