import type { DeployFailure, Operation } from "../../../model/deploy.ts";
import { UserError } from "../../../model/errors.ts";
import type { Inventory } from "../../inventory/parent.ts";
import type { DeployEngine, Desired, StepResult } from "../engine.ts";
import { applyStage } from "./apply-stage.ts";
import { compareAll, forbidden } from "./begin.ts";
import { decide } from "./decide.ts";
import { type Begin, newDocument, type OperationDocument, parseDocument } from "./document.ts";
import { driftOf, type LiveComparison } from "./drift.ts";
import { explained } from "./explain.ts";
import { finish, supersede } from "./finish.ts";
import { readHooks } from "./hooks.ts";
import type { ApplyPorts, ApplyRules } from "./ports.ts";
import { failureOf, failureOfError } from "./problems.ts";
import { prune } from "./prune.ts";
import { progressStatus, resultStatus } from "./status.ts";
import type { Task } from "./tasks.ts";
import { settle, stillHealthy, verify, waitForStage } from "./wait.ts";
import { readWanted, withoutHooks } from "./wanted.ts";
import { type Outcome, Work } from "./work.ts";

/**
 * Applies a target to a cluster itself. All that it knows between two steps is in the cluster, beside the inventory of
 * the target's objects; each write of it needs that nobody else wrote it since.
 */
export class ApplyEngine implements DeployEngine {
  readonly #ports: ApplyPorts;
  readonly #rules: ApplyRules;

  constructor(ports: ApplyPorts, rules: ApplyRules) {
    this.#ports = ports;
    this.#rules = rules;
  }

