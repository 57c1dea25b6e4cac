import { z } from "zod";
import type { PrometheusSettings } from "../model/prometheus.ts";

/** An entry of `prometheus` in the server settings. `secret` reads a reference to a secret. */
export function prometheusSchema(secret: z.ZodType<string, unknown>): z.ZodType<PrometheusSettings, unknown> {
  return z.strictObject({
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
        "must be letters, digits, dots and dashes, at most 63",
      )
      .meta({
        description: "Name, as `rollback.verify.queries[].prometheus` in `.sluice.yaml`.",
        examples: ["main"],
      }),
    url: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).meta({
      description: "Address, without `/api/v1`. It may be at a private address: the operator alone chooses it.",
      examples: ["https://prometheus.example.com"],
    }),
    token: secret.optional().meta({
      description: "Bearer token. Redirects are not followed.",
      examples: ["$" + "{PROMETHEUS_TOKEN}"],
    }),
    repositories: z
      .array(
        z.string().regex(/^[A-Za-z0-9*][A-Za-z0-9*-]*\/[A-Za-z0-9._*-]+$/, "must be owner/name, in which * may stand"),
      )
      .min(1)
      .meta({
        description:
          "GitOps repositories (`owner/name`, with `*`) that may ask it. Who may write to one can learn any value that it has.",
        examples: [["acme/shop"]],
      }),
  });
}
