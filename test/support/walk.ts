import { rmSync } from "node:fs";
import { join } from "node:path";
import type { CheckRunSummary, CommentSummary, LocalGitHub, PullSummary, RepositoryRef } from "../../sandbox/index.ts";
import type { Logger } from "../../src/model/observe.ts";
import { readSettings, type ServerSettings } from "../../src/settings.ts";
import { type RunningSluice, type StartOptions, startSluice } from "../../src/wiring/server.ts";
import { directMirrors } from "./direct-mirrors.ts";
import { type InlineQueue, inlineQueue } from "./inline-queue.ts";
import { type CheckedGitHub, startCheckedGitHub } from "./local-github.ts";
import { tempDir } from "./temp-git.ts";
import { eventually } from "./wait.ts";

/** A whole Sluice in this process, wired to a checked local GitHub. */
export interface Walk {
  readonly github: CheckedGitHub;
  readonly sluice: RunningSluice;
  /** The queue in memory, where only the rooms are tested. */
  readonly queue: InlineQueue | undefined;
  readonly dataDir: string;
  /** A repository of its own with these files on `main`. */
  repository(files: Readonly<Record<string, string>>): Promise<RepositoryRef>;
  /** Opens a pull request that makes these changes. */
  propose(repository: RepositoryRef, files: Readonly<Record<string, string | null>>): Promise<PullSummary>;
  /** The completed check of a pull request's present head, with the App's comment. */
  answer(pull: PullSummary): Promise<Answer>;
  close(): Promise<void>;
}

/** What Sluice said on a pull request. */
export interface Answer {
  readonly check: CheckRunSummary;
  readonly comment: CommentSummary;
}

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

/** Opens the pages of the operator. */
export const adminToken = "the-administrators-token";

/** The environment that points a server at a local GitHub. */
export function serverEnvironment(github: LocalGitHub, dataDir: string): Record<string, string> {
  return {
    APP_ID: String(github.app.id),
    PRIVATE_KEY: github.app.privateKey,
    WEBHOOK_SECRET: github.app.webhookSecret,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_URL: github.url,
    DATA_DIR: dataDir,
    PORT: "0",
    ADMIN_TOKEN: adminToken,
    LOG_LEVEL: "warn",
  };
}

function noFile(path: string): never {
  throw Object.assign(new Error(`no file ${path}`), { code: "ENOENT" });
}

/**
 * Starts the local GitHub, and Sluice with embedded defaults (or what `environment` says). With `rooms`, jobs run from
 * memory and commits are read where the local
 * GitHub has them: that tests the rooms at a fraction of the time, and neither the queue nor fetching.
 */
export async function startWalk(
  environment: Readonly<Record<string, string>> = {},
  {
    settings: more = {},
    rooms = false,
    ...options
  }: Pick<StartOptions, "clock" | "log"> & {
    readonly settings?: Partial<ServerSettings>;
    readonly rooms?: boolean;
  } = {},
): Promise<Walk> {
  const root = tempDir("sluice-walk-");
  const github = await startCheckedGitHub({ dataDir: join(root, "github") });
  const dataDir = join(root, "sluice");
  const settings = { ...readSettings({ ...serverEnvironment(github, dataDir), ...environment }, noFile), ...more };
  const queue = rooms ? inlineQueue(options.clock ?? Date.now) : undefined;
  const edges = queue && { queue, mirrors: directMirrors(github) };
  // On a busy machine an answer takes as long as it takes.
  const patient = { log: silent, graceMs: 2_000, answerMs: 600_000, storeMs: 600_000 };
  const sluice = await startSluice(settings, { ...patient, ...options, ...(edges && { edges }) });
  github.setWebhookUrl(`${sluice.url}/api/github/webhooks`);
  let repositories = 0;
  let branches = 0;
  return {
    github,
    sluice,
    queue,
    dataDir,
    repository: (files) => {
      repositories += 1;
      return github.createRepository({ owner: "acme", name: `gitops-${repositories}`, files });
    },
    propose: async (repository, changes) => {
      branches += 1;
      const branch = `change-${branches}`;
      await github.commit({ ...repository, branch, files: changes });
      return github.openPull({ ...repository, head: branch, title: `Change ${branches}` });
    },
    answer: (pull) => answerOn(github, pull),
    close: async () => {
      await github.settled();
      await sluice.close();
      await github.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Waits for the completed check of the pull request's present head and gives it with the comment. */
export function answerOn(github: LocalGitHub, pull: PullSummary): Promise<Answer> {
  return eventually(`a completed check and a comment on #${pull.number}`, () => {
    const { headSha } = github.pull(pull);
    const check = github.checkRuns({ ...pull, sha: headSha }).find((one) => one.status === "completed");
    const comment = github.comments(pull).find((one) => one.byApp);
    return check && comment ? { check, comment } : undefined;
  });
}