  async step(desired: Desired, signal: AbortSignal): Promise<StepResult> {
    try {
      return await this.#step(desired, signal);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // What cannot be recorded is told all the same.
      const status = {
        state: "failed",
        at: this.#ports.clock(),
        failure: failureOfError(error, false),
        steps: [],
      } as const;
      return { operation: { ...this.#begun(desired), id: `${desired.app}@${desired.head}` }, status };
    }
  }

  /** See `ApplyEnvironment.compare`. */
  async compare(desired: Desired, signal: AbortSignal, all = false): Promise<LiveComparison | undefined> {
    const stored = await this.#ports.store.read(signal);
    const document = parseDocument(stored?.operation);
    const live = document?.result?.state === "live" && document.operation.digest === desired.digest;
    if (!live && !all) return undefined;
    const [ports, rules] = [this.#ports, this.#rules];
    const wanted = await readWanted(desired.resources(), ports, rules, signal);
    if (forbidden(wanted, false) !== undefined) return undefined;
    const found = await driftOf(wanted, stored?.members ?? [], { ports, rules, signal });
    // Long comparisons outlast the lease: what a deploy has begun to change meanwhile is no drift.
    if (!all && !isSame(document, parseDocument((await ports.store.read(signal))?.operation))) return undefined;
    const { request, undone = [] } = document ?? {};
    return { live, ...found, undone, ...(request !== undefined && { request }) };
  }

  async #step(desired: Desired, signal: AbortSignal): Promise<StepResult> {
    const stored = await this.#ports.store.read(signal);
    const before = parseDocument(stored?.operation);
    const decision = decide(before, desired);
    switch (decision.kind) {
      case "recorded":
        return this.#recorded(desired, stored, decision.document, signal);
      case "supersede":
        return this.#supersede(await this.#work(desired, stored, decision.document, signal), desired);
      case "continue":
        return resume(await this.#work(desired, stored, answering(decision.document, desired), signal));
      case "begin": {
        const { repository } = this.#rules;
        const document = newDocument(this.#begun(desired), { repository, ...decision, ...asked(desired, before) });
        return begin(await this.#work(desired, stored, document, signal));
      }
    }
  }

  /** What is live is looked at for as long as it is watched; then its result stands. */
  async #recorded(
    desired: Desired,
    stored: Inventory | undefined,
    document: OperationDocument,
    signal: AbortSignal,
  ): Promise<StepResult> {
    const { result } = document;
    const until = result?.state === "live" ? result.at + this.#rules.limits.watchMs : 0;
    if (this.#ports.clock() >= until) return recorded(document);
    return watchLive(await this.#work(desired, stored, document, signal), until);
  }

  async #work(
    desired: Desired,
    stored: Inventory | undefined,
    document: OperationDocument,
    signal: AbortSignal,
  ): Promise<Work> {
    const all = await readWanted(desired.resources(), this.#ports, this.#rules, signal);
    const wanted = document.withHooks ? all : withoutHooks(all);
    return new Work({ document, stored, wanted }, { ports: this.#ports, rules: this.#rules, signal });
  }

  #begun({ app, environment, head, digest }: Desired): Operation {
    return { id: this.#ports.newId(), app, environment, head, digest, startedAt: this.#ports.clock() };
  }

  /** A hook that runs is waited for: to stop a migration half way may be worse than to wait. */
  async #supersede(work: Work, desired: Desired): Promise<StepResult> {
    await readHooks(work);
    const running = Object.values(work.document.hooks).some(({ result }) => result === "running");
    if (running) return progress(work, { until: work.now + this.#rules.limits.pollMs });
    const status = await supersede(work, desired.head);
    return { operation: work.document.operation, status, again: work.now };
  }
}

function isSame(one: OperationDocument | undefined, other: OperationDocument | undefined): boolean {
  return one?.operation.id === other?.operation.id && other?.result?.state === "live";
}

/** A person confirms what they have seen, and nothing that Git has later. */
function asked(
  { request, digest }: Desired,
  before: OperationDocument | undefined,
): Pick<Begin, "request" | "confirmed" | "undone"> {
  const same = digest === before?.operation.digest;
  const answered = request?.id === before?.request && !same;
  return { request: request?.id, confirmed: request?.prune === true && !answered, undone: same ? request?.undone : [] };
}

/** An operation that is under way answers who asks for one meanwhile. */
function answering(document: OperationDocument, { request }: Desired): OperationDocument {
  if (request === undefined || request.id === document.request) return document;
  const { undone: _, ...others } = document;
  return { ...others, request: request.id, ...(request.undone && { undone: request.undone }) };
}

function recorded(document: OperationDocument): StepResult {
  const status = resultStatus(document);
  if (status === undefined) throw new Error("an operation without a result was taken for one that has one");
  return { operation: document.operation, status };
}

/** When what is live is looked at again, in milliseconds. */
const watchEveryMs = 30_000;

/** It fails if it degrades, and stays live if that cannot be known. */
async function watchLive(work: Work, until: number): Promise<StepResult> {
  const before = work.document;
  const outcome = await stillHealthy(work).catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  if (outcome === undefined) return recorded(before);
  if (outcome.kind === "failed") {
    work.update({ failure: await explained(work, outcome.failure), failedTask: "verify" });
    work.end({ state: "failed", at: work.now });
  }
  await work.saveUnchanged();
  if (outcome.kind === "failed") return recorded(work.document);
  const isDegraded = outcome.kind === "wait" && work.document.settled?.state === "degraded";
  return { ...recorded(work.document), again: Math.min(isDegraded ? outcome.until : work.now + watchEveryMs, until) };
}

/** Compares, and begins with the first task, or fails before anything was written. */
async function begin(work: Work): Promise<StepResult> {
  const failure = await compareAll(work);
  if (failure === undefined) {
    enter(work, work.wanted.tasks[0]);
    return advance(work);
  }
  work.update({ failure });
  work.end({ state: "failed", at: work.now });
  await work.saveUnchanged();
  return recorded(work.document);
}

/** Goes on, unless the operator has taken back what it needs: then nothing more is written but how it ended. */
async function resume(work: Work): Promise<StepResult> {
  const failure = forbidden(work.wanted, true);
  if (failure !== undefined && work.document.task !== "finish") {
    work.update({ failure: work.document.failure ?? failure, ...failedAt(work.document) });
    enter(work, { kind: "finish", id: "finish" });
  }
  return advance(work);
}

function failedAt({ failedTask, task }: OperationDocument): { failedTask?: string } {
  const id = failedTask ?? task;
  return id === undefined ? {} : { failedTask: id };
}

/** Works at one task after the other, until one has to wait or there is a result. */
async function advance(work: Work): Promise<StepResult> {
  for (let task = currentTask(work); ; task = currentTask(work)) {
    const outcome = overdue(work, await performed(work, task));
    if (work.document.result !== undefined) return recorded(work.document);
    if (outcome.kind === "failed") fail(work, task, await explained(work, outcome.failure));
    else if (outcome.kind === "done") enter(work, nextTask(work, task));
    else {
      await work.save();
      return progress(work, outcome);
    }
  }
}

/** What the cluster forbids fails the operation. Where the end itself is forbidden there is nothing left to fail. */
async function performed(work: Work, task: Task): Promise<Outcome> {
  try {
    return await perform(work, task);
  } catch (error) {
    if (!(error instanceof UserError) || task.kind === "finish") throw error;
    return { kind: "failed", failure: failureOfError(error, true) };
  }
}

function perform(work: Work, task: Task): Promise<Outcome> {
  switch (task.kind) {
    case "apply":
      return applyStage(work, task.stage);
    case "wait":
      return waitForStage(work, task.stage);
    case "settle":
      return settle(work);
    case "prune":
      return prune(work);
    case "verify":
      return verify(work);
    case "finish":
      return finish(work);
  }
}

/** The outcome, or that it takes too long. */
function overdue(work: Work, outcome: Outcome): Outcome {
  if (outcome.kind !== "wait" || outcome.patient === true) return outcome;
  const deadline = Math.min(outcome.deadline, deadlineOf(work));
  if (work.now < deadline) return outcome;
  return { kind: "failed", failure: failureOf("timeout", work.document.problems, true) };
}

function deadlineOf({ document: { operation }, rules: { limits } }: Work): number {
  return operation.startedAt + limits.operationMs;
}

function tasksIn({ document: { failure }, wanted }: Work): readonly Task[] {
  return failure === undefined ? wanted.tasks : wanted.onFailure;
}

/** One that is not known, since a later version of Sluice began it, is the first: each may be begun again. */
function currentTask(work: Work): Task {
  const tasks = tasksIn(work);
  return tasks.find(({ id }) => id === work.document.task) ?? tasks[0] ?? { kind: "finish", id: "finish" };
}

function nextTask(work: Work, task: Task): Task | undefined {
  const tasks = tasksIn(work);
  return tasks[tasks.findIndex(({ id }) => id === task.id) + 1];
}

function enter(work: Work, task: Task | undefined): void {
  work.unsettle();
  work.update({ task: task?.id ?? "finish", taskSince: work.now, problems: [] });
}

/** What fails while it is being dealt with a failure does not hide that. */
function fail(work: Work, task: Task, failure: DeployFailure): void {
  if (work.document.failure !== undefined) enter(work, nextTask(work, task));
  else {
    work.update({ failure, failedTask: task.id });
    enter(work, work.wanted.onFailure[0]);
  }
}

function progress(work: Work, { until, deadline }: { readonly until: number; readonly deadline?: number }): StepResult {
  const end = Math.min(deadline ?? Number.POSITIVE_INFINITY, deadlineOf(work));
  const { document, wanted } = work;
  return { operation: document.operation, status: progressStatus(document, wanted, end), again: Math.min(until, end) };
}
