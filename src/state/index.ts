import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../model/errors.ts";
import type { GitHubFor } from "../model/github.ts";
import type { GitHubRepository } from "../model/github-repository.ts";
import { KeyedMutex } from "../model/keyed-mutex.ts";
import type { StateAddress, StateStore } from "../model/state.ts";
import type { Mirrors, Repository } from "../model/tree.ts";
import { changesOf, type FileChange, publishedChangesOf } from "./changes.ts";
import { commitMessage, publishedMessage } from "./message.ts";
import { README_PATH, STATE_BRANCH } from "./paths.ts";
import { README } from "./readme.ts";
import { newReadFiles, StateSnapshot } from "./snapshot.ts";

/** What the store needs. */
export interface StateParts {
  readonly mirrors: Mirrors;
  readonly github: GitHubFor<GitHubRepository>;
  /** From 0 to 1, for the spread of waits. */
  readonly random: () => number;
}

const maxTries = 8;
const firstWaitMs = 50;
const longestWaitMs = 1_000;
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/**
 * Keeps holds and history on the branch `sluice-state`; see the port. Reading costs a fetch into the mirror, writing at
 * most four REST calls for each try.
 */
export function createStateStore({ mirrors, github, random }: StateParts): StateStore {
  const known = newReadFiles();
  const mutex = new KeyedMutex();

  const ref = `refs/heads/${STATE_BRANCH}`;
  const read = async (
    { repository }: StateAddress,
    signal: AbortSignal,
    fetched?: Repository,
  ): Promise<StateSnapshot> => {
    const mirror = fetched ?? (await mirrors.open({ repository, want: [], wantIfThere: [ref] }, signal));
    return StateSnapshot.of(mirror, known);
  };

  const write = async (
    where: StateAddress,
    message: string,
    compute: (snapshot: StateSnapshot) => Promise<readonly FileChange[]>,
    signal: AbortSignal,
  ): Promise<boolean> => {
    for (let tries = 0; tries < maxTries; tries += 1) {
      if (tries > 0) await sleep(waitMs(tries, random()), undefined, { signal });
      const snapshot = await read(where, signal);
      const changes = await compute(snapshot);
      if (changes.length === 0) return false;
      const repository = await github(where.installationId, where.repository);
      if (await commitChanges(repository, snapshot, changes, message)) return true;
    }
    throw new Fault("unavailable", `${maxTries} times somebody else wrote to the branch ${STATE_BRANCH} first`);
  };

  // Workers of one process would only race each other for the same branch.
  const alone = ({ repository }: StateAddress, act: () => Promise<boolean>): Promise<boolean> =>
    mutex.run(`${repository.owner}/${repository.name}`.toLowerCase(), act);

  return {
    ref,
    read,
    record: (where, decision, signal) =>
      alone(where, () => write(where, commitMessage(decision), (now) => changesOf(now, decision), signal)),
    publish: (where, published, signal) =>
      alone(where, () =>
        write(where, publishedMessage(published), (now) => publishedChangesOf(now, published), signal),
      ),
  };
}

/** Longer after each try, and never as long as another worker's. */
function waitMs(tries: number, spread: number): number {
  return Math.min(firstWaitMs * 2 ** tries, longestWaitMs) * (0.5 + spread / 2);
}

/**
 * One commit with these changes on top of what they were computed from; false when the branch is another one by now.
 */
async function commitChanges(
  github: GitHubRepository,
  { commit, tree }: StateSnapshot,
  changes: readonly FileChange[],
  message: string,
): Promise<boolean> {
  const [only, ...more] = changes;
  if (commit !== undefined && only !== undefined && more.length === 0) {
    return (await github.writeFile(STATE_BRANCH, only, message)) === "written";
  }
  const files = [...(commit === undefined ? [{ path: README_PATH, bytes: Buffer.from(README) }] : []), ...changes];
  const made = await github.commit({
    parents: commit === undefined ? [] : [commit],
    baseTree: tree?.oid ?? emptyTree,
    changes: files.map(({ path, bytes }) => ({ kind: "write", path, bytes, executable: false })),
    message,
  });
  if (commit === undefined) return (await github.createBranch(STATE_BRANCH, made.sha)) === "created";
  return (await github.advanceBranch(STATE_BRANCH, made.sha)) === "moved";
}
