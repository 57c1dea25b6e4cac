import { createPrivateKey } from "node:crypto";
import { z } from "zod";
import { messageOf, UserError } from "./model/errors.ts";

/** Where jobs are kept. */
export type StoreSettings =
  | { readonly kind: "redis"; readonly url: string }
  | { readonly kind: "postgres"; readonly url: string }
  | { readonly kind: "embedded" };

/** What a process does: take webhooks, run jobs, or both. */
export type Role = "web" | "worker" | "all";

/** What the operator decides, from the environment. */
export interface ServerSettings {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** Base URL of the REST API, without trailing slash. */
  readonly githubApiUrl: string;
  /** Base URL of git over HTTP, without trailing slash. */
  readonly githubUrl: string;
  readonly role: Role;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Mirrors, the render cache and the embedded store live here. */
  readonly dataDir: string;
  readonly store: StoreSettings;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
  /** Jobs at once in this process. */
  readonly concurrency: number;
  /** Engine processes; `undefined` means one per core. */
  readonly engines: number | undefined;
  readonly previewForks: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** One environment variable as `sluice doctor` and the documentation name it. */
export interface Variable {
  readonly name: string;
  readonly required: boolean;
  readonly secret: boolean;
  readonly description: string;
}

/** Every environment variable that the server reads. */
export const variables: readonly Variable[] = [
  { name: "APP_ID", required: true, secret: false, description: "the GitHub App's id" },
  {
    name: "PRIVATE_KEY",
    required: true,
    secret: true,
    description: "the App's private key: PEM, PEM with \\n, or base64 of PEM; or PRIVATE_KEY_PATH",
  },
  {
    name: "PRIVATE_KEY_PATH",
    required: false,
    secret: false,
    description: "a file with the private key, instead of PRIVATE_KEY",
  },
  {
    name: "WEBHOOK_SECRET",
    required: true,
    secret: true,
    description: "the App's webhook secret, at least 16 characters",
  },
  { name: "GITHUB_API_URL", required: false, secret: false, description: "REST API, default https://api.github.com" },
  { name: "GITHUB_URL", required: false, secret: false, description: "git over HTTP, default https://github.com" },
  { name: "ROLE", required: false, secret: false, description: "web, worker or all (default)" },
  { name: "HOST", required: false, secret: false, description: "address to listen on, default 127.0.0.1" },
  { name: "PORT", required: false, secret: false, description: "port to listen on, default 3000" },
  {
    name: "DATA_DIR",
    required: false,
    secret: false,
    description: "mirrors, render cache, embedded store; default ./data",
  },
  { name: "REDIS_URL", required: false, secret: true, description: "Redis for the queue" },
  {
    name: "DATABASE_URL",
    required: false,
    secret: true,
    description: "PostgreSQL for the queue, when there is no REDIS_URL",
  },
  {
    name: "LOG_LEVEL",
    required: false,
    secret: false,
    description: "debug, info (default), warn, error or silent",
  },
  { name: "CONCURRENCY", required: false, secret: false, description: "jobs at once, default 4" },
  { name: "ENGINES", required: false, secret: false, description: "engine processes, default one per core" },
  { name: "PREVIEW_FORKS", required: false, secret: false, description: "true renders pull requests from forks too" },
];

const url = (otherwise: string) =>
  z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .default(otherwise)
    .transform((text) => text.replace(/\/+$/, ""));

const placeholder =
  /^(development|dev|test|secret|password|change[-_ ]?me|placeholder|todo|x+|your[-_ ].*|<.*>|\.{3}|\*+)$/i;

const schema = z.object({
  APP_ID: z.coerce.number({ error: "must be the App's numeric id" }).int().positive("must be the App's numeric id"),
  PRIVATE_KEY: z.string({ error: "is missing" }).transform(readKey),
  WEBHOOK_SECRET: z
    .string({ error: "is missing" })
    .refine((text) => !placeholder.test(text), "is a placeholder: set the secret that the GitHub App has")
    .refine((text) => placeholder.test(text) || text.length >= 16, "is too short: use at least 16 random characters"),
  GITHUB_API_URL: url("https://api.github.com"),
  GITHUB_URL: url("https://github.com"),
  ROLE: z.enum(["web", "worker", "all"], { error: "must be web, worker or all" }).default("all"),
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  DATA_DIR: z.string().default("data"),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: "must be a redis:// or rediss:// URL" }).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" }).optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  CONCURRENCY: z.coerce.number().int().min(1).max(64).default(4),
  ENGINES: z.coerce.number().int().min(1).max(64).optional(),
  PREVIEW_FORKS: z.enum(["true", "false"], { error: "must be true or false" }).default("false"),
});

