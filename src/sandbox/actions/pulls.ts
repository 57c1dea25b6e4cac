import { ApiError, validationFailed } from "../errors.ts";
import { emitPull } from "../events.ts";
import { gitText } from "../git.ts";
import { parseHead } from "../objects/pull.ts";
import { mergeBase, mergedTree, rebased, type Signature, writeCommit } from "../repository-git.ts";
import type { Pull, Repository } from "../state.ts";
import type { MergeMethod } from "../types.ts";
import { branchHead, exclusively, gitDirOf, nextId, nowIso, type World } from "../world.ts";
import { noticeRefs, writePullRefs } from "./refs.ts";

/** Who acts: a person, or the app's bot. */
export interface Actor {
  readonly login: string;
  readonly byApp: boolean;
}

/** Opens a pull request. 422 where GitHub refuses: no such branch, nothing to merge, one is open already. */
export function openPull(
  world: World,
  repository: Repository,
  input: { head: string; base: string; title: string; body: string; draft: boolean },
  actor: Actor,
): Promise<Pull> {
  return exclusively(world, async () => {
    await noticeRefs(world, repository, actor.login);
    const { head, headSha, baseSha } = await checkSides(world, repository, input);
    const time = nowIso(world);
    const pull: Pull = {
      id: nextId(world),
      number: repository.nextNumber,
      author: actor.login,
      byApp: actor.byApp,
      title: input.title,
      body: input.body,
      state: "open",
      draft: input.draft,
      headRepoId: head.repository.id,
      headRef: head.ref,
      headSha,
      baseRef: input.base,
      baseSha,
      labels: [],
      assignees: [],
      requestedReviewers: [],
      requestedTeams: [],
      createdAt: time,
      updatedAt: time,
      closedAt: null,
      mergedAt: null,
      mergedBy: null,
      mergeCommitSha: null,
    };
    repository.nextNumber += 1;
    await writePullRefs(world, repository, pull);
    repository.pulls.push(pull);
    await emitPull(world, repository, pull, "opened", actor.login);
    return pull;
  });
}

async function checkSides(world: World, repository: Repository, input: { head: string; base: string }) {
  const resource = "PullRequest";
  const head = parseHead(world, repository, input.head);
  const headSha = head && branchHead(head.repository, head.ref);
  if (!head || headSha === undefined) throw validationFailed({ resource, field: "head", code: "invalid" });
  const baseSha = branchHead(repository, input.base);
  if (baseSha === undefined) throw validationFailed({ resource, field: "base", code: "invalid" });
  const open = repository.pulls.some(
    (one) =>
      one.state === "open" &&
      one.headRepoId === head.repository.id &&
      one.headRef === head.ref &&
      one.baseRef === input.base,
  );
  const name = `${head.repository.owner}:${head.ref}`;
  const refuse = (message: string): ApiError => validationFailed({ resource, code: "custom", message });
  if (open) throw refuse(`A pull request already exists for ${name}.`);
  if (headSha === baseSha) throw refuse(`No commits between ${input.base} and ${head.ref}`);
  if (head.repository === repository) {
    const base = await mergeBase(gitDirOf(world, repository), baseSha, headSha);
    if (base === headSha) throw refuse(`No commits between ${input.base} and ${head.ref}`);
    if (base === undefined) throw refuse(`The ${head.ref} branch has no history in common with ${input.base}`);
  }
  return { head, headSha, baseSha };
}

/** Changes title, body or base. Emits `edited` when something changed. */
export function editPull(
  world: World,
  repository: Repository,
  pull: Pull,
  input: { title?: string | undefined; body?: string | undefined; base?: string | undefined },
  actor: Actor,
): Promise<void> {
  return exclusively(world, async () => {
    const changes: Record<string, unknown> = {};
    if (input.title !== undefined && input.title !== pull.title) {
      changes.title = { from: pull.title };
      pull.title = input.title;
    }
    if (input.body !== undefined && input.body !== pull.body) {
      changes.body = { from: pull.body };
      pull.body = input.body;
    }
    if (input.base !== undefined && input.base !== pull.baseRef)
      changes.base = await moveToBase(world, repository, pull, input.base);
    if (Object.keys(changes).length === 0) return;
    pull.updatedAt = nowIso(world);
    await emitPull(world, repository, pull, "edited", actor.login, { changes });
  });
}

