import { type Builds, buildOrdering, buildsOf } from "./builds.ts";
import { type Asker, asker } from "./facts.ts";
import { type TagFilter, tagFilter } from "./filter.ts";
import { locateAll } from "./locate.ts";
import { movingOrdering } from "./moving-tag.ts";
import type { Ordering, Ranking } from "./ordering.ts";
import { rank } from "./rank.ts";
import { select } from "./select.ts";
import { skippedTags, summaryOf, targetDecisions } from "./summary.ts";
import { verdictsOf } from "./tag-verdicts.ts";
import { textOrdering } from "./text-orders.ts";
import type { Decision, FactsOf, PolicyInput, PolicyLimits } from "./types.ts";
import { versionOrdering } from "./versions.ts";

const defaultLimits: PolicyLimits = { facts: 60, builds: 200, verdicts: 60 };

/**
 * Decides which tag an image gets and which targets move to it, asking for no more facts than it needs. Nothing of a
 * target ever goes backwards by the policy's own order. Throws what `factsOf` throws.
 */
export async function choose(
  input: PolicyInput,
  factsOf: FactsOf,
  limits: Partial<PolicyLimits> = {},
): Promise<Decision> {
  const given: Given = {
    input,
    ask: asker(factsOf),
    limits: { ...defaultLimits, ...limits },
    filter: tagFilter(input.policy),
  };
  const { policy } = input;
  if (policy.digest !== undefined) return decide(given, movingOrdering(policy.digest), [policy.digest]);
  // A registry's list may lag behind its events; what was pushed is asked for before it is taken.
  const tags = [...new Set([...input.tags, ...(input.pushed ?? [])])];
  if (policy.semver !== undefined) return decide(given, versionOrdering(policy, given.filter, tags), tags);
  if (policy.newest === true) return decide(given, buildOrdering(await askForBuilds(given, tags), given.filter), tags);
  return decide(given, textOrdering(policy, given.filter), tags);
}

interface Given {
  readonly input: PolicyInput;
  readonly ask: Asker;
  readonly limits: PolicyLimits;
  readonly filter: TagFilter;
}

async function askForBuilds({ input, ask, limits, filter }: Given, tags: readonly string[]): Promise<Builds> {
  return buildsOf(ask, {
    tags: tags.filter((tag) => filter.textOf(tag) !== undefined),
    pushed: input.pushed ?? [],
    limit: limits.builds,
    now: input.now,
  });
}

async function decide<K>(
  { input, ask, limits, filter }: Given,
  ordering: Ordering<K>,
  tags: readonly string[],
): Promise<Decision> {
  const ranking: Ranking<K> = rank(ordering, filter, tags, {
    current: input.current,
    listed: input.policy.digest === undefined,
  });
  const targets = await locateAll(ranking, input, ask, { limit: limits.facts, filter });
  const selection = await select(ranking, targets, input, ask, limits.facts);
  const decided = { input, ranking, targets, selection };
  const decisions = targetDecisions(decided);
  const { chosen, waitUntil } = selection;
  return {
    ...(chosen !== undefined && { chosen: { tag: chosen.candidate.tag, facts: chosen.facts } }),
    targets: decisions,
    skipped: skippedTags(decided),
    ...(waitUntil !== undefined && { waitUntil }),
    verdicts: verdictsOf(decided, limits.verdicts),
    summary: summaryOf(decided, decisions),
  };
}
