import { z } from "zod";
import type { RegistrySettings } from "../model/registry.ts";

const host = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** Problems with the credentials: the ways to authenticate exclude each other. */
function credentials(settings: RegistrySettings): readonly string[] {
  const { username, password, token, identityToken } = settings;
  const ways = [username ?? password, token, identityToken].filter((way) => way !== undefined);
  const problems =
    ways.length > 1 ? ["has several credentials: keep username and password, or token, or identityToken"] : [];
  if ((username === undefined) !== (password === undefined)) problems.push("has only one of username and password");
  return problems;
}

/** Problems with the address. Its scheme decides whether Sluice uses http; `insecure` only allows it. */
function address(settings: RegistrySettings): readonly string[] {
  const plain = settings.address?.startsWith("http:") && settings.insecure !== true;
  return plain ? ["has an address over http, which needs insecure: true"] : [];
}

/**
 * An entry of `registries` in the server settings. `secret` reads a reference to a secret (an environment variable or a
 * file). The output is a `RegistrySettings`.
 */
export const registrySchema = (secret: z.ZodType<string, unknown>) =>
  z
    .strictObject({
      host: z
        .string()
        .toLowerCase()
        .regex(host, "must be a registry's host as in image names, without https:// and path")
        .meta({
          description:
            "The registry's host as in image names, with its port if it has one. `docker.io` for Docker Hub.",
          examples: ["ghcr.io", "registry.example.com:5000", "docker.io"],
        }),
      username: z
        .string()
        .min(1)
        .optional()
        .meta({
          description:
            "User name at the registry. GHCR accepts any name, with a classic personal access token (`read:packages`) as the password.",
          examples: ["robot$sluice"],
        }),
      password: secret.optional().meta({
        description: "Password or access token of the user.",
        examples: [{ file: "/run/secrets/registry-password" }],
      }),
      token: secret.optional().meta({
        description: "Bearer token for the registry, instead of username and password.",
        examples: [{ file: "/run/secrets/registry-token" }],
      }),
      identityToken: secret.optional().meta({
        description:
          "Refresh token for the registry's token service (OAuth 2), as `docker login` stores it, instead of username and password.",
        examples: [{ file: "/run/secrets/registry-identity-token" }],
      }),
      repositories: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .meta({
          description:
            "GitOps repositories (`owner/name`, with `*`) that may use images of this registry. Default: all. Anyone who can edit the configuration of one of them can learn the tags and labels that these credentials can read.",
          examples: [["acme/*"]],
        }),
      insecure: z
        .boolean()
        .optional()
        .meta({
          description: "Use http, for credentials too. Only for tests and closed networks.",
          examples: [true],
        }),
      private: z
        .boolean()
        .optional()
        .meta({
          description:
            "Allow private and loopback addresses for the registry, its token service and its redirects. Sluice refuses them otherwise.",
          examples: [true],
        }),
      address: z
        .url({ protocol: /^https?$/, error: "must be an http or https URL" })
        .optional()
        .meta({
          description:
            "Address to use instead of the host, for example a pull-through cache. Its path goes in front of every repository.",
          examples: ["https://mirror.example.com", "https://harbor.example.com/dockerhub"],
        }),
      requestsPerSecond: z
        .number()
        .positive()
        .max(1000)
        .optional()
        .meta({ description: "Maximum number of requests per second. Default: 20.", examples: [5] }),
      concurrency: z
        .int()
        .min(1)
        .max(64)
        .optional()
        .meta({ description: "Maximum number of requests at once. Default: 4.", examples: [2] }),
      caFile: z
        .string()
        .min(1)
        .optional()
        .meta({
          description:
            "PEM file with certificate authorities to trust for this registry, in addition to the usual ones.",
          examples: ["/etc/sluice/registry-ca.pem"],
        }),
    })
    .check((context) => {
      for (const message of [...credentials(context.value), ...address(context.value)]) {
        context.issues.push({ code: "custom", message, input: context.value.host });
      }
    });
