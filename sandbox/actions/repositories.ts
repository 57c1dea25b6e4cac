import { ApiError } from "../errors.ts";
import { emitAdded, emitForRepository, emitInstalled } from "../events.ts";
import { git } from "../git.ts";
import { importCommit, initBare, readRefs } from "../repository-git.ts";
import type { Account, Repository } from "../state.ts";
import { MERGE_METHODS } from "../state-parts.ts";
import type { CommitInput } from "../types.ts";
import {
  branchHead,
  ensureAccount,
  exclusively,
  findAccount,
  findInstallation,
  findRepository,
  gitDirOf,
  nextId,
  nowIso,
  repositoryOf,
  type World,
} from "../world.ts";
import { noticeRefs } from "./refs.ts";

/** Who acts where nobody is named; an administrator of every repository. */
export const DEFAULT_PERSON = "mona";

const NAME = /^(?!\.{1,2}$)[\w.-]+$/;

/** Makes the account an organization or person on which the app is installed. */
export function install(world: World, login: string, type: Account["type"] = "Organization"): void {
  const account = ensureAccount(world, login, type);
  if (findInstallation(world, login)) return;
  const installation = { id: nextId(world), account: account.login, createdAt: nowIso(world), permissions: null };
  world.state.installations.push(installation);
  emitInstalled(world, installation, ensureAccount(world, DEFAULT_PERSON).login);
}

/**
 * Creates an empty repository on disk and in the state. Where the app is installed on the owner it learns of it; an
 * empty repository pushes nothing.
 */
export async function addRepository(
  world: World,
  input: {
    owner: string;
    name: string;
    defaultBranch: string;
    description: string | null;
    private: boolean;
    forkOf: number | null;
    deleteBranchOnMerge?: boolean;
  },
): Promise<Repository> {
  if (!NAME.test(input.owner) || !NAME.test(input.name)) throw new ApiError(422, "name is invalid");
  if (findRepository(world, input.owner, input.name)) throw new ApiError(422, "name already exists on this account");
  const time = nowIso(world);
  const repository: Repository = {
    id: nextId(world),
    owner: findAccount(world, input.owner)?.login ?? input.owner,
    name: input.name,
    description: input.description,
    private: input.private,
    defaultBranch: input.defaultBranch,
    forkOf: input.forkOf,
    createdAt: time,
    pushedAt: time,
    nextNumber: 1,
    roles: {},
    refs: {},
    signed: [],
    pulls: [],
    comments: [],
    checkSuites: [],
    checkRuns: [],
    statuses: [],
    labels: [],
    reviews: [],
    deployments: [],
    protections: [],
    queue: [],
    mergeMethods: MERGE_METHODS,
    deleteBranchOnMerge: input.deleteBranchOnMerge ?? false,
  };
  await initBare(gitDirOf(world, repository), input.defaultBranch);
  world.state.repositories.push(repository);
  const installation = findInstallation(world, repository.owner);
  if (installation) emitAdded(world, installation, repository, ensureAccount(world, DEFAULT_PERSON).login);
  return repository;
}

/** Copies a repository to a person's account. */
export async function forkRepository(world: World, parent: Repository, login: string): Promise<Repository> {
  ensureAccount(world, login);
  const { name, defaultBranch, description } = parent;
  const fork = await addRepository(world, {
    owner: login,
    name,
    defaultBranch,
    description,
    private: parent.private,
    forkOf: parent.id,
  });
  await git(gitDirOf(world, fork), [
    "fetch",
    "--quiet",
    gitDirOf(world, parent),
    "+refs/heads/*:refs/heads/*",
    "+refs/tags/*:refs/tags/*",
  ]);
  fork.refs = await readRefs(gitDirOf(world, fork));
  emitForRepository(world, parent, "fork", login, {});
  return fork;
}

/** Writes one commit on a branch, as if somebody had pushed it. Gives the commit's id. */
export function commitFiles(world: World, input: CommitInput): Promise<string> {
  const repository = repositoryOf(world, input);
  const by = ensureAccount(world, input.by ?? DEFAULT_PERSON).login;
  return exclusively(world, async () => {
    const parent = branchHead(repository, input.branch) ?? startOf(repository, input);
    await importCommit(gitDirOf(world, repository), {
      branch: input.branch,
      parent,
      message: input.message ?? "Change files",
      author: { name: by, email: `${by}@users.noreply.local`, date: nowIso(world) },
      files: input.files,
    });
    await noticeRefs(world, repository, by);
    const sha = branchHead(repository, input.branch);
    if (sha === undefined) throw new Error(`the branch ${input.branch} was not written`);
    return sha;
  });
}

function startOf(repository: Repository, input: CommitInput): string | undefined {
  const from = branchHead(repository, input.from ?? repository.defaultBranch);
  if (from === undefined && input.from !== undefined) throw new ApiError(422, `there is no branch ${input.from}`);
  return from;
}
