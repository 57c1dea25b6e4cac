import { proposingEnvironments } from "../../change/proposing.ts";
import { openConfigured, type RepositoryContext } from "../../change/repository-context.ts";
import type { PromotionsJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { promoteAutomatically } from "./automatic.ts";
import { openDeferred } from "./deferred-requests.ts";
import { forEachLogged } from "./for-each-logged.ts";
import { observe } from "./health.ts";
import type { PromotionPorts } from "./ports.ts";
import { replanOpen } from "./replan.ts";
import { recordReverts } from "./reverts.ts";
import { settleEnded } from "./settle.ts";

/**
 * Brings every promotion of a repository up to date with its base branch, its deployments and its holds: what ended
 * unheard is settled, what was reverted is held, what waited is opened, what the base's new commits touch is planned
 * again, what promotes by itself is opened, failed deploys are looked at where rollbacks are proposed. It looks at how
 * things are, not at what the event said, so a lost event costs time and nothing else.
 */
export async function runPromotions(job: PromotionsJob, ports: PromotionPorts, run: RunContext): Promise<void> {
  const where = { installationId: job.installationId, repository: job.repository };
  const context = await openConfigured(ports, where, job.defaultBranch, run.signal);
  if (context === undefined) return;
  const observed = observe(context);
  const steps = [
    (now: RepositoryContext) => replanOpen(ports, now, observed),
    (now: RepositoryContext) => openDeferred(ports, now, observed),
    (now: RepositoryContext) => promoteAutomatically(ports, now, observed),
  ];
  await settleEnded(ports, context, observed);
  await recordReverts(ports, { ...context, state: await ports.state.read(where, run.signal) });
  // What was just found to be reverted must not be promoted again in the same breath.
  const now = { ...context, state: await ports.state.read(where, run.signal) };
  await forEachLogged(ports, steps, "a step of the sweep", (step) => {
    run.signal.throwIfAborted();
    return step(now);
  });
  for (const environment of proposingEnvironments(now))
    await ports.queue.add({ type: "rollback", ...where, defaultBranch: context.base, environment });
}
