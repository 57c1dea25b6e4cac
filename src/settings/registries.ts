import { z } from "zod";
import type { RegistrySettings } from "../model/registry.ts";

const host = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/** Ways to prove who Sluice is that exclude each other. */
function credentials(settings: RegistrySettings): readonly string[] {
  const { username, password, token, identityToken } = settings;
  const ways = [username ?? password, token, identityToken].filter((way) => way !== undefined);
  const problems = ways.length > 1 ? ["give username and password, or token, or identityToken, not several"] : [];
  if ((username === undefined) !== (password === undefined)) problems.push("username and password belong together");
  return problems;
}

/** An address decides alone whether it is http; `insecure` only allows it. */
function address(settings: RegistrySettings): readonly string[] {
  const plain = settings.address?.startsWith("http:") && settings.insecure !== true;
  return plain ? ["an address over http needs insecure: true"] : [];
}

/**
 * One entry of `registries` in the server's settings. `secret` reads a secret (a reference to the environment or a file) into its text. What it gives is a `RegistrySettings`.
 */
export const registrySchema = (secret: z.ZodType<string, unknown>) =>
  z
    .strictObject({
      host: z
        .string()
        .toLowerCase()
        .regex(host, "must be a registry's host as in the names of images, without https:// and path")
        .meta({
          description:
            "The registry's host as in the names of its images, with the port where there is one; docker.io for Docker Hub.",
          examples: ["ghcr.io", "registry.example.com:5000", "docker.io"],
        }),
      username: z
        .string()
        .min(1)
        .optional()
        .meta({
          description:
            "Who Sluice is to the registry. GHCR takes any name with a classic personal access token (read:packages) as the password.",
          examples: ["robot$sluice"],
        }),
      password: secret.optional().meta({
        description: "The password or access token that goes with the username.",
        examples: [{ file: "/run/secrets/registry-password" }],
      }),
      token: secret.optional().meta({
        description: "A bearer token that the registry takes as it is, instead of username and password.",
        examples: [{ file: "/run/secrets/registry-token" }],
      }),
      identityToken: secret.optional().meta({
        description:
          "A refresh token for the registry's token service (OAuth 2), as docker login keeps it, instead of username and password.",
        examples: [{ file: "/run/secrets/registry-identity-token" }],
      }),
      repositories: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .meta({
          description:
            "The config repositories (owner/name, with *) that may ask for images of this registry; all unless said. What Sluice may read with these credentials, whoever writes such a repository's configuration learns tags and labels of.",
          examples: [["acme/*"]],
        }),
      insecure: z
        .boolean()
        .optional()
        .meta({
          description: "The registry is spoken to over http, credentials included. Only for tests and closed networks.",
          examples: [true],
        }),
      private: z
        .boolean()
        .optional()
        .meta({
          description:
            "The registry, its token service and what it redirects to may be at private and loopback addresses, which are refused otherwise.",
          examples: [true],
        }),
      address: z
        .url({ protocol: /^https?$/, error: "must be an http or https URL" })
        .optional()
        .meta({
          description:
            "Where the registry is asked instead of at its host, e.g. a pull-through cache. A path in it stands before every repository.",
          examples: ["https://mirror.example.com", "https://harbor.example.com/dockerhub"],
        }),
      requestsPerSecond: z
        .number()
        .positive()
        .max(1000)
        .optional()
        .meta({ description: "The most requests in a second. 20 unless said.", examples: [5] }),
      concurrency: z
        .int()
        .min(1)
        .max(64)
        .optional()
        .meta({ description: "The most requests at once. 4 unless said.", examples: [2] }),
      caFile: z
        .string()
        .min(1)
        .optional()
        .meta({
          description:
            "A PEM file with the certificate authorities to trust for this registry, besides the usual ones.",
          examples: ["/etc/sluice/registry-ca.pem"],
        }),
    })
    .check((context) => {
      for (const message of [...credentials(context.value), ...address(context.value)]) {
        context.issues.push({ code: "custom", message, input: context.value.host });
      }
    });
