import { openConfigured, type RepositoryContext } from "../../change/repository-context.ts";
import type { DriftJob, ObjectDrift } from "../../model/deploy.ts";
import type { ObjectReference } from "../../model/kube.ts";
import type { RunContext } from "../../model/queue.ts";
import type { LiveComparison } from "../engines/apply/index.ts";
import { compareLive, type LiveApps } from "./compare-live.ts";
import { endDriftReport, reportDrift } from "./drift-report.ts";
import {
  type DriftState,
  forgetDrift,
  intervalOf,
  type KnownDrift,
  keepDrift,
  momentOf,
  readDrift,
  scheduleJob,
} from "./drift-state.ts";
import { type DeployGroup, deployGroups } from "./groups.ts";
import { objectDriftOf } from "./object-drift.ts";
import type { ReconcilePorts } from "./ports.ts";
import { type Undoing, undoDrift } from "./undo-drift.ts";

/**
 * Compares what is live in an environment with its cluster, says what differs on the environment's issue, has it set
 * back where the configuration says so, and schedules the next comparison. What is being deployed, has failed or is on
 * a person's hold is left out: of that, what was found before still holds. Does nothing before it is due.
 */
export async function runDrift(job: DriftJob, ports: ReconcilePorts, run: RunContext): Promise<void> {
  const where = { installationId: job.installationId, repository: job.repository };
  const context = await openConfigured(ports, where, job.defaultBranch, run.signal);
  if (context === undefined) return;
  const { environment } = job;
  const groups = deployGroups(context, environment).filter(({ settings }) => settings.engine === "apply");
  const intervalMs = intervalOf(groups);
  const before = await readDrift(ports, job);
  if (intervalMs === undefined) {
    if (before === undefined) return;
    await endDriftReport(ports, context, environment);
    return forgetDrift(ports, job);
  }
  // Who said when, has scheduled it.
  if ((before?.next ?? 0) > ports.clock()) return;
  const found = await compareLive(ports, context, environment, groups);
  const now = ports.clock();
  const undoing = await undoDrift(ports, context, environment, found.apps, { now, intervalMs });
  if (undoing.requests.size > 0) await ports.queue.add({ ...job, type: "reconcile" });
  const known = knownAfter(before, { now, groups, found, undoing, key: ports.fingerprintKey });
  // Whatever becomes of the report: what was undone has to be told.
  await keepDrift(ports, job, known);
  const told = await tell({ ports, context, environment, found }, known, undoing);
  const next = momentOf(Math.min(found.busy ?? Number.POSITIVE_INFINITY, now + intervalMs));
  await keepDrift(ports, job, { ...known, ...told, next });
  await scheduleJob(ports, job, next);
}

interface Comparison {
  readonly now: number;
  readonly groups: readonly DeployGroup[];
  readonly found: LiveApps;
  readonly undoing: Undoing;
  readonly key: Uint8Array;
}

/** What is known after a comparison: what was not compared differs as it did. */
function knownAfter(before: DriftState | undefined, { now, groups, found, undoing, key }: Comparison): DriftState {
  const apps = new Map<string, KnownDrift>();
  const undone: ObjectDrift[] = [...(before?.undone ?? [])];
  const names = groups.flatMap(({ targets }) => targets.map(({ app }) => app));
  for (const app of names) {
    const [earlier, live] = [before?.apps.get(app), found.apps.get(app)];
    if (live === undefined) {
      if (earlier !== undefined) apps.set(app, earlier);
      continue;
    }
    const objects = objectsOf(app, live, earlier, key);
    if (earlier?.request !== undefined && earlier.request === live.request)
      undone.push(...earlier.objects.filter((one) => !objects.some((other) => isSame(one, other))));
    apps.set(app, { objects, request: undoing.requests.get(app) });
  }
  const missed = names.some((app) => !found.apps.has(app));
  const undoneAt = before !== undefined && before.undone.length > 0 ? before.undoneAt : now;
  return { next: 0, comparedAt: now, apps, undone, undoneAt, unsure: missed && (before?.unsure ?? true) };
}

/** What cannot be compared differs as it did. */
function objectsOf(
  app: string,
  { drifted, unknown }: LiveComparison,
  earlier: KnownDrift | undefined,
  key: Uint8Array,
): readonly ObjectDrift[] {
  const left = (earlier?.objects ?? []).filter(({ change }) => unknown.some((one) => isAbout(change, one)));
  return [...drifted.flatMap((one) => objectDriftOf(app, one, key) ?? []), ...left];
}

function isAbout({ kind, namespace, name }: ObjectDrift["change"], of: ObjectReference): boolean {
  return kind === of.kind && name === of.name && namespace === (of.namespace ?? "");
}

function isSame({ app, change: a }: ObjectDrift, { app: other, change: b }: ObjectDrift): boolean {
  return app === other && a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

interface Telling {
  readonly ports: ReconcilePorts;
  readonly context: RepositoryContext;
  readonly environment: string;
  readonly found: LiveApps;
}

/** Brings the issue up to date. Gives what need not be told again. */
async function tell(
  { ports, context, environment, found }: Telling,
  { apps, undone, undoneAt, unsure, comparedAt }: DriftState,
  { contested }: Undoing,
): Promise<Pick<DriftState, "undone" | "unsure">> {
  const objects = [...apps.values()].flatMap((known) => known.objects);
  // An issue that is there may be about what could not be compared.
  if (unsure && objects.length === 0 && undone.length === 0) return { undone, unsure };
  const unknown = [...found.apps.values()].reduce((sum, one) => sum + one.unknown.length, 0);
  const drift = { environment, head: context.head, comparedAt, objects, unknown };
  await reportDrift(ports, context, { drift, undone, undoneAt, contested });
  return { undone: [], unsure: unsure && objects.length === 0 };
}
