import { stageChanges } from "../../edit/staged-tree.ts";
import { Fault, UserError } from "../../model/errors.ts";
import type { PullRequest } from "../../model/github.ts";
import type { RenderSource } from "../../model/render.ts";
import type { Tree, TreeChange } from "../../model/tree.ts";
import type { ProvenChange } from "../compute.ts";
import { bareEntry, sameEntry } from "../entries.ts";
import type { RepositoryContext } from "../repository-context.ts";
import { isSluiceCommit, treeTrailer } from "../signature.ts";
import { changesBetween, changesOfMerge } from "./published.ts";

/** Somebody moved the branch or the base in between: plan again. */
export class Moved extends Error {
  override readonly name = "Moved";
}

/** What there is of a branch of Sluice before it is changed. */
export interface BranchNow {
  /** `undefined` when there is no such branch. */
  readonly head: string | undefined;
  /** The newest pull request of the branch, open ones first; unknown where there is no branch and nobody asked. */
  readonly newest: PullRequest | undefined;
}

/**
 * Reads a branch with its newest pull request; `always` asks GitHub for that even where there is no branch. Throws a
 * `refused` UserError when a person's commits are on it.
 */
export async function readBranch(context: RepositoryContext, branch: string, always: boolean): Promise<BranchNow> {
  const head = context.branches.get(branch);
  if (head !== undefined) await assertOwnBranch(context, branch, head);
  const newest = head === undefined && !always ? undefined : await context.github.pullRequestOf(branch, context.base);
  return { head, newest };
}

/** What a branch is to have; see `Proposal`. */
export interface BranchContent {
  readonly branch: string;
  readonly title: string;
  readonly change: ProvenChange;
  standsOn?(fork: string): Promise<boolean>;
}

/**
 * Makes the branch carry exactly the change, and never by force: it is made, or moved to a merge of its head with the
 * base's. Throws `Moved` when somebody was faster.
 */
export async function putBranch(
  context: RepositoryContext,
  { branch, title, change, standsOn }: BranchContent,
  { head, newest }: BranchNow,
): Promise<{ readonly head: string; readonly changed: boolean; readonly changes: string }> {
  const message = `${title}\n\n${treeTrailer(branch, change.tree, context.signer)}\n`;
  const create = async () => {
    const made = await commit(context, [context.head], change, message);
    if ((await context.github.createBranch(branch, made)) === "exists") throw new Moved(branch);
    return { head: made, changed: true, changes: await plannedChanges(context, change) };
  };
  if (head === undefined) return create();
  if (newest?.state === "open" && newest.head.sha !== head) throw new Moved(branch);
  const fork = await context.repository.mergeBase(head, context.head);
  const stands = fork === undefined || standsOn === undefined || (await standsOn(fork));
  if (stands && (await carries(context, head, change))) {
    const changes = (await changesOfMerge(context.repository, context.head, head)) ?? "";
    return { head, changed: false, changes };
  }
  if (newest?.state !== "open") {
    // What is left of an earlier pull request: its commits would be listed as part of this one.
    if ((await context.github.deleteBranch(branch, head)) === "moved") throw new Moved(branch);
    return create();
  }
  const parents = (await context.repository.isAncestor(context.head, head)) ? [head] : [head, context.head];
  const made = await commit(context, parents, change, message);
  if ((await context.github.advanceBranch(branch, made)) !== "moved") throw new Moved(branch);
  return { head: made, changed: true, changes: await plannedChanges(context, change) };
}

async function plannedChanges({ tree, repository }: RepositoryContext, { changes }: ProvenChange): Promise<string> {
  const planned = await stageChanges({ tree, objects: repository.objects }, changes);
  return changesBetween(
    tree,
    planned.tree,
    changes.map(({ path }) => path),
  );
}

/**
 * Whether the context's base has the merge of a pull request; one that was opened before it would plan the same again.
 */
export async function hasMerge(
  { repository, head }: RepositoryContext,
  { mergeCommit }: Pick<PullRequest, "mergeCommit">,
): Promise<boolean> {
  if (mergeCommit === undefined || (await repository.objects.read(mergeCommit))?.kind !== "commit") return false;
  return repository.isAncestor(mergeCommit, head);
}

async function commit(
  context: RepositoryContext,
  parents: readonly string[],
  { changes, tree: expectTree }: ProvenChange,
  message: string,
): Promise<string> {
  const { sha } = await context.github.commit({ parents, baseTree: context.tree.oid, changes, message, expectTree });
  return sha;
}

