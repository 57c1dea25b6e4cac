import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Fault, UserError } from "../model/errors.ts";
import { runGit } from "../wiring/local-git.ts";
import type { CliIo } from "./io.ts";

/** Where git runs. */
export interface GitOptions {
  readonly cwd: string;
  /** On top of the process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs git without prompts and gives its output. Rejects with a UserError that carries git's message when it exits
 * with an error.
 */
export type Git = (args: readonly string[], options: GitOptions) => Promise<string>;

/** After this long a local git command is killed. */
const DEADLINE = 60_000;

/** The git of one run of the command line, which ends with it. */
export function gitOf({ signal, start }: Pick<CliIo, "signal" | "start">): Git {
  return async (args, options) => {
    const env = { ...inherited(), GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C", ...options.env };
    const how = { gitPath: "git", args, cwd: options.cwd, env, deadlineMs: DEADLINE, signal, start };
    const { code, stdout, stderr } = await runGit(how).catch(notStarted);
    if (code === 0) return stdout.toString("utf8");
    if (code > 0) throw new UserError("input", `git ${args[0]}: ${stderr || `exit code ${code}`}`);
    throw new Fault("unavailable", `git ${args[0]} was killed`);
  };
}

function inherited(): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value = ""]) => [[name, value]]));
}

function notStarted(cause: unknown): never {
  if (!(cause instanceof Fault) || cause.kind !== "unavailable") throw cause;
  throw new Fault("unavailable", "git was not found on PATH, or the folder is gone", { cause });
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
export async function locate(folder: string, git: Git): Promise<Located> {
  const cwd = resolve(folder);
  const ask = async (...args: readonly string[]) => (await git(["rev-parse", ...args], { cwd })).replace(/\n$/, "");
  try {
    const answer = await ask("--absolute-git-dir", "--show-toplevel", "--show-prefix");
    const [gitDir = "", top = "", prefix = "", ...rest] = answer.split("\n");
    if (rest.length === 0) return { gitDir, top, path: withoutSlash(prefix) };
  } catch (cause) {
    // Git fails where it has no work tree to show.
    if (cause instanceof UserError ? /dubious ownership/.test(cause.message) : existsSync(cwd)) throw cause;
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