/**
 * Reads the settings. `readFile` gives the text of the file that PRIVATE_KEY_PATH names. Throws one `usage` UserError that lists everything missing, malformed or left at a
 * placeholder; values are never quoted.
 */
export function readSettings(environment: Environment, readFile: (path: string) => string): ServerSettings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const problems: string[] = [];
  const withKey = { ...given, ...privateKeyFile(given, readFile, problems) };
  const parsed = schema.safeParse(withKey);
  if (!parsed.success)
    problems.push(...parsed.error.issues.map((issue) => sentence(String(issue.path[0]), issue.message, given)));
  const embedded = given.REDIS_URL === undefined && given.DATABASE_URL === undefined;
  if (embedded && ["web", "worker"].includes(given.ROLE ?? "")) {
    problems.push(`ROLE=${given.ROLE} needs a store that both processes reach: set REDIS_URL or DATABASE_URL`);
  }
  if (!parsed.success || problems.length > 0) {
    throw new UserError("usage", `Sluice cannot start:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`, {
      fix: "Set these in the environment; docs/installation.md says where each comes from.",
    });
  }
  return settingsOf(parsed.data);
}

function settingsOf(values: z.output<typeof schema>): ServerSettings {
  return {
    appId: values.APP_ID,
    privateKey: values.PRIVATE_KEY,
    webhookSecret: values.WEBHOOK_SECRET,
    githubApiUrl: values.GITHUB_API_URL,
    githubUrl: values.GITHUB_URL,
    role: values.ROLE,
    host: values.HOST,
    port: values.PORT,
    dataDir: values.DATA_DIR,
    store: storeOf(values.REDIS_URL, values.DATABASE_URL),
    logLevel: values.LOG_LEVEL,
    concurrency: values.CONCURRENCY,
    engines: values.ENGINES,
    previewForks: values.PREVIEW_FORKS === "true",
  };
}

function storeOf(redis: string | undefined, postgres: string | undefined): StoreSettings {
  if (redis !== undefined) return { kind: "redis", url: redis };
  return postgres === undefined ? { kind: "embedded" } : { kind: "postgres", url: postgres };
}

function sentence(name: string, message: string, given: Environment): string {
  const about = variables.find((variable) => variable.name === name)?.description ?? "";
  return given[name] === undefined && name !== "PRIVATE_KEY" ? `${name} is missing (${about})` : `${name} ${message}`;
}

function privateKeyFile(
  given: Environment,
  readFile: (path: string) => string,
  problems: string[],
): { readonly PRIVATE_KEY?: string } {
  const path = given.PRIVATE_KEY_PATH;
  if (path === undefined || given.PRIVATE_KEY !== undefined) return {};
  try {
    return { PRIVATE_KEY: readFile(path) };
  } catch (error) {
    problems.push(`PRIVATE_KEY_PATH: ${messageOf(error)}`);
    return {};
  }
}

/** The PEM text of a key given as PEM, as PEM with escaped newlines, or as base64 of PEM. */
function readKey(text: string, context: z.RefinementCtx): string {
  const plain = text.trim().replaceAll("\\n", "\n");
  const pem = plain.includes("-----BEGIN") ? plain : Buffer.from(plain, "base64").toString();
  try {
    if (createPrivateKey(pem).asymmetricKeyType === "rsa") return pem;
    context.addIssue("is not an RSA key: GitHub Apps have RSA keys");
  } catch {
    context.addIssue("is not a private key: give the PEM that GitHub let you download");
  }
  return z.NEVER;
}