/**
 * Whether the branch, merged into the base as it is now, gives the plan: nothing is to be done then, even if the base
 * has moved on elsewhere.
 */
export async function carries(context: RepositoryContext, existing: string, computed: ProvenChange): Promise<boolean> {
  const { repository } = context;
  const fork = await repository.mergeBase(existing, context.head);
  if (fork === undefined) return false;
  const planned = await stageChanges({ tree: context.tree, objects: repository.objects }, computed.changes);
  const [before, there] = [await repository.tree(fork), await repository.tree(existing)];
  const changed = await repository.changedPaths(fork, existing);
  const paths = new Set([...changed.map(({ path }) => path), ...computed.changes.map(({ path }) => path)]);
  for (const path of paths) {
    const merged = await mergedFrom(path, before, there, context.tree);
    if (merged === undefined || !(await same(path, merged, planned.tree))) return false;
  }
  return true;
}

/**
 * What a merge of the branch into the base gives, as far as whole files tell; `undefined` when a file was changed on
 * both in different ways since the branch left the base.
 */
export async function mergedWithBase(context: Base, branch: string): Promise<RenderSource | undefined> {
  const { repository, head, tree } = context;
  const { objects } = repository;
  if (await repository.isAncestor(head, branch)) return { tree: await repository.tree(branch), objects };
  const fork = await repository.mergeBase(branch, head);
  if (fork === undefined) return undefined;
  const [before, there] = [await repository.tree(fork), await repository.tree(branch)];
  const changes: TreeChange[] = [];
  for (const { path } of await repository.changedPaths(fork, branch)) {
    const merged = await mergedFrom(path, before, there, tree);
    if (merged === undefined) return undefined;
    const entry = merged === there ? await there.at(path) : undefined;
    if (entry !== undefined) changes.push({ kind: "entry", path, entry: bareEntry(entry) });
    else if (merged === there) changes.push({ kind: "delete", path });
  }
  return stageChanges({ tree, objects }, changes);
}

/** The base branch at one commit. */
type Base = Pick<RepositoryContext, "repository" | "head" | "tree">;

/** The tree that a merge takes the path from; `undefined` when both changed it, each in its own way. */
async function mergedFrom(path: string, before: Tree, ours: Tree, theirs: Tree): Promise<Tree | undefined> {
  if (await same(path, before, ours)) return theirs;
  return (await same(path, before, theirs)) || (await same(path, ours, theirs)) ? ours : undefined;
}

async function same(path: string, a: Tree, b: Tree): Promise<boolean> {
  const [one, other] = await Promise.all([a.at(path), b.at(path)]);
  return sameEntry(one, other);
}

async function assertOwnBranch(context: RepositoryContext, branch: string, head: string): Promise<void> {
  if (await isOwnHead(context, branch, head)) return;
  throw new UserError("refused", `somebody pushed to \`${branch}\``, {
    fix: "merge or close its pull request, or delete the branch; commits of people are never overwritten",
  });
}

/**
 * Whether the branch's head is a commit that Sluice made for this branch, or merges of the base into one, nothing else.
 */
export async function isOwnHead(context: OwnContext, branch: string, head: string): Promise<boolean> {
  return (await ownHeadOf(context, branch, head)) !== undefined;
}

/** Merges of the base on top of each other that are followed. */
const maxMerges = 30;

/** The base branch at one commit, and who signs. */
type OwnContext = Base & Pick<RepositoryContext, "signer">;

/**
 * The commit that Sluice made for this branch, below the merges of the base that "Update branch" puts on top: they are
 * known by their trees, not by their authors. `undefined` where a person's change is on top.
 */
export async function ownHeadOf(context: OwnContext, branch: string, head: string): Promise<string | undefined> {
  const { repository, signer } = context;
  for (let at = head, merges = 0; merges <= maxMerges; merges += 1) {
    const [facts] = await repository.log({ to: at, limit: 1 });
    if (facts === undefined) throw new Fault("bug", `no commit ${at} in the mirror`);
    const { oid } = await repository.tree(at);
    if (isSluiceCommit(facts.message, branch, oid, signer)) return at;
    const [first, second, ...more] = facts.parents;
    if (first === undefined || second === undefined || more.length > 0) return undefined;
    if (!(await repository.isAncestor(second, context.head))) return undefined;
    const merged = await mergedWithBase({ repository, head: second, tree: await repository.tree(second) }, first);
    if (merged?.tree.oid !== oid) return undefined;
    at = first;
  }
  return undefined;
}
