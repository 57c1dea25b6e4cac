import { type ApiError, validationFailed } from "../errors.ts";
import { emitPull } from "../events.ts";
import { parseHead } from "../objects/pull.ts";
import { mergeBase } from "../repository-git.ts";
import type { Pull, Repository } from "../state.ts";
import { branchHead, exclusively, gitDirOf, nextId, nowIso, type World } from "../world.ts";
import { leaveQueue } from "./queue-entries.ts";
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
      await leaveQueue(world, repository, pull, "MANUAL", actor.login);
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
