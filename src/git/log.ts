import { UserError } from "../model/errors.ts";
import type { CommitFacts, LogRequest } from "../model/tree.ts";
import { gitFault } from "./failure.ts";
import type { GitObjects } from "./objects.ts";
import { parseCommit } from "./parse-commit.ts";
import type { GitOutput } from "./run.ts";

/** Commits larger than this are named by their id alone. */
const maxCommitBytes = 1024 * 1024;
const defaultLimit = 250;

/** What reading history needs of a repository. */
export interface LogSource {
  readonly objects: GitObjects;
  readonly resolve: (revision: string) => Promise<string>;
  /** Asks about objects that are named by their full ids alone. */
  readonly git: (...args: string[]) => Promise<GitOutput>;
}

/**
 * The commits that the request asks for. Ids come from git, everything else from the commit objects: their size is
 * known before they are read.
 */
export async function readLog(source: LogSource, request: LogRequest): Promise<readonly CommitFacts[]> {
  const [to, from] = await Promise.all([
    source.resolve(request.to),
    request.from === undefined ? undefined : source.resolve(request.from),
  ]);
  const run = await source.git(
    "rev-list",
    `--max-count=${request.limit ?? defaultLimit}`,
    ...(request.firstParent === true ? ["--first-parent"] : []),
    to,
    ...(from === undefined ? [] : [`^${from}`]),
    "--",
    // Relative to the root, wherever in the checkout git runs; stars and the like mean themselves.
    ...(request.paths ?? []).map((path) => `:(top,literal)${path}`),
  );
  if (run.code !== 0) throw gitFault("rev-list", run.stderr);
  const ids = run.stdout.toString("latin1").split("\n").filter(Boolean);
  return Promise.all(ids.map((sha) => readCommit(source.objects, sha)));
}

async function readCommit(objects: GitObjects, sha: string): Promise<CommitFacts> {
  try {
    const object = await objects.read(sha, maxCommitBytes);
    return parseCommit(sha, object?.bytes ?? new Uint8Array());
  } catch (error) {
    if (error instanceof UserError && error.kind === "limit") return parseCommit(sha, new Uint8Array());
    throw error;
  }
}
