import { gitText } from "./git.ts";
import { countCommits } from "./repository-git.ts";
import type { Pull, Repository } from "./state.ts";
import type { PullFacts } from "./state-parts.ts";
import { branchHead, gitDirOf, type World } from "./world.ts";

/** What the branch that the pull request aims at points at; the recorded base when it is closed or the branch gone. */
export function baseTip(repository: Repository, pull: Pull): string {
  return pull.state === "closed" ? pull.baseSha : (branchHead(repository, pull.baseRef) ?? pull.baseSha);
}

/** What a pull request changes, asked of git once per pair of commits, and whether it can be merged. */
export async function pullFacts(world: World, repository: Repository, pull: Pull): Promise<PullFacts> {
  const base = baseTip(repository, pull);
  const key = `${repository.id} ${base}...${pull.headSha}`;
  const size = world.sizes.get(key) ?? measure(gitDirOf(world, repository), base, pull.headSha);
  world.sizes.set(key, size);
  // The test merge is kept up to date with both branches: there is one exactly when the two can be merged.
  return { ...(await size), mergeable: pull.state === "open" ? pull.mergeCommitSha !== null : null };
}

async function measure(dir: string, base: string, head: string): Promise<Omit<PullFacts, "mergeable">> {
  const [stat, commits] = await Promise.all([
    gitText(dir, ["diff", "--numstat", "-M", `${base}...${head}`]),
    countCommits(dir, base, head),
  ]);
  const rows = stat === "" ? [] : stat.split("\n").map((line) => line.split("\t"));
  const sum = (column: number): number => rows.reduce((total, row) => total + (Number(row[column]) || 0), 0);
  return { additions: sum(0), deletions: sum(1), changedFiles: rows.length, commits };
}
