import { z } from "zod";

/** A registry's host as in the names of images. */
export const host = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/, "must be a host as in the names of images, without https://");

/** The name of a header. */
export const header = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9-]{1,64}$/, "must be the name of a header");

/** A list of patterns. */
export const texts = z.array(z.string().min(1).max(512)).max(100);

/** What events of GitHub and of Sluice itself are logged under. */
const reserved: readonly string[] = ["github", "poll", "replay"];

/** What every receiver has. */
export const base = {
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and hyphens, at most 63")
    .refine((name) => !reserved.includes(name), "is a name that Sluice uses itself")
    .meta({ description: "Where it stands: `/registry/<name>`.", examples: ["harbor", "ci"] }),
  images: texts.default([]).meta({
    description:
      "The images that it may speak of, by patterns of their full names: `*` is anything but a slash, `**` anything. All unless said.",
    examples: [["ghcr.io/acme/**"], ["docker.io/library/nginx"]],
  }),
  perMinute: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(3_000)
    .meta({ description: "The most events in a minute, and at once. 3,000 unless said.", examples: [600] }),
};

/** Another host than the one that events tell. */
export const overrideHost = host.optional().meta({
  description:
    "Stands in place of the host that the events tell, e.g. where a registry knows itself by an internal name.",
  examples: ["registry.example.com"],
});

/** The two keys of a shared secret. */
export function secretKeys(secret: z.ZodType<string, unknown>) {
  const long = secret.refine((text) => text.length >= 16, "is too short: use at least 16 random characters");
  return {
    secret: long.meta({ description: "What the sender proves itself with. At least 16 characters." }),
    previousSecret: long.optional().meta({
      description: "The secret before, which is taken as well while it is exchanged at the sender.",
    }),
  };
}

/** A secret that is part of an address. */
export function pathSecret(secret: z.ZodType<string, unknown>): z.ZodType<string, unknown> {
  return secret.refine(
    (text) => /^[A-Za-z0-9._~-]+$/.test(text),
    "may have only letters, digits and . _ ~ - in it, since it is part of an address",
  );
}
