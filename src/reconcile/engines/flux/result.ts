import type { DeployFailure, DeployStatus, DeployStep, Readiness, StepReport } from "../../../model/deploy.ts";
import { controllerFailure, controllerWords } from "../controller/words.ts";
import type { InventoryEntry } from "./inventory.ts";
import type { Failing, Verdict } from "./verdict.ts";
import { problemsIn, withoutApplied } from "./words.ts";

/** Times in milliseconds since the epoch. */
export interface Timing {
  readonly now: number;
  /** `undefined`: nobody has asked Flux for it, and Flux has not begun. */
  readonly startedAt: number | undefined;
  /** When an operation that begins at `startedAt` fails. */
  readonly deadline: number;
}

/** A status, and when the next step is due. */
export interface Result {
  readonly status: DeployStatus;
  readonly again?: number;
}

/** When to look again, in milliseconds: while something moves, while something should come, and else. */
const [movingMs, comingMs, quietMs] = [3_000, 10_000, 60_000];
/** A failure may come right while Flux tries again: when to look, in milliseconds. */
export const failedMs = 30_000;

/** What a verdict is for people. Pure. */
export function resultOf(
  verdict: Verdict,
  timing: Timing,
  facts: { readonly inventory: readonly InventoryEntry[]; readonly readiness?: Readiness | undefined },
): Result {
  const { now, deadline, startedAt } = timing;
  const readiness = facts.readiness === undefined ? {} : { readiness: facts.readiness };
  switch (verdict.kind) {
    case "applied": {
      const since = Math.max(Math.min(verdict.at ?? now, now), startedAt ?? 0);
      return { status: { state: "live", since, changed: 0, kept: [], ...readiness } };
    }
    case "superseded":
      return { status: { state: "superseded", by: verdict.by }, again: now };
    case "waiting":
      return waitingResult(verdict, timing);
    case "failing": {
      if (!verdict.final && now < deadline) return progressResult(verdict.step, retryText(verdict), timing, readiness);
      const status = { state: "failed", at: verdict.at ?? now, failure: failureOf(verdict, facts.inventory) } as const;
      const steps: StepReport[] = [];
      return { status: { ...status, steps, ...readiness }, ...(now < deadline && { again: now + failedMs }) };
    }
    case "progressing":
      if (now >= deadline)
        return failedResult(timing, timeoutFailure(verdict.text, verdict.step !== "fetch"), readiness);
      return progressResult(verdict.step, verdict.text, timing, readiness);
    default:
      return verdict satisfies never;
  }
}

function waitingResult({ until, reason }: Extract<Verdict, { kind: "waiting" }>, timing: Timing): Result {
  const { now, deadline } = timing;
  const told = controllerWords(reason);
  if (until === "person") return { status: { state: "waiting", reason: told }, again: now + quietMs };
  if (now >= deadline) return failedResult(timing, timeoutFailure(told, false), {});
  return { status: { state: "waiting", reason: told }, again: Math.min(now + comingMs, deadline) };
}

function progressResult(
  step: DeployStep,
  text: string,
  { now, deadline, startedAt }: Timing,
  readiness: { readonly readiness?: Readiness },
): Result {
  const told = controllerWords(text);
  // Without a beginning there is no end to name.
  if (startedAt === undefined) return { status: { state: "waiting", reason: told }, again: now + comingMs };
  const order: readonly DeployStep[] = ["fetch", "apply", "health"];
  const steps = order.slice(0, order.indexOf(step) + 1).map((one): StepReport => {
    return one === step ? { step: one, state: "current", text: told } : { step: one, state: "done", text: "by Flux" };
  });
  return {
    status: { state: "progressing", steps, deadline, ...readiness },
    again: Math.min(now + movingMs, deadline),
  };
}

function failedResult(
  { deadline }: Timing,
  failure: DeployFailure,
  readiness: { readonly readiness?: Readiness },
): Result {
  return { status: { state: "failed", at: deadline, failure, steps: [], ...readiness } };
}

function timeoutFailure(summary: string, applied: boolean): DeployFailure {
  return { kind: "timeout", summary: controllerWords(summary), problems: [], events: [], applied };
}

const healthCheck = "HealthCheckFailed";

function retryText({ reason, message }: Failing): string {
  return message === "" ? `Flux tries again after ${reason}` : `${message}; Flux tries again`;
}

function failureOf({ reason, message, applied }: Failing, inventory: readonly InventoryEntry[]): DeployFailure {
  const problems = problemsIn(message, inventory);
  // The same while Flux tries again, when it no longer says what was wrong.
  const summary = reason === healthCheck ? "the health check of Flux failed" : withoutApplied(message);
  return controllerFailure(summary || `Flux says ${reason}`, problems, applied);
}
