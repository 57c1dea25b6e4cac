import { z } from "zod";
import type { HookSettings } from "../model/hooks.ts";
import { base, header, host, overrideHost, pathSecret, secretKeys, texts } from "./hook-parts.ts";

const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";
const GOOGLE_KEYS = "https://www.googleapis.com/oauth2/v3/certs";

function entrySchema(secret: z.ZodType<string, unknown>) {
  const keys = secretKeys(secret);
  const inPath = secretKeys(pathSecret(secret));
  return z.discriminatedUnion("kind", [
    z.strictObject({ ...base, ...inPath, kind: z.literal("dockerhub") }),
    z
      .strictObject({
        ...base,
        kind: z.literal("quay"),
        secret: inPath.secret.optional(),
        previousSecret: inPath.previousSecret,
        bodySecret: keys.secret
          .optional()
          .meta({ description: "Value of the field `secret` in the notification's template." }),
      })
      .refine(({ secret: one, bodySecret: other }) => one !== undefined || other !== undefined, {
        path: ["secret"],
        error: "is missing: set secret, bodySecret or both",
      }),
    z.strictObject({
      ...base,
      ...keys,
      kind: z.enum(["harbor", "ecr", "acr", "distribution", "gitlab", "cloudevents"]),
      header: header.default("authorization").meta({
        description: "Header with the secret: plain, after `Bearer`, or as the password of `Basic`.",
        examples: ["x-api-key"],
      }),
      host: overrideHost,
    }),
    z.strictObject({
      ...base,
      ...inPath,
      kind: z.literal("eventgrid"),
      header: header.default("authorization").meta({
        description: "Header with the secret, if it is not in the address.",
        examples: ["x-sluice-secret"],
      }),
    }),
    z.strictObject({
      ...base,
      ...keys,
      kind: z.literal("hmac"),
      header: header.default("x-signature").meta({
        description: "Header with the signature: `sha256=` and 64 hexadecimal digits.",
        examples: ["x-hub-signature-256"],
      }),
    }),
    z.strictObject({
      ...base,
      ...keys,
      kind: z.literal("jfrog"),
      signed: z.boolean().default(true).meta({
        description: "`true`: the webhook signs the payload with the secret. `false`: it sends the secret itself.",
      }),
      host: overrideHost,
      repository: z
        .string()
        .max(255)
        .optional()
        .meta({
          description:
            "Replaces the repository's key, for example with the key of the virtual repository that images are pulled from. Empty if image names have no key.",
          examples: ["docker", ""],
        }),
    }),
    z.strictObject({
      ...base,
      ...keys,
      kind: z.literal("nexus"),
      host: host.meta({
        description: "Host that images are pulled from. Nexus does not send it.",
        examples: ["docker.example.com"],
      }),
      repository: z
        .string()
        .min(1)
        .max(255)
        .optional()
        .meta({
          description: "The repository's name, if it is part of image names.",
          examples: ["docker-hosted"],
        }),
    }),
    z.strictObject({
      ...base,
      kind: z.literal("gar"),
      audience: z
        .string()
        .min(1)
        .meta({
          description: "Audience of the push subscription's token.",
          examples: ["https://sluice.example.com/registry/gar"],
        }),
      email: z.email({ error: "must be the e-mail address of a service account" }).meta({
        description: "Service account that the push subscription authenticates as.",
        examples: ["sluice-push@my-project.iam.gserviceaccount.com"],
      }),
    }),
    z.strictObject({
      ...base,
      kind: z.literal("github-actions"),
      audience: z
        .string()
        .min(1)
        .meta({
          description: "Audience of the token that workflows request. Give each Sluice its own.",
          examples: ["https://sluice.example.com"],
        }),
      repositories: texts.min(1).meta({
        description: "Repositories whose workflows may send: patterns of `owner/name`.",
        examples: [["acme/webapp", "acme/service-*"]],
      }),
      refs: texts.default([]).meta({
        description: "Branches and tags that may send. Default: all.",
        examples: [["refs/heads/main", "refs/tags/**"]],
      }),
      environments: texts.default([]).meta({
        description: "Deployment environments: the job must run in one of them. Default: no restriction.",
        examples: [["release"]],
      }),
      workflows: texts.default([]).meta({
        description: "Workflows that may send: patterns of `owner/name/.github/workflows/file.yml@ref`. Default: all.",
        examples: [["acme/ci/.github/workflows/publish.yml@refs/heads/main"]],
      }),
      issuer: z
        .url({ protocol: /^https$/, error: "must be an https URL" })
        .default(GITHUB_ISSUER)
        .transform((text) => text.replace(/\/+$/, ""))
        .meta({
          description: "Issuer of the tokens. GitHub Enterprise Server: `https://<its host>/_services/token`.",
          examples: ["https://github.example.com/_services/token"],
        }),
    }),
  ]);
}

type Entry = z.output<ReturnType<typeof entrySchema>>;

/**
 * An entry of `hooks` in the server settings: a receiver of events from registries. `secret` reads a reference to a
 * secret (an environment variable or a file). The output is a `HookSettings`.
 */
export function hookSchema(secret: z.ZodType<string, unknown>) {
  return entrySchema(secret).transform(settingsOf);
}

function settingsOf(entry: Entry): HookSettings {
  const { name, images, perMinute } = entry;
  const common = { name, images, perMinute };
  switch (entry.kind) {
    case "dockerhub":
      return { ...common, kind: entry.kind, secrets: both(entry.secret, entry.previousSecret) };
    case "quay":
      return {
        ...common,
        kind: entry.kind,
        secrets: both(entry.secret, entry.previousSecret),
        bodySecrets: both(entry.bodySecret),
      };
    case "harbor":
    case "ecr":
    case "acr":
    case "distribution":
    case "gitlab":
    case "cloudevents": {
      const { kind, header: name, host: given } = entry;
      return {
        ...common,
        kind,
        secrets: both(entry.secret, entry.previousSecret),
        header: name,
        ...(given !== undefined && { host: given }),
      };
    }
    case "eventgrid":
    case "hmac":
      return { ...common, kind: entry.kind, secrets: both(entry.secret, entry.previousSecret), header: entry.header };
    case "jfrog": {
      const { kind, signed, host: given, repository } = entry;
      const secrets = both(entry.secret, entry.previousSecret);
      return {
        ...common,
        kind,
        signed,
        secrets,
        ...(given !== undefined && { host: given }),
        ...(repository !== undefined && { repository }),
      };
    }
    case "nexus": {
      const { kind, host: given, repository } = entry;
      const secrets = both(entry.secret, entry.previousSecret);
      return { ...common, kind, host: given, secrets, ...(repository !== undefined && { repository }) };
    }
    case "gar": {
      const { kind, audience, email } = entry;
      return { ...common, kind, audience, email, jwksUrl: GOOGLE_KEYS };
    }
    case "github-actions": {
      const { kind, issuer, audience, repositories, refs, environments, workflows } = entry;
      return { ...common, kind, issuer, audience, repositories, refs, environments, workflows };
    }
    default:
      return entry satisfies never;
  }
}

function both(...secrets: readonly (string | undefined)[]): readonly string[] {
  return secrets.filter((secret) => secret !== undefined);
}
