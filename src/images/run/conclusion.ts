import type { RepositoryContext } from "../../change/repository-context.ts";
import type { TargetPromotion } from "../../model/promotion.ts";
import { canonicalImage } from "../../model/registry.ts";
import type { EntryDecision } from "../entry-decision.ts";
import { type ImageUnit, imagesOf } from "../units.ts";
import type { ImagePorts } from "./ports.ts";

/** What became of a unit beside what its policies say. */
export interface Outcome {
  readonly pullRequest?: number;
  /** The head that it has now. */
  readonly head?: string;
  readonly how?: "opened" | "updated" | "same" | "closed";
  /** In place of what the policy says. */
  readonly summary?: string;
  readonly refused?: readonly Extract<TargetPromotion, { outcome: "refused" }>[];
}

const verbs = {
  opened: "was opened",
  updated: "was brought up to date",
  same: "is open",
  closed: "was closed",
} as const;

/**
 * Writes into the event log what was concluded of each image of a unit. Without decisions, `outcome.summary` says
 * why there are none.
 */
export async function conclude(
  ports: ImagePorts,
  { where }: Pick<RepositoryContext, "where">,
  unit: ImageUnit,
  decisions: readonly EntryDecision[],
  outcome: Outcome,
): Promise<void> {
  const repository = `${where.repository.owner}/${where.repository.name}`;
  const about = { repository, unit: unit.name, at: ports.clock() };
  const number = outcome.pullRequest === undefined ? {} : { pullRequest: outcome.pullRequest };
  if (decisions.length === 0) {
    const summary = outcome.summary ?? "nothing was decided";
    for (const image of imagesOf(unit))
      await ports.eventLog.concluded({ ...about, image, summary, tags: [], ...number });
    return;
  }
  for (const { entry, decision, left } of decisions) {
    const image = canonicalImage(entry.image);
    const rest = left.map(({ target, why }) => `${target.id} is left out: ${why}`);
    const refused = (outcome.refused ?? []).map(
      ({ app, environment, reason }) => `${app} in ${environment}: ${reason}`,
    );
    const summary = [firstSentence(decision.summary, outcome), ...rest, ...refused].join("; ");
    await ports.eventLog.concluded({ ...about, image, summary, tags: decision.verdicts, ...number });
  }
}

function firstSentence(decided: string, { summary, how, pullRequest }: Outcome): string {
  const what = summary === undefined ? decided : `${decided}, but ${summary}`;
  return how === undefined || pullRequest === undefined ? what : `${what}: its pull request ${verbs[how]}`;
}
