import { z } from "zod";

/** A registry's host, as in image names. */
export const host = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/, "must be a host as in image names, without https://");

/** The name of a header. */
export const header = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9-]{1,64}$/, "must be the name of a header");

/** A list of patterns. */
export const texts = z.array(z.string().min(1).max(512)).max(100);

/** Names in the event log for events from GitHub and from Sluice itself. */
const reserved: readonly string[] = ["github", "poll", "replay"];

/** The keys of every receiver. */
export const base = {
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and hyphens, at most 63")
    .refine((name) => !reserved.includes(name), "is a name that Sluice uses itself")
    .meta({ description: "Name of the hook, which is at `/registry/<name>`.", examples: ["harbor", "ci"] }),
  images: texts.default([]).meta({
    description:
      "Images that the hook may report: patterns of their full names. `*` matches anything but a slash, `**` anything. Default: all.",
    examples: [["ghcr.io/acme/**"], ["docker.io/library/nginx"]],
  }),
  perMinute: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(3_000)
    .meta({ description: "Maximum number of events per minute, and at once.", examples: [600] }),
};

/** Replaces the host in events. */
export const overrideHost = host.optional().meta({
  description: "Replaces the host in the events, for example if the registry only knows its internal name.",
  examples: ["registry.example.com"],
});

/** The two keys of a shared secret. */
export function secretKeys(secret: z.ZodType<string, unknown>) {
  const long = secret.refine((text) => text.length >= 16, "is too short: use at least 16 random characters");
  return {
    secret: long.meta({ description: "Shared secret with the sender. At least 16 characters." }),
    previousSecret: long.optional().meta({
      description: "The previous secret, still accepted during rotation.",
    }),
  };
}

/** A secret that is part of an address. */
export function pathSecret(secret: z.ZodType<string, unknown>): z.ZodType<string, unknown> {
  return secret.refine(
    (text) => /^[A-Za-z0-9._~-]+$/.test(text),
    "may only contain letters, digits and . _ ~ -, because it is part of an address",
  );
}
