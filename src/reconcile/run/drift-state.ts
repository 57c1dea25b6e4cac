import { z } from "zod";
import type { DriftJob, ObjectDrift, ReconcileJob } from "../../model/deploy.ts";
import type { Json } from "../../model/json.ts";
import type { EnvironmentStep } from "../engines/environment.ts";
import type { DeployGroup } from "./groups.ts";
import type { ReconcilePorts } from "./ports.ts";

/** What is remembered of the comparisons of an environment. A store that is wiped makes them begin again. */
export interface DriftState {
  /** When it is compared next, in milliseconds since the epoch. */
  readonly next: number;
  readonly comparedAt: number;
  /** By app: what the last comparison of it found, and the request that sets it back. */
  readonly apps: ReadonlyMap<string, KnownDrift>;
  /** What was set back and is not told yet. */
  readonly undone: readonly ObjectDrift[];
  /** When the first of that was found to be set back. */
  readonly undoneAt: number;
  /** Some app has not been compared since nothing was known of the environment: an issue may be about it. */
  readonly unsure: boolean;
}

/** What is known of one app. */
export interface KnownDrift {
  readonly objects: readonly ObjectDrift[];
  readonly request?: string | undefined;
}

const field = z.object({ name: z.string(), path: z.string(), from: z.string(), to: z.string() });
const objectDrift: z.ZodType<ObjectDrift> = z.object({
  app: z.string(),
  change: z.object({
    apiVersion: z.string(),
    kind: z.string(),
    namespace: z.string(),
    name: z.string(),
    action: z.enum(["added", "removed", "changed"]),
    addedLines: z.number(),
    removedLines: z.number(),
    diff: z.string(),
    fields: z.array(field).exactOptional(),
  }),
  file: z.string().optional(),
  by: z.string().optional(),
  at: z.number().optional(),
});
const stored = z.object({
  next: z.number(),
  comparedAt: z.number(),
  apps: z.array(z.object({ app: z.string(), objects: z.array(objectDrift), request: z.string().optional() })),
  undone: z.array(objectDrift),
  undoneAt: z.number(),
  unsure: z.boolean(),
});

const kind = "drift";
const keepMs = 30 * 24 * 3_600_000;
/** Room for the diffs that are kept, in characters: no more of them are shown. */
const maxDiffs = 60_000;
/** Resources of one app that are kept: far more than a text names. */
const maxObjects = 200;
const minIntervalMs = 10_000;
/** Moments are rounded up, so that what is scheduled twice meets in one job. */
const stepMs = 1_000;

type StatePorts = Pick<ReconcilePorts, "records" | "clock" | "queue">;
type EnvironmentJob = Pick<DriftJob, "installationId" | "repository" | "defaultBranch" | "environment">;

function idOf({ repository: { owner, name }, environment }: EnvironmentJob): string {
  return [owner.toLowerCase(), name.toLowerCase(), environment].map(encodeURIComponent).join("/");
}

/** `undefined` where nothing is known. */
export async function readDrift(
  { records }: Pick<StatePorts, "records">,
  job: EnvironmentJob,
): Promise<DriftState | undefined> {
  const read = stored.safeParse((await records.get(kind, idOf(job)))?.value).data;
  return read && { ...read, apps: new Map(read.apps.map(({ app, ...known }) => [app, known])) };
}

/** Forgets it. */
export function forgetDrift({ records }: Pick<StatePorts, "records">, job: EnvironmentJob): Promise<void> {
  return records.remove(kind, idOf(job));
}

/** Keeps it. */
export async function keepDrift(
  { records, clock }: Pick<StatePorts, "records" | "clock">,
  job: EnvironmentJob,
  { next, comparedAt, apps, undone, undoneAt, unsure }: DriftState,
): Promise<void> {
  let room = maxDiffs;
  const few = (all: readonly ObjectDrift[]): readonly ObjectDrift[] =>
    all.slice(0, maxObjects).map((one) => {
      room -= one.change.diff.length;
      return room >= 0 ? one : { ...one, change: { ...one.change, diff: "" } };
    });
  const known = [...apps].map(([app, { objects, request }]) => ({ app, objects: few(objects), request }));
  const whole = { next, comparedAt, apps: known, undone: few(undone), undoneAt, unsure };
  const value: Json = JSON.parse(JSON.stringify(whole));
  await records.put(kind, { id: idOf(job), at: clock(), keys: [], value }, keepMs);
}

/** How often the shortest interval among these has them compared, in milliseconds. */
export function intervalOf(groups: readonly DeployGroup[]): number | undefined {
  const all = groups.flatMap(({ settings }) => (settings.engine === "apply" ? [settings.driftInterval] : []));
  return all.length === 0 ? undefined : Math.max(Math.min(...all), minIntervalMs);
}

/** The moment in which something is compared that is due at `at`. */
export function momentOf(at: number): number {
  return Math.ceil(at / stepMs) * stepMs;
}

/** Adds the job at its moment. What is scheduled for one moment is one job. */
export async function scheduleJob({ queue, clock }: StatePorts, job: EnvironmentJob, at: number): Promise<void> {
  const { installationId, repository, defaultBranch, environment } = job;
  const drift: DriftJob = { type: "drift", installationId, repository, defaultBranch, environment };
  const now = clock();
  if (at <= now) return queue.add(drift);
  await queue.add({ type: "scheduled", at, job: drift }, { delayMs: at - now });
}

/**
 * Sees to it that an environment in which something is live is compared when that is due; at once where nothing is
 * known of it, and where what was deployed since may have ended what was found.
 */
export async function scheduleDrift(
  ports: StatePorts,
  job: ReconcileJob & { readonly environment: string },
  groups: readonly DeployGroup[],
  done: readonly EnvironmentStep[],
): Promise<void> {
  const statuses = done.flatMap(({ reports }) => reports.map(({ status }) => status));
  const since = statuses.flatMap((status) => (status.state === "live" ? [status.since] : []));
  if (intervalOf(groups) === undefined || since.length === 0) return;
  if (statuses.some(({ state }) => state === "progressing")) return;
  const state = await readDrift(ports, job);
  const found = [...(state?.apps.values() ?? [])].some(({ objects }) => objects.length > 0);
  const now = ports.clock();
  const outdated = state !== undefined && found && Math.max(...since) >= state.comparedAt && state.next > now;
  if (outdated) await keepDrift(ports, job, { ...state, next: now });
  await scheduleJob(ports, job, state === undefined || outdated ? now : state.next);
}
