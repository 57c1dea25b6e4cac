import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runSync } from "./run-sync.ts";

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

/** What `git init` makes, once for all repositories. */
let empty: string | undefined;

function initialised(): string {
  const dir = tempDir("sluice-git-init-");
  process.once("exit", () => rmSync(dir, { recursive: true, force: true }));
  const run = runSync("git", ["init", "--quiet", "--initial-branch=main"], { cwd: dir, env: environment });
  if (run.status !== 0) throw new Error(`git init: ${run.stderr}`);
  return join(dir, ".git");
}

/** The commit that is checked out; `undefined` where its branch is no file of its own. */
function headOf(dir: string): string | undefined {
  const head = /^ref: (.+)\n$/.exec(readFileSync(join(dir, ".git/HEAD"), "utf8"))?.[1];
  const ref = head === undefined ? undefined : join(dir, ".git", head);
  return ref !== undefined && existsSync(ref) ? readFileSync(ref, "utf8").trim() : undefined;
}

/** Creates a repository on branch `main` without commits, or a copy of the one in a folder. */
export function tempGit(original?: string): TempGit {
  const dir = tempDir("sluice-git-");
  const git = (...args: readonly string[]): string => {
    const run = runSync("git", args, { cwd: dir, env: environment });
    if (run.status !== 0) throw new Error(`git ${args.join(" ")}: ${run.stderr}`);
    return run.stdout.trim();
  };
  if (original === undefined) {
    empty ??= initialised();
    cpSync(empty, join(dir, ".git"), { recursive: true });
  } else cpSync(original, dir, { recursive: true, preserveTimestamps: true });
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
    return headOf(dir) ?? git("rev-parse", "HEAD");
  };
  return { dir, git, commit, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
