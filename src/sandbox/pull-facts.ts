import { gitText } from "./git.ts";
import type { PullFacts } from "./objects/pull.ts";
import { branchHead, mergedTree } from "./repository-git.ts";
import type { Pull, Repository } from "./state.ts";
import { gitDirOf, type World } from "./world.ts";

/** What the branch that the pull request aims at points at; the recorded base when the branch is gone. */
export async function baseTip(world: World, repository: Repository, pull: Pull): Promise<string> {
  if (pull.state === "closed") return pull.baseSha;
  return (await branchHead(gitDirOf(world, repository), pull.baseRef)) ?? pull.baseSha;
}

/** Asks git what a pull request changes and whether it can be merged. Remembered per pair of commits. */
export async function pullFacts(world: World, repository: Repository, pull: Pull): Promise<PullFacts> {
  const tip = await baseTip(world, repository, pull);
  const key = `${repository.id} ${pull.state} ${tip} ${pull.headSha}`;
  const known = world.facts.get(key) ?? computeFacts(world, repository, pull, tip);
  world.facts.set(key, known);
  return known;
}

async function computeFacts(world: World, repository: Repository, pull: Pull, tip: string): Promise<PullFacts> {
  const dir = gitDirOf(world, repository);
  const range = `${tip}...${pull.headSha}`;
  const [stat, commits, tree] = await Promise.all([
    gitText(dir, ["diff", "--numstat", "-M", range]),
    gitText(dir, ["rev-list", "--count", `${tip}..${pull.headSha}`]),
    pull.state === "open" ? mergedTree(dir, tip, pull.headSha) : undefined,
  ]);
  const rows = stat === "" ? [] : stat.split("\n").map((line) => line.split("\t"));
  const sum = (column: number): number => rows.reduce((total, row) => total + (Number(row[column]) || 0), 0);
  return {
    additions: sum(0),
    deletions: sum(1),
    changedFiles: rows.length,
    commits: Number(commits),
    mergeable: pull.state === "open" ? tree !== undefined : null,
  };
}
