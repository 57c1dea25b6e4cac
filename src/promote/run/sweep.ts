import { UserError } from "../../model/errors.ts";
import type { PromotionsJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { promoteAutomatically } from "./automatic.ts";
import { observe } from "./health.ts";
import type { PromotionPorts } from "./ports.ts";
import { renewOpen } from "./renew.ts";
import { recordReverts } from "./reverts.ts";
import { openScene } from "./scene.ts";
import { fulfilWaiting } from "./waiting.ts";

/**
 * Brings every promotion of a repository up to date with its base branch, its deployments and its holds: what was reverted is held, what waited is opened, what the base's new commits touch is
 * planned again, what promotes by itself is opened. It looks at how things are, not at what the event said, so a lost event costs time and nothing else.
 */
export async function runPromotions(job: PromotionsJob, ports: PromotionPorts, context: RunContext): Promise<void> {
  const where = { installationId: job.installationId, repository: job.repository };
  const scene = await openScene(ports, where, job.defaultBranch, context.signal).catch((error: unknown) => {
    // Without a usable configuration there are no promotions; previews say what is wrong with it.
    if (error instanceof UserError && error.kind === "config") return undefined;
    throw error;
  });
  if (scene === undefined) return;
  const observed = observe(scene.github);
  const steps = [
    () => recordReverts(ports, scene),
    () => renewOpen(ports, scene),
    () => fulfilWaiting(ports, scene, observed),
    () => promoteAutomatically(ports, scene, observed),
  ];
  const failures: unknown[] = [];
  for (const step of steps) {
    context.signal.throwIfAborted();
    // One step's failure must not keep the others from being done; the job is run again for it.
    await step().catch((error: unknown) => failures.push(error));
  }
  const [first] = failures;
  if (first !== undefined) throw first;
}
