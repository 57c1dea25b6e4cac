import { UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { GitHubRepository } from "../../model/github-repository.ts";
import type { ChangePorts } from "../ports.ts";
import type { RepositoryContext } from "../repository-context.ts";
import { hasMerge, Moved, putBranch, readBranch } from "./branch.ts";
import { metadataOf, type PullRequestMetadata } from "./metadata.ts";
import { asOwnPart, withOwnPart } from "./own-part.ts";
import type { Proposal, Published } from "./proposal.ts";
import { endedUnheard, savePublished } from "./published.ts";

type Ports = Pick<ChangePorts, "signer" | "log" | "state">;

/**
 * Puts the change on its branch, and opens the pull request or updates the open one; neither where a person declined
 * it. Throws `Moved` when somebody was faster. Each step leaves what the next run goes on from: the body is written
 * only after approvals were dismissed, and labels come last, so that they say that all of it was done.
 */
export async function publish<M extends PullRequestMetadata, D>(
  ports: Ports,
  context: RepositoryContext,
  proposal: Proposal<M, D>,
  firstRound: boolean,
): Promise<Published<M> | D> {
  const { branch } = proposal;
  const now = await readBranch(context, branch, proposal.declined !== undefined);
  if (firstRound && now.newest?.merged && !(await hasMerge(context, now.newest))) throw new Moved(branch);
  if (now.newest?.state === "open") assertOwn(now.newest);
  const declined = declinedBy(ports, proposal, now.newest);
  if (declined !== undefined) {
    // Closed a moment ago, and its branch was not deleted yet.
    if (now.head !== undefined) await context.github.deleteBranch(branch, now.head);
    return declined;
  }
  const ended = await endedUnheard(context, branch, now.newest?.state === "open" ? now.newest : undefined);
  if (ended !== undefined) {
    await proposal.settle(ended);
    throw new Moved(branch);
  }
  const put = await putBranch(context, proposal, now);
  const published =
    now.newest?.state === "open"
      ? await update(ports, context, proposal, put, now.newest)
      : await openNew(ports, context, proposal, put);
  await introduce(ports, context.github, proposal, published);
  return published;
}

function declinedBy<M extends PullRequestMetadata, D>(
  { signer }: Ports,
  { kind, declined }: Proposal<M, D>,
  newest: PullRequest | undefined,
): D | undefined {
  if (newest?.state !== "closed" || newest.merged) return undefined;
  const closed = metadataOf(kind.format, newest, signer);
  return closed && declined?.(closed, newest);
}

interface Put {
  readonly head: string;
  /** The branch was made or moved just now. */
  readonly changed: boolean;
  /** Identifies what the head changes; see `changesBetween`. */
  readonly changes: string;
}

/** A pull request that a person opened from the branch is theirs: what it says, and what becomes of it. */
function assertOwn({ byApp, number, head, author }: PullRequest): void {
  if (byApp) return;
  throw new UserError("refused", `#${number} of \`${head.ref}\` was opened by ${author}, not by Sluice`, {
    fix: "close it and give the command again: Sluice opens the pull requests of its branches itself",
  });
}

async function openNew<M extends PullRequestMetadata, D>(
  ports: Ports,
  context: RepositoryContext,
  proposal: Proposal<M, D>,
  put: Put,
): Promise<Published<M>> {
  const { branch, title } = proposal;
  const metadata = await proposal.metadata(put.head, undefined);
  const body = asOwnPart(await proposal.body(metadata));
  const opened = await context.github.openPullRequest({ head: branch, base: context.base, title, body });
  if (opened === undefined) throw new Moved(branch);
  // Somebody was faster: who works on the same plan, or a person who opened one of the branch by hand.
  if (opened.adopted) return update(ports, context, proposal, put, opened.pull);
  await savePublished(ports, context, opened.pull, put.head, put.changes);
  return { how: "opened", pull: opened.pull, head: put.head, before: undefined, now: metadata, dismissed: [] };
}

async function update<M extends PullRequestMetadata, D>(
  ports: Ports,
  context: RepositoryContext,
  proposal: Proposal<M, D>,
  put: Put,
  pull: PullRequest,
): Promise<Published<M>> {
  const { github } = context;
  const { kind, branch, title } = proposal;
  assertOwn(pull);
  // Merged or closed while the branch moved: what it says is of the head that it had.
  if (put.changed) await assertOpen(context, pull, put.head);
  // First of all: a description that fits its head and is not on record was put back by a person.
  await savePublished(ports, context, pull, put.head, put.changes);
  const before = metadataOf(kind.format, pull, ports.signer);
  const now = await proposal.metadata(put.head, before);
  if (!put.changed && before?.head === put.head && kind.isSame(before, now))
    return { how: "same", pull, head: put.head, before, now, dismissed: [] };
  const body = withOwnPart(pull.body, await proposal.body(now));
  const keeps = before !== undefined && kind.keepsApprovals(before, now);
  const dismissed = keeps ? [] : await dismissApprovals(github, pull, kind.dismissal);
  const updated = await github.updatePullRequest(pull.number, { title, body });
  const comment = kind.updateComment({ before, now, dismissed });
  if (comment !== undefined) await github.upsertComment(pull.number, comment.marker, comment.text);
  ports.log.info({ pullRequest: pull.number, branch, dismissed: dismissed.length }, "pull request updated in place");
  return { how: "updated", pull: updated, head: put.head, before, now, dismissed };
}

/** Nobody settles a head that came after the merge: it goes, and whoever plans again makes it again. */
async function assertOpen(
  { github }: RepositoryContext,
  { number, head: { ref } }: PullRequest,
  moved: string,
): Promise<void> {
  const { state, merged } = await github.pullRequest(number);
  if (state === "open") return;
  if (merged) await github.deleteBranch(ref, moved);
  throw new Moved(ref);
}

/** Dismisses every approval; gives the logins of those who gave them. */
async function dismissApprovals(
  github: Pick<GitHubRepository, "reviews" | "dismissReview">,
  { number }: Pick<PullRequest, "number">,
  why: string,
): Promise<readonly string[]> {
  const approvals = (await github.reviews(number)).filter(({ state }) => state === "approved");
  for (const { id } of approvals) await github.dismissReview(number, id, why);
  return [...new Set(approvals.map(({ user }) => user))];
}

/** Asks reviewers, assigns and labels; also when nothing changed, for whoever opened it may have died before this. */
async function introduce<M extends PullRequestMetadata, D>(
  { log }: Ports,
  github: GitHubRepository,
  { introduction }: Proposal<M, D>,
  { how, pull, now }: Published<M>,
): Promise<void> {
  const { labels, assignees, reviewers } = introduction(now);
  const missing = missingLabels(pull, labels);
  if (how !== "opened" && missing.length === 0) return;
  if (reviewers.users.length + reviewers.teams.length > 0) {
    const { refused } = await github.requestReviewers(pull.number, reviewers);
    if (refused !== undefined) log.warn({ pullRequest: pull.number, refused }, "not every reviewer could be asked");
  }
  const all = [...pull.labels, ...missing];
  if (all.length + assignees.length > 0) await github.setLabelsAndAssignees(pull.number, all, assignees);
}

/** Those of these labels that a pull request does not have. GitHub tells no two apart by upper and lower case. */
export function missingLabels({ labels }: Pick<PullRequest, "labels">, wanted: readonly string[]): readonly string[] {
  const there = new Set(labels.map((label) => label.toLowerCase()));
  return [...new Set(wanted)].filter((label) => !there.has(label.toLowerCase()));
}
