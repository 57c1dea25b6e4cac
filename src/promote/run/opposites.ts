import type { RepositoryContext } from "../../change/repository-context.ts";
import type { PullRequest } from "../../model/github.ts";
import { type PromotionKind, parseBranch } from "../text/branch.ts";
import { type PromotionMetadata, promotionOf } from "../text/metadata.ts";
import type { PromotionPorts } from "./ports.ts";

/** More than are ever open at once for the same apps. */
const maxBranches = 20;

/**
 * The open pull requests that want the opposite for one of these apps: of a promotion the rollbacks, of a rollback the
 * promotions.
 */
export async function opposites(
  ports: PromotionPorts,
  context: RepositoryContext,
  { kind, environment, apps }: Pick<PromotionMetadata, "kind" | "environment" | "apps">,
): Promise<readonly PullRequest[]> {
  const branches = [...context.branches.keys()].filter((branch) => {
    const facts = parseBranch(branch);
    if (facts?.kind !== opposite[kind] || facts.environment !== environment) return false;
    return facts.app === undefined || apps.includes(facts.app);
  });
  const found: PullRequest[] = [];
  for (const branch of branches.slice(0, maxBranches)) {
    const pull = await context.github.pullRequestOf(branch, context.base);
    const metadata = pull?.state === "open" ? promotionOf(pull, ports.signer) : undefined;
    if (pull !== undefined && metadata?.apps.some((app) => apps.includes(app)) === true) found.push(pull);
  }
  return found;
}

const opposite: Readonly<Record<PromotionKind, PromotionKind>> = { promotion: "rollback", rollback: "promotion" };

/** "A rollback is open too: #7". Empty where none is. */
export function oppositesText(kind: PromotionKind, pulls: readonly PullRequest[]): string {
  const numbers = pulls.map(({ number }) => `#${number}`).join(", ");
  return pulls.length === 0 ? "" : `A ${opposite[kind]} is open too: ${numbers}`;
}
