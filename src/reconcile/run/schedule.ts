import type { ReconcileJob } from "../../model/deploy.ts";
import type { EnvironmentStep } from "../engines/environment.ts";
import type { DeployGroup } from "./groups.ts";
import type { ReconcilePorts } from "./ports.ts";

/**
 * Schedules the next step of an environment: when the engines say, and whenever drift is due to be looked for. Moments
 * are rounded up, so that the schedules of runs that follow each other meet in one job.
 */
export async function scheduleNext(
  { queue, clock }: Pick<ReconcilePorts, "queue" | "clock">,
  job: ReconcileJob,
  groups: readonly DeployGroup[],
  done: readonly EnvironmentStep[],
): Promise<void> {
  const now = clock();
  const steps = done.flatMap(({ again }) => (again === undefined ? [] : [roundUp(Math.max(again, now), 1_000)]));
  const looks = groups.flatMap(({ settings }) =>
    settings.engine === "apply" ? [roundUp(now + 1, settings.driftInterval)] : [],
  );
  const at = Math.min(...steps, ...looks);
  if (Number.isFinite(at)) await queue.add({ type: "scheduled", at, job }, { delayMs: Math.max(0, at - now) });
}

function roundUp(at: number, step: number): number {
  return Math.ceil(at / step) * step;
}
