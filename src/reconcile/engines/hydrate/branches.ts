import type { GitHubRepository } from "../../../model/github-repository.ts";
import { visible } from "../../../model/text/lines.ts";
import type { Tree, TreeChange } from "../../../model/tree.ts";
import type { DesiredEnvironment } from "../environment.ts";
import type { BranchNow } from "./plan.ts";
import type { HydratePorts } from "./ports.ts";

const heads = "refs/heads/";
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** The branches as they are now, in the order of their names. */
export async function readBranches<const N extends readonly string[]>(
  ports: Pick<HydratePorts, "open" | "clock">,
  names: N,
  signal: AbortSignal,
): Promise<{ readonly [I in keyof N]: BranchNow }>;
export async function readBranches(
  { open, clock }: Pick<HydratePorts, "open" | "clock">,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly BranchNow[]> {
  const repository = await open(names, signal);
  return Promise.all(
    names.map(async (name): Promise<BranchNow> => {
      const head = (await repository.refs(`${heads}${name}`)).get(`${heads}${name}`);
      if (head === undefined) return { name, repository, head, tree: undefined, date: clock() };
      const [facts] = await repository.log({ to: head, limit: 1 });
      const date = Date.parse(facts?.date ?? "") || clock();
      return { name, repository, head, tree: await repository.tree(head), date };
    }),
  );
}

/** A commit for a branch. */
export interface BranchCommit {
  readonly branch: Pick<BranchNow, "name" | "head">;
  /** Its head among them, or its descendants: a branch is never moved by force. */
  readonly parents: readonly string[];
  /** What the changes are made to; absent: nothing. */
  readonly baseTree: Tree | undefined;
  readonly desired: DesiredEnvironment;
  readonly changes: readonly TreeChange[];
}

/** The new head; `undefined`: somebody else moved the branch. */
export async function commitTo(
  github: Pick<GitHubRepository, "commit" | "createBranch" | "advanceBranch">,
  { branch: { name, head }, parents, baseTree, desired, changes }: BranchCommit,
): Promise<string | undefined> {
  const message = messageOf(desired, changes);
  const { sha } = await github.commit({ parents, baseTree: baseTree?.oid ?? EMPTY_TREE, changes, message });
  const done =
    head === undefined
      ? (await github.createBranch(name, sha)) === "created"
      : (await github.advanceBranch(name, sha)) === "moved";
  return done ? sha : undefined;
}

function messageOf({ environment, head, targets }: DesiredEnvironment, changes: readonly TreeChange[]): string {
  const [only] = targets;
  const what = targets.length === 1 && only !== undefined ? `${visible(only.app)} in ${environment}` : environment;
  const list = changes
    .map(({ kind, path }) => `- ${kind === "delete" ? "remove" : "write"} ${visible(path)}`)
    .slice(0, 100);
  return `Render ${what} at ${head.slice(0, 7)}\n\n${list.join("\n")}\n\nSource-Commit: ${head}\n`;
}
