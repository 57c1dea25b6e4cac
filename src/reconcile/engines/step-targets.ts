import { messageOf } from "../../model/errors.ts";
import { mapLimit } from "../../model/map-limit.ts";
import type { Clock, Logger } from "../../model/observe.ts";
import type { DeployEngine, Desired, StepResult } from "./engine.ts";
import type { EnvironmentStep } from "./environment.ts";

/** Targets of an environment that are worked at at once. */
export const targetsAtOnce = 4;
/** When targets that met a fault are tried again beside others that did not, in milliseconds. */
const retryMs = 15_000;

/** Steps each target by itself: what one meets keeps no other waiting. Throws where all met a fault. */
export async function stepTargets(
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  engine: DeployEngine,
  targets: readonly Desired[],
  signal: AbortSignal,
): Promise<EnvironmentStep> {
  const done: StepResult[] = [];
  const faults: unknown[] = [];
  await mapLimit(targets, targetsAtOnce, (target) =>
    engine.step(target, signal).then(
      (step) => void done.push(step),
      (error: unknown) => void faults.push(error),
    ),
  );
  if (faults.length > 0 && done.length === 0) throw faults[0];
  for (const error of faults) log.warn({ error: messageOf(error) }, "a target's deploy is tried again later");
  const again = Math.min(
    ...done.map((step) => step.again ?? Number.POSITIVE_INFINITY),
    ...(faults.length > 0 ? [clock() + retryMs] : []),
  );
  const reports = done.map(({ operation, status }) => ({ operation, status }));
  return { reports, ...(Number.isFinite(again) && { again }) };
}
