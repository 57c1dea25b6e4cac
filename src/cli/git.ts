import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Fault, UserError } from "../model/errors.ts";

/** How to run git. */
export interface GitOptions {
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** On top of the process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** After this long a local git command is killed. */
const DEADLINE = 60_000;

/**
 * Runs git without prompts and gives its output. Rejects with a UserError that carries git's message when it exits
 * with an error.
 */
export function git(args: readonly string[], options: GitOptions): Promise<string> {
  const env = { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C", ...options.env };
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(DEADLINE)]);
  return new Promise((done, reject) => {
    execFile("git", [...args], { cwd: options.cwd, env, signal, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) done(stdout);
      else if (typeof error.code === "number") {
        reject(new UserError("input", `git ${args[0]}: ${stderr.trim() || error.message}`, { cause: error }));
      } else reject(gitFault(error, args));
    });
  });
}

function gitFault(error: Error & { code?: unknown }, args: readonly string[]): Error {
  if (error.code === "ENOENT")
    return new Fault("unavailable", "git was not found on PATH, or the folder is gone", { cause: error });
  if (error.name === "AbortError") return new Fault("timeout", `git ${args[0]} took too long`, { cause: error });
  return new Fault("bug", `git ${args[0]} could not be run`, { cause: error });
}

/** Where a folder lies in a git repository. */
export interface Located {
  readonly gitDir: string;
  /** The top folder of the work tree; `undefined` in a bare repository. */
  readonly top: string | undefined;
  /** The folder's path in the repository, without slashes at its ends; `""` at the top. */
  readonly path: string;
}

/** Finds the repository that `folder` is in. Rejects with a UserError where there is none. */
export async function locate(folder: string, signal: AbortSignal): Promise<Located> {
  const cwd = resolve(folder);
  const ask = async (...args: readonly string[]) =>
    (await git(["rev-parse", ...args], { cwd, signal })).replace(/\n$/, "");
  try {
    const answer = await ask("--absolute-git-dir", "--show-toplevel", "--show-prefix");
    const [gitDir = "", top = "", prefix = "", ...rest] = answer.split("\n");
    if (rest.length === 0) return { gitDir, top, path: withoutSlash(prefix) };
  } catch (cause) {
    // Git fails where it has no work tree to show.
    if (signal.aborted || (cause instanceof UserError && /dubious ownership/.test(cause.message))) throw cause;
  }
  return locateSlowly(cwd, ask);
}

type Ask = (...args: readonly string[]) => Promise<string>;

/** One question after the other: for bare repositories, and for paths with line breaks. */
async function locateSlowly(cwd: string, ask: Ask): Promise<Located> {
  const gitDir = await ask("--absolute-git-dir").catch((cause: unknown) => {
    if (!(cause instanceof UserError) && existsSync(cwd)) throw cause;
    const fix = "Name a folder inside a git repository (--repo DIR).";
    throw new UserError("usage", `${cwd} is not in a git repository`, { cause, fix });
  });
  if ((await ask("--is-inside-work-tree")) !== "true") return { gitDir, top: undefined, path: "" };
  const top = await ask("--show-toplevel");
  return { gitDir, top, path: withoutSlash(await ask("--show-prefix")) };
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, "");
}
