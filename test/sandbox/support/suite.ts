import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll } from "vitest";

import type { LocalGitHubOptions, PullSummary, RepositoryRef } from "../../../sandbox/index.ts";
import { type CheckedGitHub, startCheckedGitHub } from "../../support/local-github.ts";
import { type Answer, installationToken, request } from "./api.ts";

const run = promisify(execFile);

/** Runs real git as a person, without any configuration of this machine. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const identity = ["-c", "user.name=mona", "-c", "user.email=mona@users.noreply.local"];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" };
  const { stdout } = await run("git", [...identity, ...args], { cwd, env });
  return stdout.trim();
}

/** One local GitHub for a whole test file, and short ways to use it. */
export interface Suite {
  readonly github: CheckedGitHub;
  /** A folder that is removed at the end. */
  readonly folder: string;
  /** A token of the app with everything that it was granted. */
  readonly token: string;
  /** A new repository with one file, `values.yaml`. */
  repository(name: string): Promise<RepositoryRef>;
  /** A new repository with an open pull request that changes `values.yaml`. */
  pull(name: string): Promise<PullSummary>;
  /** A request with the app's token. */
  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** Starts a checked local GitHub before the file's tests and closes it, with its verdict, after them. */
export function useLocalGitHub(options: Partial<LocalGitHubOptions> = {}): Suite {
  let github: CheckedGitHub | undefined;
  let folder = "";
  let token = "";
  const started = (): CheckedGitHub => {
    if (!github) throw new Error("the local GitHub runs only inside tests");
    return github;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sandbox-test-"));
    github = await startCheckedGitHub(options);
    token = await installationToken(github);
  });
  afterAll(async () => {
    await github?.close();
    await rm(folder, { recursive: true, force: true });
  });
  const repository = (name: string): Promise<RepositoryRef> =>
    started().createRepository({ owner: "acme", name, files: { "values.yaml": "image: a:1\n" } });
  return {
    get github() {
      return started();
    },
    get folder() {
      return folder;
    },
    get token() {
      return token;
    },
    repository,
    async pull(name) {
      const ref = await repository(name);
      await started().commit({ ...ref, branch: "change", files: { "values.yaml": "image: a:2\n" }, message: "Bump a" });
      return started().openPull({ ...ref, head: "change", title: "Bump a" });
    },
    api: (method, path, body, headers) => request(started(), token, method, path, body, headers),
  };
}
