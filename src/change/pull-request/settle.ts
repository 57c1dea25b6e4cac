import { messageOf, UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { Decision, StateAddress } from "../../model/state.ts";
import type { ChangePorts } from "../ports.ts";
import type { RepositoryContext } from "../repository-context.ts";
import { isOwnHead } from "./branch.ts";
import { describesHead, type MetadataFormat, type PullRequestMetadata } from "./metadata.ts";
import { saveSettled } from "./published.ts";

/** What is to be done about a closed pull request of Sluice. */
export interface Settlement {
  readonly metadata: PullRequestMetadata;
  /** What goes into the history when it was merged into the branch that it was planned for; each id is written once. */
  decisions(): Promise<readonly Decision[]>;
  /** The branch goes as well when a person closed it at the head that the metadata is about. */
  readonly deletesUnmerged: boolean;
}

/**
 * Writes what a merge decided into the history, or that a pull request that was closed is used up, and deletes the
 * branch. Resolves to whether it was merged into the
 * branch that it was planned for, and that is still the default one. Idempotent.
 */
export async function settlePullRequest(
  ports: Pick<ChangePorts, "github" | "state" | "log" | "signer">,
  where: StateAddress,
  pull: PullRequest,
  { metadata, decisions, deletesUnmerged }: Settlement,
  signal: AbortSignal,
): Promise<boolean> {
  const landed = pull.merged && pull.base.ref === metadata.base && metadata.base === pull.defaultBranch;
  if (landed) {
    for (const decision of await decisions()) await record(ports, where, pull, decision, signal);
  }
  await saveSettled(ports, where, pull, signal);
  if (landed || (deletesUnmerged && (pull.merged || describesHead(metadata, pull))))
    await deleteBranch(ports, where, pull);
  return landed;
}

/** A history that somebody broke by hand must not keep the rest from being done; the comment says how to fix it. */
async function record(
  ports: Pick<ChangePorts, "github" | "state" | "log">,
  where: StateAddress,
  pull: PullRequest,
  decision: Decision,
  signal: AbortSignal,
): Promise<void> {
  try {
    await ports.state.record(where, decision, signal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    ports.log.warn({ error, pullRequest: pull.number }, "a merge is not in the history");
    const github = await ports.github(where.installationId, where.repository);
    const text = `This merge is not in the history: ${messageOf(error)}. ${error.fix ?? ""}`;
    await github.upsertComment(pull.number, "history", text.trim());
  }
}

/**
 * Deletes the branch at the head that the pull request had. It may be a later pull request's by now, for its name stays
 * the same, or have what a person pushed after the merge: then it stays.
 */
async function deleteBranch(
  ports: Pick<ChangePorts, "github">,
  where: StateAddress,
  { number, head }: PullRequest,
): Promise<void> {
  const github = await ports.github(where.installationId, where.repository);
  const newest = await github.pullRequestOf(head.ref);
  if (newest === undefined || newest.number === number) await github.deleteBranch(head.ref, head.sha);
}

/**
 * Closes an open pull request of which nothing is left to do, says why, and deletes the branch. Its metadata no longer
 * counts then: that a person closes one means more. Resolves to false, and does nothing, where a person opened it or
 * pushed to it.
 */
export async function closePullRequest<M extends PullRequestMetadata>(
  ports: Pick<ChangePorts, "signer" | "log" | "state">,
  context: RepositoryContext,
  pull: PullRequest,
  { format, text }: { readonly format: MetadataFormat<M>; readonly text: string },
): Promise<boolean> {
  const { ref, sha } = pull.head;
  if (!pull.byApp || !(await isOwnHead(context, ref, sha))) return false;
  await context.github.upsertComment(pull.number, "closed", text);
  await context.github.updatePullRequest(pull.number, { state: "closed", body: format.discard(pull.body) });
  await saveSettled(ports, context.where, pull, context.signal);
  const gone = await context.github.deleteBranch(ref, sha);
  ports.log.info({ pullRequest: pull.number, branch: ref, deleted: gone === "deleted" }, "pull request closed");
  return true;
}

/** Does what is left to do about one that Sluice closed: the run that did so may have died then. Idempotent. */
export async function finishClosing(
  ports: Pick<ChangePorts, "github" | "state" | "signer">,
  where: StateAddress,
  pull: PullRequest,
  signal: AbortSignal,
): Promise<void> {
  await saveSettled(ports, where, pull, signal);
  await deleteBranch(ports, where, pull);
}
