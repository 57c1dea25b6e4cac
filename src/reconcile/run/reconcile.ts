import { proposingEnvironments } from "../../change/proposing.ts";
import { openConfigured, type RepositoryContext } from "../../change/repository-context.ts";
import type { OperationReport, ReconcileJob } from "../../model/deploy.ts";
import { messageOf } from "../../model/errors.ts";
import { mapLimit } from "../../model/map-limit.ts";
import type { RunContext } from "../../model/queue.ts";
import type { DesiredEnvironment, EnvironmentStep } from "../engines/environment.ts";
import { inOrder, readiness } from "./dependencies.ts";
import { desiredOf, operationOf, refusedReport, userErrorOf } from "./desired.ts";
import { scheduleDrift } from "./drift-state.ts";
import { engineOf } from "./engine.ts";
import { type DeployGroup, deployedEnvironments, deployGroups } from "./groups.ts";
import { divideByHolds } from "./holds.ts";
import type { ReconcilePorts } from "./ports.ts";
import { reportDeploys } from "./report.ts";
import { requestOf } from "./requests.ts";
import { scheduleNext } from "./schedule.ts";
import { rememberDeploys } from "./sweep.ts";

/** Targets that are rendered at once. */
const rendersAtOnce = 4;

/**
 * Does the next step of bringing an environment to what Git wants now, says on GitHub what became of it, and schedules
 * the step after it. Without an environment it adds a job for each that is deployed. Nothing in the job says what is to
 * be deployed: that is the head of the base branch at this moment.
 */
export async function runReconcile(
  job: ReconcileJob,
  ports: ReconcilePorts,
  run: RunContext,
  report: typeof reportDeploys = reportDeploys,
): Promise<void> {
  const where = { installationId: job.installationId, repository: job.repository };
  const context = await openConfigured(ports, where, job.defaultBranch, run.signal);
  if (context === undefined) return;
  const { environment } = job;
  if (environment === undefined) return addEach(job, ports, context);
  const { reports, faults } = await reconcileEnvironment({ ...job, environment }, ports, context);
  await report(ports, context, environment, reports);
  await lookForFailures(job, ports, context, environment, reports);
  // What one group meets keeps no other waiting; the queue tries again.
  const [first, ...others] = faults;
  for (const error of others) ports.log.warn({ environment, error: messageOf(error) }, "a deploy is tried again");
  if (faults.length > 0) throw first;
}

/**
 * Another room proposes to go back from what failed, or does so while it is watched. While something is under way its
 * Deployment says nothing yet, and what failed beside it is heard of by GitHub's event.
 */
async function lookForFailures(
  { installationId, repository, defaultBranch }: ReconcileJob,
  ports: ReconcilePorts,
  context: RepositoryContext,
  environment: string,
  reports: readonly OperationReport[],
): Promise<void> {
  const isQuiet = reports.every(({ status }) => status.state !== "progressing");
  if (!isQuiet || !proposingEnvironments(context).includes(environment)) return;
  await ports.queue.add({ type: "rollback", installationId, repository, defaultBranch, environment });
}

async function addEach(job: ReconcileJob, ports: ReconcilePorts, context: RepositoryContext): Promise<void> {
  const environments = deployedEnvironments(context);
  await rememberDeploys(ports, job, environments.length > 0);
  for (const environment of environments) await ports.queue.add({ ...job, environment });
}

interface Reconciled {
  readonly reports: readonly OperationReport[];
  readonly faults: readonly unknown[];
}

async function reconcileEnvironment(
  job: ReconcileJob & { readonly environment: string },
  ports: ReconcilePorts,
  context: RepositoryContext,
): Promise<Reconciled> {
  const { environment } = job;
  const groups = deployGroups(context, environment);
  const done: EnvironmentStep[] = [];
  const faults: unknown[] = [];
  for (const group of inOrder(groups)) {
    context.signal.throwIfAborted();
    const ready = readiness(
      group,
      groups,
      done.flatMap(({ reports }) => reports),
    );
    if (ready.kind === "wait") {
      done.push({
        reports: ready.reason === undefined ? [] : waitingReports(context, group, ready.reason, ports.clock()),
      });
      continue;
    }
    await stepGroup(ports, context, environment, group).then(
      (result) => done.push(result),
      (error: unknown) => faults.push(error),
    );
  }
  // Before anything is said: deploys go on while GitHub does not answer.
  await scheduleNext(ports, job, done);
  await scheduleDrift(ports, job, groups, done);
  return { reports: done.flatMap(({ reports }) => reports), faults };
}

async function stepGroup(
  ports: ReconcilePorts,
  context: RepositoryContext,
  environment: string,
  group: DeployGroup,
): Promise<EnvironmentStep> {
  const { held, free } = await divideByHolds(ports, context, group.targets);
  const whole = group.settings.engine === "apply" || group.settings.engine === "hydrate";
  const results = await mapLimit(free, rendersAtOnce, async (target) => {
    const newest = await requestOf(ports.records, context.where.repository, environment, target.app);
    // What Sluice asked for itself counts only where it still is to undo drift.
    const request = newest?.undone === undefined || undoesDrift(group.settings) ? newest : undefined;
    return desiredOf(ports, context, target, request, whole);
  });
  const failed = results.flatMap((result) => (result.ok ? [] : [result.report]));
  const targets = results.flatMap((result) => (result.ok ? [result.desired] : []));
  const { where, head } = context;
  const desired = {
    repository: where.repository,
    environment,
    head,
    targets,
    gone: goneFrom(ports, context, environment),
  };
  const step = await engineOf(ports, { context, environment, settings: group.settings })
    .then((engine) => engine.step(desired, context.signal))
    .catch((error: unknown): EnvironmentStep => {
      const refusal = userErrorOf(error);
      const at = ports.clock();
      return { reports: targets.map((target) => refusedReport(operationOf(target, at), refusal, at)) };
    });
  const again = Math.min(step.again ?? Infinity, ...held.map(({ until }) => until ?? Infinity));
  const reports = [...held.map(({ report }) => report), ...failed, ...step.reports];
  return { reports, ...(Number.isFinite(again) && { again }) };
}

function undoesDrift(settings: DeployGroup["settings"]): boolean {
  return settings.engine === "apply" && settings.selfHeal;
}

/**
 * Which apps may be taken away: those that the plan of targets has not, under no hold of a person. None while the plan
 * has errors, for it may lack what Git has.
 */
function goneFrom(
  { clock }: ReconcilePorts,
  { state, targets: { problems, targets } }: RepositoryContext,
  environment: string,
): DesiredEnvironment["gone"] {
  const known = new Set(targets.flatMap((target) => (target.environment === environment ? [target.app] : [])));
  return async (deployed) => {
    if (problems.some(({ severity }) => severity === "error")) return [];
    const gone: string[] = [];
    for (const app of deployed) {
      if (known.has(app)) continue;
      const holds = await state.holds(environment, app, clock());
      if (!holds.some(({ cause }) => cause === "person")) gone.push(app);
    }
    return gone;
  };
}

function waitingReports(
  { head }: RepositoryContext,
  { targets }: DeployGroup,
  reason: string,
  now: number,
): readonly OperationReport[] {
  return targets.map(({ app, environment }) => ({
    operation: operationOf({ app, environment, head, digest: "" }, now),
    status: { state: "waiting", reason },
  }));
}
