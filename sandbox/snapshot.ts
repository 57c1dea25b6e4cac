import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { AppRegistration, State } from "./state.ts";
import type { AppOptions, LocalGitHubOptions } from "./types.ts";
import { iso } from "./world.ts";

/** What the app may do when the caller does not say. */
const DEFAULT_PERMISSIONS: AppRegistration["permissions"] = {
  metadata: "read",
  contents: "write",
  pull_requests: "write",
  issues: "write",
  checks: "write",
  statuses: "write",
  deployments: "write",
  members: "read",
  packages: "read",
};
const DEFAULT_EVENTS: readonly string[] = [
  "push",
  "pull_request",
  "pull_request_review",
  "issue_comment",
  "check_run",
  "check_suite",
  "status",
  "deployment",
  "deployment_status",
  "registry_package",
  "repository",
];

const FILE = "state.json";
const VERSION = 2;

/** The state that an earlier run left in the data folder, or a fresh one. The app's options always win. */
export async function openState(options: LocalGitHubOptions): Promise<State> {
  await mkdir(options.dataDir, { recursive: true });
  const before = await readSnapshot(join(options.dataDir, FILE));
  const created = iso(options.clock?.() ?? new Date());
  const app = register(options.app ?? {}, options.webhook?.secret, before?.app, created);
  if (before) return { ...before, app };
  return {
    nextId: 1000,
    app,
    accounts: [],
    installations: [],
    tokens: [],
    teams: [],
    foreignApps: [],
    repositories: [],
    events: [],
    deliveries: [],
  };
}

/** Writes the state, whole or not at all. */
export async function saveState(dataDir: string, state: State): Promise<void> {
  const file = join(dataDir, FILE);
  await writeFile(`${file}.new`, JSON.stringify({ version: VERSION, state }), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function readSnapshot(file: string): Promise<State | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  // Only this program writes the file, and the version says that the shape is ours.
  const snapshot: { version: number; state: State } = JSON.parse(text);
  if (snapshot.version !== VERSION)
    throw new Error(`${file} has another version; remove the data folder to start afresh`);
  return snapshot.state;
}

function register(
  options: AppOptions,
  secret: string | undefined,
  before: AppRegistration | undefined,
  created: string,
): AppRegistration {
  const slug = options.slug ?? before?.slug ?? "sluice";
  return {
    id: options.id ?? before?.id ?? 7,
    slug,
    name: options.name ?? before?.name ?? slug,
    privateKey: options.privateKey ?? before?.privateKey ?? newKey(),
    webhookSecret: secret ?? before?.webhookSecret ?? randomBytes(24).toString("hex"),
    permissions: options.permissions ?? before?.permissions ?? DEFAULT_PERMISSIONS,
    events: options.events ?? before?.events ?? DEFAULT_EVENTS,
    createdAt: before?.createdAt ?? created,
  };
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return privateKey;
}