async function moveToBase(world: World, repository: Repository, pull: Pull, base: string): Promise<unknown> {
  const sha = branchHead(repository, base);
  if (sha === undefined) throw validationFailed({ resource: "PullRequest", field: "base", code: "invalid" });
  const from = { ref: { from: pull.baseRef }, sha: { from: pull.baseSha } };
  pull.baseRef = base;
  pull.baseSha = sha;
  await writePullRefs(world, repository, pull);
  return from;
}

/** Closes or reopens. Reopening needs the head branch; it is where the branch is now. */
export function setPullState(
  world: World,
  repository: Repository,
  pull: Pull,
  state: "open" | "closed",
  actor: Actor,
): Promise<void> {
  return exclusively(world, async () => {
    if (pull.state === state) return;
    if (state === "closed") {
      pull.closedAt = nowIso(world);
    } else {
      await checkReopen(world, pull);
      pull.closedAt = null;
    }
    pull.state = state;
    pull.updatedAt = nowIso(world);
    if (state === "open") await writePullRefs(world, repository, pull);
    await emitPull(world, repository, pull, state === "open" ? "reopened" : "closed", actor.login);
  });
}

async function checkReopen(world: World, pull: Pull): Promise<void> {
  const refuse = (message: string): ApiError =>
    validationFailed({ resource: "PullRequest", field: "state", code: "invalid", message });
  if (pull.mergedAt !== null) throw refuse("state cannot be changed. The pull request was merged.");
  const home = world.state.repositories.find((one) => one.id === pull.headRepoId);
  const head = home && branchHead(home, pull.headRef);
  if (head === undefined) throw refuse(`state cannot be changed. The ${pull.headRef} branch has been deleted.`);
  pull.headSha = head;
}

/** Merges by real git. 405 when it cannot be merged, 409 when `sha` is not the head. Gives the new commit. */
export function mergePull(
  world: World,
  repository: Repository,
  pull: Pull,
  input: { sha?: string | undefined; method: MergeMethod; title?: string | undefined; message?: string | undefined },
  actor: Actor,
): Promise<string> {
  return exclusively(world, async () => {
    if (pull.state === "closed" || pull.draft) throw new ApiError(405, "Pull Request is not mergeable");
    if (input.sha !== undefined && input.sha !== pull.headSha)
      throw new ApiError(409, "Head branch was modified. Review and try the merge again.");
    const dir = gitDirOf(world, repository);
    const base = branchHead(repository, pull.baseRef);
    const merged = base === undefined ? undefined : await mergeCommit(world, dir, pull, base, input, actor);
    if (base === undefined || merged === undefined) throw new ApiError(405, "Pull Request is not mergeable");
    await gitText(dir, ["update-ref", `refs/heads/${pull.baseRef}`, merged, base]);
    pull.mergeCommitSha = merged;
    pull.mergedAt = nowIso(world);
    pull.mergedBy = actor.login;
    pull.state = "closed";
    pull.closedAt = pull.mergedAt;
    pull.updatedAt = pull.mergedAt;
    repository.signed.push(merged);
    await emitPull(world, repository, pull, "closed", actor.login);
    await noticeRefs(world, repository, actor.login);
    return merged;
  });
}

async function mergeCommit(
  world: World,
  dir: string,
  pull: Pull,
  base: string,
  input: { method: MergeMethod; title?: string | undefined; message?: string | undefined },
  actor: Actor,
): Promise<string | undefined> {
  const date = nowIso(world);
  const committer: Signature = { name: "GitHub", email: "noreply@github.com", date };
  if (input.method === "rebase") return rebased(dir, base, pull.headSha, committer);
  const tree = await mergedTree(dir, base, pull.headSha);
  if (tree === undefined) return undefined;
  const squash = input.method === "squash";
  const subject = squash
    ? `${pull.title} (#${pull.number})`
    : `Merge pull request #${pull.number} from ${pull.headRef}`;
  const message = `${input.title ?? subject}\n\n${input.message ?? (squash ? "" : pull.title)}`.trim();
  const login = squash ? pull.author : actor.login;
  const author = { name: login, email: `${login}@users.noreply.local`, date };
  return writeCommit(dir, { tree, parents: squash ? [base] : [base, pull.headSha], message, author, committer });
}
