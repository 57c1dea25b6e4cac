import { overlay } from "../edit/staged-tree.ts";
import { Fault, UserError } from "../model/errors.ts";
import type { PullRequest } from "../model/github.ts";
import type { Tree } from "../model/tree.ts";
import { isOurs, treeTrailer } from "./commit-trailer.ts";
import type { ProvenChange } from "./compute.ts";
import type { ChangePorts } from "./ports.ts";
import type { RepositoryContext } from "./repository-context.ts";

/** What branches are made with. */
export type BranchPorts = Pick<ChangePorts, "signer">;

/** What became of a branch of ours. `pull` is the open pull request of it, where one is known. */
export interface PutBranch {
  readonly head: string;
  readonly changed: boolean;
  readonly pull: PullRequest | undefined;
}

/** Somebody moved the branch or the base in between: plan again. */
export class Moved extends Error {
  override readonly name = "Moved";
}

/**
 * Makes the branch carry exactly the plan, and never by force: it is made, or moved to a merge of its head with the base's. Throws `Moved` when somebody was faster, and a `refused`
 * UserError when a person's commits are on it.
 */
export async function putBranch(
  ports: BranchPorts,
  context: RepositoryContext,
  branch: string,
  computed: ProvenChange,
  subject: string,
  firstTry: boolean,
): Promise<PutBranch> {
  const existing = context.branches.get(branch);
  const message = `${subject}\n\n${treeTrailer(branch, computed.tree, ports.signer)}\n`;
  if (existing === undefined) return { ...(await create(context, branch, computed, message)), pull: undefined };
  await assertOurs(ports, context, branch, existing);
  const newest = await context.github.pullRequestOf(branch);
  const pull = newest?.state === "open" ? newest : undefined;
  if (firstTry && newest?.merged && !(await hasMerge(context, newest))) throw new Moved(branch);
  if (pull !== undefined && pull.head.sha !== existing) throw new Moved(branch);
  if (await carries(context, existing, computed)) return { head: existing, changed: false, pull };
  if (pull === undefined) {
    // What is left of an earlier pull request: its commits would be listed as part of this one.
    if ((await context.github.deleteBranch(branch, existing)) === "moved") throw new Moved(branch);
    return { ...(await create(context, branch, computed, message)), pull };
  }
  const parents = (await context.repository.isAncestor(context.head, existing)) ? [existing] : [existing, context.head];
  const made = await commit(context, parents, computed, message);
  if ((await context.github.advanceBranch(branch, made)) !== "moved") throw new Moved(branch);
  return { head: made, changed: true, pull };
}

/** Whether the context's base has the merge: one that was opened before it would plan the same once more. */
async function hasMerge({ repository, head }: RepositoryContext, { mergeCommit }: PullRequest): Promise<boolean> {
  if (mergeCommit === undefined || (await repository.objects.read(mergeCommit))?.kind !== "commit") return false;
  return repository.isAncestor(mergeCommit, head);
}

async function create(context: RepositoryContext, branch: string, computed: ProvenChange, message: string) {
  const made = await commit(context, [context.head], computed, message);
  if ((await context.github.createBranch(branch, made)) === "exists") throw new Moved(branch);
  return { head: made, changed: true };
}

async function commit(
  context: RepositoryContext,
  parents: readonly string[],
  computed: ProvenChange,
  message: string,
): Promise<string> {
  const { changes, tree: expectTree } = computed;
  const { sha } = await context.github.commit({ parents, baseTree: context.tree.oid, changes, message, expectTree });
  return sha;
}

/** Whether the branch, merged into the base as it is now, gives the plan: nothing is to be done then, even if the base has moved on elsewhere. */
export async function carries(context: RepositoryContext, existing: string, computed: ProvenChange): Promise<boolean> {
  const { repository } = context;
  const fork = await repository.mergeBase(existing, context.head);
  if (fork === undefined) return false;
  const planned = await overlay({ tree: context.tree, objects: repository.objects }, computed.changes);
  const [before, there] = [await repository.tree(fork), await repository.tree(existing)];
  const changed = await repository.changedPaths(fork, existing);
  const paths = new Set([...changed.map(({ path }) => path), ...computed.changes.map(({ path }) => path)]);
  for (const path of paths) {
    const merged = await mergedSide(path, before, there, context.tree);
    if (merged === undefined || !(await same(path, merged, planned.tree))) return false;
  }
  return true;
}

/** Whether no file was changed on both sides in different ways since the branch left the base. */
export async function mergesCleanly({ repository, head, tree }: RepositoryContext, branch: string): Promise<boolean> {
  const fork = await repository.mergeBase(branch, head);
  if (fork === undefined) return false;
  const [before, there] = [await repository.tree(fork), await repository.tree(branch)];
  for (const { path } of await repository.changedPaths(fork, branch)) {
    if ((await mergedSide(path, before, there, tree)) === undefined) return false;
  }
  return true;
}

/** The side that a merge takes the path from; `undefined` when both changed it, each in its own way. */
async function mergedSide(path: string, before: Tree, ours: Tree, theirs: Tree): Promise<Tree | undefined> {
  if (await same(path, before, ours)) return theirs;
  return (await same(path, before, theirs)) || (await same(path, ours, theirs)) ? ours : undefined;
}

async function same(path: string, a: Tree, b: Tree): Promise<boolean> {
  const [one, other] = await Promise.all([a.at(path), b.at(path)]);
  if (one === undefined || other === undefined) return one === other;
  const executable = (entry: typeof one) => entry.kind === "file" && entry.executable;
  return one.kind === other.kind && one.oid === other.oid && executable(one) === executable(other);
}

async function assertOurs(ports: BranchPorts, context: RepositoryContext, branch: string, head: string): Promise<void> {
  if (await isOursAlone(ports, context, branch, head)) return;
  throw new UserError("refused", `somebody pushed to \`${branch}\``, {
    fix: "merge or close its pull request, or delete the branch; commits of people are never overwritten",
  });
}

/** Whether the branch's head is a commit that Sluice made for this branch. */
export async function isOursAlone(
  ports: BranchPorts,
  context: RepositoryContext,
  branch: string,
  head: string,
): Promise<boolean> {
  const [facts] = await context.repository.log({ to: head, limit: 1 });
  if (facts === undefined) throw new Fault("bug", `no commit ${head} in the mirror`);
  const { oid } = await context.repository.tree(head);
  return isOurs(facts.message, branch, oid, ports.signer);
}
