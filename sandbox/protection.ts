import { latestRuns, latestStatuses, verdicts } from "./reported.ts";
import { includesRole, roleOf } from "./roles.ts";
import type { Pull, Repository } from "./state.ts";
import type { Protection } from "./state-parts.ts";
import type { MergeMethod } from "./types-common.ts";
import type { World } from "./world.ts";

/** The rules of a branch, or undefined. They hold for administrators too. */
export function protectionOf(repository: Repository, branch: string): Protection | undefined {
  return repository.protections.find((one) => one.branch === branch);
}

const METHOD_WORDS: Readonly<Record<MergeMethod, string>> = {
  merge: "Merge commits are",
  squash: "Squash merges are",
  rebase: "Rebase merges are",
};

/** Why a method is refused, in GitHub's words, or undefined. */
export function methodRefusal(repository: Repository, method: MergeMethod): string | undefined {
  if (repository.mergeMethods.includes(method)) return undefined;
  return `${METHOD_WORDS[method]} not allowed on this repository.`;
}

/** Which rules of its base a pull request does not meet yet, in GitHub's words, or undefined. */
export function unmetRules(world: World, repository: Repository, pull: Pull): string | undefined {
  const rules = protectionOf(repository, pull.baseRef);
  if (!rules) return undefined;
  const problems = [
    ...reviewProblems(world, repository, pull, rules),
    ...checkProblems(repository, pull.headSha, rules.requiredChecks),
  ];
  return problems.length === 0 ? undefined : problems.join(" ");
}

function reviewProblems(world: World, repository: Repository, pull: Pull, rules: Protection): string[] {
  if (rules.requiredApprovals === 0) return [];
  const counted = verdicts(repository, pull).filter((one) =>
    includesRole(roleOf(world, repository, one.author), "write"),
  );
  if (counted.some((one) => one.state === "CHANGES_REQUESTED")) return ["Changes have been requested."];
  const { requiredApprovals: wanted } = rules;
  if (counted.length >= wanted) return [];
  const reviews = wanted === 1 ? "review is" : "reviews are";
  return [`At least ${wanted} approving ${reviews} required by reviewers with write access.`];
}

type Lack = "expected" | "pending" | "failing";

function checkProblems(repository: Repository, sha: string, required: readonly string[]): string[] {
  const lacks = required
    .map((name) => ({ name, lack: lackOf(repository, sha, name) }))
    .filter((one): one is { name: string; lack: Lack } => one.lack !== undefined);
  const [first] = lacks;
  if (!first) return [];
  if (lacks.length === 1) return [`Required status check "${first.name}" is ${first.lack}.`];
  const counts = (["failing", "pending", "expected"] as const)
    .map((lack) => ({ lack, count: lacks.filter((one) => one.lack === lack).length }))
    .filter((one) => one.count > 0);
  const of = `${lacks.length} of ${required.length} required status checks`;
  return counts.length === 1
    ? [`${of} are ${first.lack}.`]
    : [`${of} have not succeeded: ${counts.map((one) => `${one.count} ${one.lack}`).join(", ")}.`];
}

function lackOf(repository: Repository, sha: string, name: string): Lack | undefined {
  const run = latestRuns(repository, sha).findLast((one) => one.name === name);
  const status = latestStatuses(repository, sha).find((one) => one.context === name);
  const word = run ? (run.conclusion ?? "pending") : status?.state;
  if (word === undefined) return "expected";
  if (word === "pending") return "pending";
  return ["success", "neutral", "skipped"].includes(word) ? undefined : "failing";
}
