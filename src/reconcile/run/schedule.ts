import type { ReconcileJob } from "../../model/deploy.ts";
import type { EnvironmentStep } from "../engines/environment.ts";
import type { ReconcilePorts } from "./ports.ts";

/**
 * Schedules the next step of an environment when the engines say, if one is due at all: what is quiet, the sweep looks
 * at. Moments are rounded up, so that the schedules of runs that follow each other meet in one job.
 */
export async function scheduleNext(
  { queue, clock }: Pick<ReconcilePorts, "queue" | "clock">,
  job: ReconcileJob,
  done: readonly EnvironmentStep[],
): Promise<void> {
  const now = clock();
  const steps = done.flatMap(({ again }) => (again === undefined ? [] : [Math.max(again, now)]));
  if (steps.length === 0) return;
  const at = Math.ceil(Math.min(...steps) / stepMs) * stepMs;
  await queue.add({ type: "scheduled", at, job }, { delayMs: Math.max(0, at - now) });
}

const stepMs = 1_000;
