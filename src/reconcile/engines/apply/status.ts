import type { DeployStatus, DeployStep, StepReport } from "../../../model/deploy.ts";
import { count } from "../../../model/text/lists.ts";
import type { OperationDocument } from "./document.ts";
import type { Task } from "./tasks.ts";
import type { Wanted } from "./wanted.ts";

/** Sluice has what it applies. */
type ApplyStep = Exclude<DeployStep, "fetch">;

/** The status of an operation that has a result; `undefined` of one that is under way. */
export function resultStatus(document: OperationDocument): DeployStatus | undefined {
  const { result, readiness, changes, kept, failure } = document;
  const pods = readiness === undefined ? {} : { readiness };
  switch (result?.state) {
    case undefined:
      return undefined;
    case "superseded":
      return { state: "superseded", by: result.by };
    case "live":
      return { state: "live", since: result.at, changed: changes, kept, ...pods };
    case "failed":
      if (failure === undefined) return undefined;
      return { state: "failed", at: result.at, failure, steps: stepsOf(document, undefined), ...pods };
  }
}

/** The status of an operation that is under way. */
export function progressStatus(
  document: OperationDocument,
  wanted: Wanted | undefined,
  deadline: number,
): DeployStatus {
  const { readiness } = document;
  return { state: "progressing", steps: stepsOf(document, wanted), deadline, ...(readiness && { readiness }) };
}

/** The steps that people see, in their order. Those that have not begun are left out. */
function stepsOf(document: OperationDocument, wanted: Wanted | undefined): readonly StepReport[] {
  const { task, failedTask, failure } = document;
  const reached = stepOf(failedTask ?? task ?? (failure === undefined ? "finish" : undefined));
  const order: readonly ApplyStep[] = ["compare", "pre-sync", "apply", "health", "post-sync", "prune"];
  const begun = order.slice(0, order.indexOf(reached) + 1).filter((step) => isPart(step, document, wanted, reached));
  const ended = document.result?.state === "live";
  const steps = begun.map((step): StepReport => {
    const state = step !== reached || ended ? "done" : failure === undefined ? "current" : "failed";
    return { step, state, text: textOf(step, document) };
  });
  const failing = failure !== undefined && task !== undefined && task !== "finish";
  return failing ? [...steps, { step: "sync-fail", state: "current", text: "what runs on failure" }] : steps;
}

/** Steps that a target does not have are not shown. */
function isPart(
  step: ApplyStep,
  { hooks }: OperationDocument,
  wanted: Wanted | undefined,
  reached: DeployStep,
): boolean {
  if (step === reached || (step !== "pre-sync" && step !== "post-sync")) return true;
  return (
    wanted?.order.stages.some(({ phase }) => phase === step) ?? Object.keys(hooks).some((key) => key.startsWith(step))
  );
}

function stepOf(task: Task["id"] | undefined): ApplyStep {
  if (task === undefined) return "compare";
  const [kind, phase] = task.split(" ");
  if (kind === "settle" || kind === "verify") return "health";
  if (kind === "prune" || kind === "finish") return "prune";
  if (phase === "pre-sync" || phase === "post-sync") return phase;
  return kind === "wait" ? "health" : "apply";
}

function textOf(step: ApplyStep, document: OperationDocument): string {
  switch (step) {
    case "compare":
      return `${count(document.changes, "resource")} ${document.changes === 1 ? "changes" : "change"}`;
    case "pre-sync":
    case "post-sync":
    case "sync-fail":
      return hookText(step, document);
    case "apply":
      return count(document.changes, "resource");
    case "health":
      return healthText(document);
    case "prune":
      return document.kept.length === 0 ? "nothing is left behind" : `${count(document.kept.length, "resource")} kept`;
  }
}

function healthText({ readiness, problems }: OperationDocument): string {
  const [first] = problems;
  if (readiness !== undefined) return `${readiness.ready} of ${readiness.wanted} pods ready`;
  return first === undefined ? "everything is healthy" : `${first.object.kind} ${first.object.name} is not healthy yet`;
}

function hookText(phase: string, { hooks }: OperationDocument): string {
  const own = Object.entries(hooks).filter(([key]) => key.startsWith(`${phase} `));
  const ended = own.filter(([, { result }]) => result !== "running").length;
  return `${ended} of ${count(own.length, "hook")} ended`;
}
