import { createHash } from "node:crypto";
import { z } from "zod";
import { pullOf } from "../../change/merged-pull.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import { arrivalOf } from "../../change/versions.ts";
import type { UserError } from "../../model/errors.ts";
import type { Target } from "../../model/target.ts";
import { unverifiedText } from "../text/rollback-proposal.ts";
import type { PromotionPorts } from "./ports.ts";

const kind = "rollback-settled";
const keepMs = 30 * 24 * 3_600_000;

const stored = z.object({ deployment: z.number(), unverified: z.string().optional() });

/** Whether nothing more comes of a Deployment. A store that is wiped forgets it: then it is looked at once more. */
export async function isSettled(
  ports: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  deployment: number,
): Promise<boolean> {
  const value = (await ports.records.get(kind, idOf(context, target)))?.value;
  return stored.safeParse(value).data?.deployment === deployment;
}

/** Remembers that nothing more comes of it, so that it costs no call any more. */
export async function settleDeploy(
  { records, clock }: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  deployment: number,
): Promise<void> {
  await records.put(kind, { id: idOf(context, target), at: clock(), keys: [], value: { deployment } }, keepMs);
}

/** Says on the pull request that was deployed why that cannot be verified, once. */
export async function tellUnverified(
  { renderer, records, clock, log }: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  sha: string,
  problem: UserError,
): Promise<void> {
  const id = `${idOf(context, target)}/unverified`;
  if ((await records.get(kind, id))?.value === sha) return;
  const { app, environment } = target;
  log.warn({ target: target.id, error: problem }, "a deploy cannot be verified");
  const { repository, signal, github } = context;
  const commit = await arrivalOf({ repository, renderer, target, commit: sha, signal });
  const pull = commit && (await pullOf(context, commit));
  const why = problem.fix === undefined ? problem.message : `${problem.message}. ${problem.fix}`;
  // Names may have characters that no marker has.
  const marker = `unverified-${createHash("sha256").update(`${environment}/${app}`).digest("hex").slice(0, 12)}`;
  if (pull !== undefined) await github.upsertComment(pull.number, marker, unverifiedText(app, environment, why));
  await records.put(kind, { id, at: clock(), keys: [], value: sha }, keepMs);
}

function idOf({ where: { repository } }: RepositoryContext, { environment, app }: Target): string {
  const { owner, name } = repository;
  // GitHub's names are compared without case; those of apps and environments are not.
  return [owner.toLowerCase(), name.toLowerCase(), environment, app].map(encodeURIComponent).join("/");
}
