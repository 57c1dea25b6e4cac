import type { BranchRules, InstalledRepositories, InstalledRepository } from "../model/github.ts";
import type { Logger } from "../model/observe.ts";
import type { Problem } from "../model/operator.ts";

/** What rulesets are looked for with. */
export interface RulesetParts {
  readonly installedRepositories: InstalledRepositories;
  readonly branchRules: BranchRules;
  /** GitHub's pages, without a slash at the end. */
  readonly webUrl: string;
}

/** A repository whose branches of Sluice's are not kept from people. */
export interface OpenRepository extends Problem {
  /** `owner/name`. */
  readonly repository: string;
}

/** What a ruleset has to cover, each with a branch that stands for it. */
const OURS = [
  { pattern: "sluice-state", branch: "sluice-state" },
  { pattern: "sluice/**/*", branch: "sluice/promote/environment/app" },
] as const;

/** Without one of these rules people can write there. */
const NEEDED = ["creation", "update", "deletion"] as const;

/** At most as many repositories are looked at, three requests each. */
const maxRepositories = 1_000;

/** Looks at the repositories of the App, one after the other, and gives those where something is to be done. */
export async function* openRepositories(parts: RulesetParts, signal: AbortSignal): AsyncGenerator<OpenRepository> {
  let looked = 0;
  for await (const one of parts.installedRepositories(signal)) {
    looked += 1;
    if (looked > maxRepositories) return;
    const problem = await problemOf(one, parts, signal);
    if (problem !== undefined) yield problem;
  }
}

async function problemOf(
  one: InstalledRepository,
  { branchRules, webUrl }: RulesetParts,
  signal: AbortSignal,
): Promise<OpenRepository | undefined> {
  const open: string[] = [];
  const repository = `${one.repository.owner}/${one.repository.name}`;
  for (const { pattern, branch } of OURS) {
    const answer = await branchRules(one, branch, signal);
    if ("refused" in answer) return untold(repository, answer.refused);
    if (!NEEDED.every((rule) => answer.rules.has(rule))) open.push(pattern);
  }
  return open.length === 0 ? undefined : unprotected(repository, open, webUrl);
}

function unprotected(repository: string, open: readonly string[], webUrl: string): OpenRepository {
  return {
    repository,
    fatal: false,
    message: `no ruleset keeps people from writing to ${open.join(" and ")} in ${repository}`,
    fix: `Add one at ${webUrl}/${repository}/settings/rules; docs/installation.md ("The branches that are Sluice's") says which rules.`,
  };
}

function untold(repository: string, text: string): OpenRepository {
  return {
    repository,
    fatal: false,
    message: `the rulesets of ${repository} cannot be read: ${text}`,
    fix: "If its plan has none, give write access only to people who may promote: docs/security.md says what the others could do.",
  };
}

/** Lines for single repositories at one start. */
const maxLines = 50;

/** Makes what says each of them once, at `warn`; what was said before a failure is not said again after it. */
export function tellOpenRepositories(parts: RulesetParts, log: Logger): (signal: AbortSignal) => Promise<void> {
  const said = new Set<string>();
  return async (signal) => {
    for await (const { repository, message, fix } of openRepositories(parts, signal)) {
      if (said.has(repository)) continue;
      said.add(repository);
      if (said.size <= maxLines) log.warn({ repository, fix }, message);
    }
    if (said.size > maxLines)
      log.warn({ repositories: said.size }, `${said.size - maxLines} more repositories lack such a ruleset`);
  };
}
