import { createPrivateKey } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { messageOf, UserError } from "./model/errors.ts";
import { emptyServerFile, readServerFile, type ServerFile } from "./settings/file.ts";
import { variables } from "./settings/variables.ts";

export { variables } from "./settings/variables.ts";

/** The store of the queue. */
export type StoreSettings =
  | { readonly kind: "redis"; readonly url: string }
  | { readonly kind: "postgres"; readonly url: string }
  | { readonly kind: "embedded" };

/** What a process does: receive webhooks, run jobs, or both. */
export type Role = "web" | "worker" | "all";

/** The operator's settings, from the environment and `sluice.server.yaml`. */
export interface ServerSettings extends ServerFile {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** Base URL of the REST API, without a slash at the end. */
  readonly githubApiUrl: string;
  /** Base URL of git over HTTP, without a slash at the end. */
  readonly githubUrl: string;
  /** Where this version's documentation can be read; texts on GitHub link to it. */
  readonly docsUrl?: string;
  readonly role: Role;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Folder of mirrors, the render cache and the embedded store. */
  readonly dataDir: string;
  /** How long the start waits for an embedded store that another process has, in milliseconds. */
  readonly dataDirWaitMs: number;
  readonly store: StoreSettings;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
  /** Jobs at once in this process. */
  readonly concurrency: number;
  /** Engine processes; `undefined` means one per core. */
  readonly engines: number | undefined;
  readonly previewForks: boolean;
  /** The file in which `docker login` stores credentials; it need not exist. */
  readonly dockerConfig?: string;
  /** Serves the metrics without a token; without it they are on `port`, for the administrator. 0: any free port. */
  readonly metricsPort?: number;
  /** A server without the kernel's lockdown renders all the same. */
  readonly allowUnlockedEngine: boolean;
  /** Opens the event log and the metrics. Without it nobody can. */
  readonly adminToken?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const url = (otherwise: string) =>
  z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .default(otherwise)
    .transform((text) => text.replace(/\/+$/, ""));

const placeholder =
  /^(development|dev|test|secret|password|change[-_ ]?me|placeholder|todo|x+|your[-_ ].*|<.*>|\.{3}|\*+)$/i;

/** A secret of at least 16 characters that is no placeholder; `otherwise` says what to do about a placeholder. */
const strong = (otherwise: string) =>
  z
    .string({ error: "is missing" })
    .refine((text) => !placeholder.test(text), `is a placeholder: ${otherwise}`)
    .refine((text) => placeholder.test(text) || text.length >= 16, "is too short: use at least 16 random characters");

function whole(min: number, max: number) {
  const error = ({ input }: { readonly input?: unknown }) =>
    `is "${String(input).slice(0, 40)}", not a whole number in ${min}–${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { error })
    .transform(Number)
    .pipe(z.number().min(min, { error }).max(max, { error }));
}

const schema = z.object({
  APP_ID: z.coerce.number({ error: "must be the App's numeric id" }).int().positive("must be the App's numeric id"),
  PRIVATE_KEY: z.string({ error: "is missing" }).transform(readKey),
  WEBHOOK_SECRET: strong("set the secret that the GitHub App has"),
  GITHUB_API_URL: url("https://api.github.com"),
  GITHUB_URL: url("https://github.com"),
  DOCS_URL: z.url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" }).optional(),
  ROLE: z.enum(["web", "worker", "all"], { error: "must be web, worker or all" }).default("all"),
  HOST: z.string().default("127.0.0.1"),
  PORT: whole(0, 65535).default(3000),
  DATA_DIR: z.string().default("data"),
  DATA_DIR_WAIT: whole(0, 3600).default(30),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: "must be a redis:// or rediss:// URL" }).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" }).optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  CONCURRENCY: whole(1, 64).default(4),
  ENGINES: whole(1, 64).optional(),
  METRICS_PORT: whole(0, 65535).optional(),
  ALLOW_UNLOCKED_ENGINE: z.enum(["true", "false"], { error: "must be true or false" }).default("false"),
  PREVIEW_FORKS: z.enum(["true", "false"], { error: "must be true or false" }).default("false"),
  ADMIN_TOKEN: strong("set one of your own, for example from openssl rand -hex 32").optional(),
  DOCKER_CONFIG: z.string().optional(),
  HOME: z.string().optional(),
});

const serverFile = "sluice.server.yaml";

/**
 * Reads the settings. `readFile` gives the text of the file in PRIVATE_KEY_PATH, of SLUICE_SERVER_FILE and of the files
 * with secrets that it names. Paths may be relative to the working directory. It throws if it cannot read the file,
 * with the code `ENOENT` if there is none. Throws one `usage` UserError that lists everything missing, malformed or
 * left at a placeholder, without quoting values.
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
    problems.push(`ROLE=${given.ROLE} needs a store that all processes can reach: set REDIS_URL or DATABASE_URL`);
  }
  const file = serverFileOf(environment, given.SLUICE_SERVER_FILE, readFile, problems);
  if (!parsed.success || problems.length > 0) {
    throw refusal(problems);
  }
  return settingsOf(parsed.data, file);
}

/** One problem is the error itself; several are a list. */
function refusal(problems: readonly string[]): UserError {
  const [only = "", ...more] = problems;
  const [message, these] =
    more.length === 0
      ? [only, "this"]
      : [`Sluice cannot start:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`, "these"];
  return new UserError("usage", message, {
    fix: `Set ${these} in the environment; docs/installation.md says where each comes from.`,
  });
}

/** The secrets in the settings, which must never be in a log. */
export function secretsOf(settings: ServerSettings): readonly string[] {
  const { privateKey, webhookSecret, adminToken, hooks, registries } = settings;
  const ofHooks = hooks.flatMap((hook) => [
    ...("secrets" in hook ? hook.secrets : []),
    ...("bodySecrets" in hook ? hook.bodySecrets : []),
  ]);
  const ofClusters = settings.clusters.flatMap(({ access }) => (access.kind === "token" ? [access.token] : []));
  const ofRegistries = registries.flatMap(({ password, token, identityToken }) => [password, token, identityToken]);
  const ofPrometheus = settings.prometheus.map(({ token }) => token);
  const ofSources = settings.sources.credentials.flatMap(({ password, token }) => [password, token]);
  const all = [
    privateKey,
    webhookSecret,
    adminToken,
    ...ofHooks,
    ...ofRegistries,
    ...ofClusters,
    ...ofPrometheus,
    ...ofSources,
  ];
  return all.flatMap((secret) => (secret === undefined || secret === "" ? [] : [secret]));
}

function serverFileOf(
  environment: Environment,
  named: string | undefined,
  readFile: (path: string) => string,
  problems: string[],
): ServerFile {
  const file = named ?? serverFile;
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const absent = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (named !== undefined || !absent) problems.push(`${file} cannot be read: ${messageOf(error)}`);
    return emptyServerFile;
  }
  const read = readServerFile(text, { environment, readFile, file });
  if (read.ok) return read.settings;
  problems.push(...read.problems.map((one) => `${one.file}:${one.line}:${one.column}: ${one.message}. ${one.fix}`));
  return emptyServerFile;
}

function settingsOf(values: z.output<typeof schema>, file: ServerFile): ServerSettings {
  const dockerFolder = values.DOCKER_CONFIG ?? (values.HOME === undefined ? undefined : join(values.HOME, ".docker"));
  return {
    ...file,
    ...(dockerFolder === undefined ? {} : { dockerConfig: join(dockerFolder, "config.json") }),
    ...(values.ADMIN_TOKEN === undefined ? {} : { adminToken: values.ADMIN_TOKEN }),
    ...(values.METRICS_PORT === undefined ? {} : { metricsPort: values.METRICS_PORT }),
    allowUnlockedEngine: values.ALLOW_UNLOCKED_ENGINE === "true",
    appId: values.APP_ID,
    privateKey: values.PRIVATE_KEY,
    webhookSecret: values.WEBHOOK_SECRET,
    githubApiUrl: values.GITHUB_API_URL,
    githubUrl: values.GITHUB_URL,
    ...(values.DOCS_URL === undefined ? {} : { docsUrl: values.DOCS_URL.replace(/\/+$/, "") }),
    role: values.ROLE,
    host: values.HOST,
    port: values.PORT,
    dataDir: values.DATA_DIR,
    dataDirWaitMs: values.DATA_DIR_WAIT * 1_000,
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
    context.addIssue("is not a private key: use the PEM file that you downloaded from GitHub");
  }
  return z.NEVER;
}

export { readServerFile } from "./settings/file.ts";
