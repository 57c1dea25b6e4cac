import { UserError } from "../model/errors.ts";
import type { PlanReads, RepositoryIdentity } from "../targets/index.ts";
import type { Local } from "./local.ts";

/** What a plan of targets may need, on this machine. `base` is the revision that is compared with, if any. */
export async function planReads(
  { place, git, renderer, sources, env }: Pick<Local, "place" | "git" | "renderer" | "sources" | "env">,
  signal: AbortSignal,
  base?: string,
): Promise<PlanReads> {
  const identity = await identityOf({ place, git, env }, base);
  return { renderer, sources, repository: identity, signal };
}

/** The addresses of all remotes; the branch that is compared with, the one that is checked out, and the default one. */
async function identityOf(
  { place: { gitDir: cwd }, git, env }: Pick<Local, "place" | "git" | "env">,
  base: string | undefined,
): Promise<RepositoryIdentity> {
  const ask = (...args: readonly string[]) =>
    git(args, { cwd }).catch((error: unknown) => {
      // A repository without such a reference, or without a branch that is checked out.
      if (error instanceof UserError) return "";
      throw error;
    });
  const [remotes, heads] = await Promise.all([
    ask("remote", "-v"),
    // It passes over what is not there.
    ask("rev-parse", "--revs-only", "--symbolic-full-name", "HEAD", "refs/remotes/origin/HEAD"),
  ]);
  const urls = [...remotes.matchAll(/^\S+\t(.+) \(fetch\)/gm)].map(([, url = ""]) => url);
  const named = [base ?? "", ...heads.split("\n")].flatMap((reference) => branchOf(reference.trim()) ?? []);
  return { urls, branches: [...new Set(["HEAD", ...(named.length === 0 ? usualBranches(env) : named)])] };
}

/** Where nothing tells, as in a clone of one commit. In the job of a pull request GitHub names its base. */
function usualBranches({ GITHUB_BASE_REF: base = "" }: Local["env"]): readonly string[] {
  return [base, "main", "master"].filter((name) => name !== "");
}

/** The branch that a revision names, `undefined` where that is none. */
function branchOf(revision: string): string | undefined {
  const name = revision.replace(/^(?:refs\/heads\/|refs\/remotes\/[^/]+\/|origin\/)/, "");
  return /^$|^HEAD$|[~^:@{]|^[0-9a-f]{7,64}$/.test(name) ? undefined : name;
}
