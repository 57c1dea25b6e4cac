import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A real git repository with a work tree in a temporary folder. */
export interface TempGit {
  readonly dir: string;
  /** Runs git there and gives its trimmed output; throws with git's message when it fails. */
  git(...args: readonly string[]): string;
  /** Writes files (`null` deletes), commits everything and gives the commit id. */
  commit(files: Readonly<Record<string, string | null>>, message?: string): string;
  remove(): void;
}

const environment = {
  ...process.env,
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.com",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

/** A fresh empty folder that the caller removes. */
export function tempDir(prefix = "sluice-test-"): string {
  return mkdtempSync(join(tmpdir(), prefix));
}

/** Creates a repository on branch `main` without commits. */
export function tempGit(): TempGit {
  const dir = tempDir("sluice-git-");
  const git = (...args: readonly string[]): string => {
    const run = spawnSync("git", args, { cwd: dir, encoding: "utf8", env: environment, maxBuffer: 1 << 28 });
    if (run.status !== 0) throw new Error(`git ${args.join(" ")}: ${run.stderr || String(run.error)}`);
    return run.stdout.trim();
  };
  git("init", "--quiet", "--initial-branch=main");
  const commit = (files: Readonly<Record<string, string | null>>, message = "Change"): string => {
    for (const [path, text] of Object.entries(files)) {
      const file = join(dir, path);
      if (text === null) rmSync(file, { recursive: true });
      else {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
    }
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "--message", message);
    return git("rev-parse", "HEAD");
  };
  return { dir, git, commit, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
