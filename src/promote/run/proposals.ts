import { readPayload } from "../../change/deployment-payload.ts";
import { discardedOf } from "../../change/pull-request/metadata.ts";
import { closePullRequest } from "../../change/pull-request/settle.ts";
import { openConfigured, type RepositoryContext } from "../../change/repository-context.ts";
import { versionsText } from "../../change/text/version.ts";
import { settingsFor } from "../../config/index.ts";
import type { PullRequest } from "../../model/github.ts";
import type { Deployment } from "../../model/github-repository.ts";
import type { RollbackJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import type { Target } from "../../model/target.ts";
import { type DeployOutcome, deployOutcome } from "../deploy-outcome.ts";
import { promotionBranch } from "../text/branch.ts";
import { closedText } from "../text/closed.ts";
import { promotionFormat, promotionOf } from "../text/metadata.ts";
import type { RollbackProposal } from "../text/proposal-metadata.ts";
import { endProposal } from "./end-proposal.ts";
import { enqueueUpdates } from "./enqueue-updates.ts";
import { closedEvent } from "./events.ts";
import { forEachLogged } from "./for-each-logged.ts";
import { type Observed, observe, trusted } from "./health.ts";
import type { PromotionPorts } from "./ports.ts";
import { type FailedDeploy, propose } from "./propose.ts";
import { isSettled, settleDeploy, tellUnverified } from "./settled-deploys.ts";
import { verifyLive } from "./verify.ts";
import { versionsAt } from "./versions-at.ts";

/** Clocks differ between hosts. In milliseconds. */
const slackMs = 1_000;

/**
 * Looks at the newest deploy of every app of an environment that has `rollback.propose`: proposes a rollback of what
 * failed, once, watches what is live for as long as `rollback.verify` says, and closes a proposal when a later deploy
 * went well. What it knows is on GitHub and on the state branch. Idempotent.
 */
export async function runRollback(job: RollbackJob, ports: PromotionPorts, run: RunContext): Promise<void> {
  const where = { installationId: job.installationId, repository: job.repository };
  const context = await openConfigured(ports, where, job.defaultBranch, run.signal);
  if (context === undefined) return;
  const observed = observe(context);
  const targets = context.targets.targets.filter(({ environment }) => environment === job.environment);
  const moments: number[] = [];
  await forEachLogged(ports, targets, "a rollback that Sluice may propose", async (target) => {
    context.signal.throwIfAborted();
    const next = await lookAt(ports, context, observed, target);
    if (next !== undefined) moments.push(next);
  });
  if (moments.length === 0) return;
  const at = Math.min(...moments) + slackMs;
  await ports.queue.add({ type: "scheduled", at, job }, { delayMs: Math.max(0, at - ports.clock()) });
}

/** Does what is to be done about one target; gives when to look again. */
async function lookAt(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  target: Target,
): Promise<number | undefined> {
  const { app, environment } = target;
  const pending = await pendingProposal(ports, context, observed, target);
  const { rollback, deploy, health } = settingsFor(context.config, app, environment);
  if (deploy === undefined || (!rollback.propose && pending === undefined)) return undefined;
  const seen = trusted(observed, context, target);
  const name = health.kind === "deployment" ? health.name : environment;
  // Those of other tools are about whatever runs there, and would take every app back.
  const own = (await seen.deployments(name)).filter((one) => readPayload(one)?.apps.includes(app) === true);
  const [newest] = own;
  if (newest === undefined) return undefined;
  const settled = await isSettled(ports, context, target, newest.id);
  if (settled && pending === undefined) return undefined;
  const outcome = deployOutcome(newest.createdAt, await seen.statuses(newest.id));
  const deploys = { newest, older: own.slice(1), observed: seen };
  const found = await judge(ports, context, seen, target, newest, outcome);
  if (found.failure !== undefined && rollback.propose) {
    if (!settled) await propose(ports, context, target, { ...deploys, failure: found.failure, url: found.url });
  } else if (outcome.state === "live" && pending !== undefined) await drop(ports, context, target, pending, newest);
  else if (outcome.state !== "under-way" && found.next === undefined && pending === undefined)
    await settleDeploy(ports, context, target, newest.id);
  return found.next;
}

interface Judged extends Partial<Pick<FailedDeploy, "url">> {
  readonly failure?: RollbackProposal["failure"] | undefined;
  readonly next?: number | undefined;
}

/** Whether the deploy failed, or what is live does in the time in which it is watched. */
async function judge(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  target: Target,
  { sha }: Deployment,
  outcome: DeployOutcome,
): Promise<Judged> {
  const { verify } = settingsFor(context.config, target.app, target.environment).rollback;
  switch (outcome.state) {
    case "under-way":
      return {};
    case "failed":
      return { failure: { kind: "deploy", text: outcome.text, ms: outcome.ms }, url: outcome.url };
    case "degraded": {
      const ms = outcome.at - outcome.since;
      const isWatched = verify !== undefined && ms <= verify.for;
      return isWatched ? { failure: { kind: "degraded", text: outcome.text, ms }, url: outcome.url } : {};
    }
    case "live": {
      const { failure, next, problem } = await verifyLive(ports, context, observed, target, {
        sha,
        since: outcome.since,
      });
      if (problem !== undefined) await tellUnverified(ports, context, target, sha, problem);
      return { failure, next };
    }
    default:
      return outcome satisfies never;
  }
}

/**
 * The open pull request of the target's proposal, whoever has ended its hold meanwhile. One that ended unnoticed ends
 * its hold here.
 */
async function pendingProposal(
  ports: PromotionPorts,
  context: RepositoryContext,
  observed: Observed,
  { app, environment }: Target,
): Promise<PullRequest | undefined> {
  const holds = await context.state.holds(environment, app, ports.clock());
  const number = holds.find(({ proposal }) => proposal !== undefined)?.proposal;
  if (number === undefined) {
    const branch = promotionBranch("rollback", environment, [app]);
    const there = context.branches.has(branch) ? await observed.pull(branch) : undefined;
    const isProposal = there?.state === "open" && promotionOf(there, ports.signer)?.proposal !== undefined;
    return isProposal ? there : undefined;
  }
  const pull = await context.github.pullRequest(number);
  if (pull.state === "open") return pull;
  const about = { environment, apps: [app], pullRequest: number, defaultBranch: context.base };
  const how = discardedOf(promotionFormat, pull, ports.signer) === undefined ? "declined" : "dropped";
  if (!pull.merged) await endProposal(ports, context.where, { ...about, how }, context.signal);
  return undefined;
}

/** A later deploy went well, or this one did at another attempt: there is nothing to go back from. */
async function drop(
  ports: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  pull: PullRequest,
  { id, sha }: Deployment,
): Promise<void> {
  const metadata = promotionOf(pull, ports.signer);
  const { deployment, failure } = metadata?.proposal ?? {};
  if (metadata === undefined || failure === undefined) return;
  // Of what is live and fails its checks, the Deployment says that it is live.
  if (deployment === id && failure.kind !== "deploy" && failure.kind !== "degraded") return;
  const [now, goal] = [
    await versionText(ports, context, target, sha),
    await versionText(ports, context, target, metadata.commit),
  ];
  // What it would restore came back by another way, and it is closed for that.
  if (now === goal) return;
  const { app, environment } = target;
  const why = `${app} ${now} is live and healthy in ${environment}`;
  const text = closedText({ why, next: "Nothing is rolled back, and the hold has ended." });
  if (!(await closePullRequest(ports, context, pull, { format: promotionFormat, text }))) return;
  ports.events.announce(closedEvent({ where: context.where, pull, metadata }, "sluice", why, ports.clock()));
  const about = { environment, apps: metadata.apps, pullRequest: pull.number, defaultBranch: context.base };
  await endProposal(ports, context.where, { ...about, how: "dropped", reason: why }, context.signal);
  await enqueueUpdates(ports, context.where, metadata);
}

async function versionText(
  ports: PromotionPorts,
  context: RepositoryContext,
  target: Target,
  sha: string,
): Promise<string> {
  const versions = (await versionsAt(ports, context, target, sha)) ?? [];
  return versions.length === 0 ? sha.slice(0, 7) : versionsText(versions);
}
