import type { RepositoryContext } from "../../change/repository-context.ts";
import { settingsFor } from "../../config/index.ts";
import type { VerifyQuery } from "../../config/schema/rollback.ts";
import { fillTemplate } from "../../config/values/templates.ts";
import { messageOf, UserError } from "../../model/errors.ts";
import type { Target } from "../../model/target.ts";
import type { RollbackProposal } from "../text/proposal-metadata.ts";
import type { Observed } from "./health.ts";
import type { PromotionPorts } from "./ports.ts";

/** Between two looks at queries, in milliseconds. */
const everyMs = 30_000;

/** A deploy that is live: its commit, and since when. */
export interface LiveDeploy {
  readonly sha: string;
  readonly since: number;
}

/** What a look at a deploy that is live came to. */
export interface Verified {
  readonly failure?: RollbackProposal["failure"];
  /** When to look again, in milliseconds since the epoch; absent: it is over. */
  readonly next?: number;
  /** What a person must put right before it can be verified. */
  readonly problem?: UserError;
}

/**
 * Looks at what `rollback.verify` names. What was missed while nobody looked is asked for the end of that time. A
 * Prometheus that does not answer says nothing of the version.
 */
export async function verifyLive(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  target: Target,
  { sha, since }: LiveDeploy,
): Promise<Verified> {
  const { verify } = settingsFor(context.config, target.app, target.environment).rollback;
  if (verify === undefined) return {};
  const end = since + verify.for;
  const now = ports.clock();
  const checks = verify.checks.map((name) => fillTemplate(name, target));
  const failed = checks.length === 0 ? undefined : await failedCheck(observed, checks, sha, end);
  if (failed !== undefined) return { failure: { kind: "check", name: failed, commit: sha } };
  const asked = await askQueries(ports, context, target, verify.queries, Math.min(now, end));
  if (asked.failure !== undefined || now >= end) return asked;
  return { ...asked, next: verify.queries.length === 0 ? end : Math.min(now + everyMs, end) };
}

async function failedCheck(
  observed: Observed,
  names: readonly string[],
  sha: string,
  end: number,
): Promise<string | undefined> {
  const failed = (await observed.checks(sha)).find(
    ({ name, state, completedAt }) =>
      state === "failed" && names.includes(name) && (completedAt === undefined || Date.parse(completedAt) <= end),
  );
  return failed?.name;
}

async function askQueries(
  { prometheus, log }: PromotionPorts,
  { where: { repository }, signal }: RepositoryContext,
  target: Target,
  queries: readonly VerifyQuery[],
  at: number,
): Promise<Verified> {
  for (const { prometheus: name, query: template, max, min } of queries) {
    const query = fillTemplate(template, target);
    try {
      for (const value of await prometheus.values({ repository, prometheus: name, query, at }, signal)) {
        if (max !== undefined && value > max)
          return { failure: { kind: "query", query, value, side: "above", limit: max } };
        if (min !== undefined && value < min)
          return { failure: { kind: "query", query, value, side: "below", limit: min } };
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UserError) return { problem: error };
      log.warn({ target: target.id, error: messageOf(error) }, "a deploy could not be verified for a moment");
    }
  }
  return {};
}
