import { openScene, type Scene } from "../../change/repository-context.ts";
import { UserError } from "../../model/errors.ts";
import type { PromotionsJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { promoteAutomatically } from "./automatic.ts";
import { fulfilWaiting } from "./deferred-requests.ts";
import { eachTold } from "./for-each-branch.ts";
import { observe } from "./health.ts";
import type { PromotionPorts } from "./ports.ts";
import { renewOpen } from "./replan.ts";
import { recordReverts } from "./reverts.ts";

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
    (now: Scene) => renewOpen(ports, now, observed),
    (now: Scene) => fulfilWaiting(ports, now, observed),
    (now: Scene) => promoteAutomatically(ports, now, observed),
  ];
  await recordReverts(ports, scene);
  // What was just found to be reverted must not be promoted again in the same breath.
  const now = { ...scene, state: await ports.state.read(where, context.signal) };
  await eachTold(ports, steps, "a step of the sweep", (step) => {
    context.signal.throwIfAborted();
    return step(now);
  });
}
