import { z } from "zod";
import type { SourceSettings } from "../model/source-settings.ts";

const hostPattern =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

const host = z
  .string()
  .toLowerCase()
  .regex(hostPattern, "must be a host, with its port if it has one, without https:// and path");

const mebibytes = (most: number) => z.int().min(1).max(most).optional();
const bytes = 1024 * 1024;

const limits = z
  .strictObject({
    downloadMiB: mebibytes(2048).meta({
      description: "Largest chart, artifact, index or file. Default: 64.",
      examples: [128],
    }),
    gitMiB: mebibytes(16_384).meta({
      description: "Largest commit of a Git repository, as it is sent. Default: 512.",
      examples: [1024],
    }),
    unpackedMiB: mebibytes(4096).meta({
      description: "Largest archive once it is unpacked. Default: 256.",
      examples: [512],
    }),
    files: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .meta({
        description: "Most files of an archive. Default: 20000.",
        examples: [50_000],
      }),
    seconds: z
      .int()
      .min(1)
      .max(3600)
      .optional()
      .meta({
        description: "Longest time for one source. Default: 300.",
        examples: [600],
      }),
    storeMiB: mebibytes(1_048_576).meta({
      description: "Room on disk for everything that is kept. What was used least recently goes first. Default: 4096.",
      examples: [10_240],
    }),
  })
  .transform(({ downloadMiB, gitMiB, unpackedMiB, files, seconds, storeMiB }) => ({
    downloadBytes: times(downloadMiB, bytes),
    gitBytes: times(gitMiB, bytes),
    unpackedBytes: times(unpackedMiB, bytes),
    files,
    deadlineMs: times(seconds, 1000),
    storeBytes: times(storeMiB, bytes),
  }));

function times(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

const credentialsOf = (secret: z.ZodType<string, unknown>) =>
  z
    .strictObject({
      host: host.meta({
        description: "The only host that gets them, with its port if it has one.",
        examples: ["charts.example.com", "github.com"],
      }),
      username: z
        .string()
        .min(1)
        .optional()
        .meta({ description: "User name.", examples: ["robot"] }),
      password: secret.optional().meta({
        description: "Password or access token of the user.",
        examples: [{ file: "/run/secrets/charts-password" }],
      }),
      token: secret.optional().meta({
        description: "Bearer token, instead of username and password.",
        examples: ["$" + "{CHARTS_TOKEN}"],
      }),
    })
    .check((context) => {
      const { username, password, token } = context.value;
      const pair = username !== undefined && password !== undefined;
      const half = (username === undefined) !== (password === undefined);
      if (!half && pair !== (token !== undefined)) return;
      const message = "needs username and password, or token, and not both";
      context.issues.push({ code: "custom", message, input: context.value.host });
    });

const mirror = z
  .strictObject({
    host: host.meta({ description: "The host as repositories name it.", examples: ["charts.example.com"] }),
    address: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).meta({
      description: "Address to use instead; its path goes in front of every path. It may be at a private address.",
      examples: ["https://mirror.example.com/charts"],
    }),
    insecure: z
      .boolean()
      .optional()
      .meta({
        description: "Allow an address over http. Only for tests and closed networks.",
        examples: [true],
      }),
  })
  .check((context) => {
    const { address, insecure } = context.value;
    if (!address.startsWith("http:") || insecure === true) return;
    const message = "has an address over http, which needs insecure: true";
    context.issues.push({ code: "custom", message, input: context.value.host });
  });

/** `sources` of the server settings. `secret` reads a reference to a secret. */
export function sourcesSchema(secret: z.ZodType<string, unknown>): z.ZodType<SourceSettings, unknown> {
  return z.strictObject({
    allow: z
      .array(
        z.string().regex(/^[A-Za-z0-9*.[\]:-]+(?:\/\S*)?$/, "must be host/path without https://, in which * may stand"),
      )
      .default([])
      .meta({
        description:
          "Addresses (`host/path`) that may be fetched from although the base branch does not use them. `*` matches anything but a slash, `**` anything.",
        examples: [["github.com/acme/**", "charts.example.com/**"]],
      }),
    private: z
      .array(host)
      .default([])
      .meta({
        description: "Hosts that may be at private or loopback addresses. Sluice refuses those otherwise.",
        examples: [["git.internal.example.com"]],
      }),
    credentials: z.array(credentialsOf(secret)).default([]).meta({
      description:
        "Credentials for Git, Helm repositories and files, each for one host. Registries have theirs under `registries`.",
    }),
    mirrors: z.array(mirror).default([]).meta({ description: "Hosts that are asked at another address." }),
    ca: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: "PEM file with certificate authorities to trust in addition to the usual ones.",
        examples: ["/etc/sluice/ca.pem"],
      }),
    limits: limits.optional().meta({ description: "How much is taken." }),
  });
}
