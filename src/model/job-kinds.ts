import type { DriftJob, ReconcileJob } from "./deploy.ts";
import type {
  CommandJob,
  DeliveryJob,
  GatesJob,
  ImageJob,
  ImagePullJob,
  PreviewJob,
  PromotionsJob,
  RegistryJob,
  RollbackJob,
  StatusCommentJob,
  WatchJob,
} from "./jobs.ts";
import type { RepositoryName } from "./tree.ts";

/**
 * How jobs that mean the same work are told apart: a `once` job is known by its key for three days after it was
 * handled; `collapse` jobs merge with the one that waits, and follow the one that runs.
 */
export type Sameness = "once" | "collapse";

/** A kind of job. */
export interface JobKind<J = never> {
  /** Jobs of one key mean the same work. */
  readonly key: (job: J) => string;
  readonly sameness: Sameness;
  /** Milliseconds after which a run is aborted. */
  readonly deadlineMs: number;
  /** Runs at once in one process; `setting`: as many as the server's setting says. */
  readonly concurrency: number | "setting";
  /** The function that carries it out. */
  readonly handler: string;
  /** Whether it may be scheduled for a moment, see `ScheduledJob`. */
  readonly schedulable?: boolean;
  /** What the kind was called before. Its queue in the store keeps that name, so that no stored job is lost. */
  readonly formerly?: FormerKind;
}

/** A kind's earlier name. */
export interface FormerKind {
  readonly name: string;
  /** The job's fields, from those that were stored under that name; the same when absent. */
  readonly read?: (stored: StoredFields) => StoredFields;
  /** The inverse. Jobs are still stored in the earlier form, which workers of both versions know. */
  readonly write?: (job: StoredFields) => StoredFields;
}

type StoredFields = Readonly<Record<string, unknown>>;

const seconds = 1_000;
const minutes = 60 * seconds;

/** Every kind of job. A new kind is one entry here, its type in `jobs.ts`, and its handler in `wiring/handlers.ts`. */
export const JOB_KINDS = {
  delivery: {
    key: (job: DeliveryJob) => job.id,
    sameness: "once",
    deadlineMs: 30 * seconds,
    concurrency: 8,
    handler: "receiveDelivery",
  },
  preview: {
    key: (job: PreviewJob) => pullRequestKey(job),
    sameness: "collapse",
    deadlineMs: 10 * minutes,
    concurrency: "setting",
    handler: "runPreview",
    schedulable: true,
  },
  command: {
    key: (job: CommandJob) => `${repositoryKey(job)}/${job.commentId}`,
    sameness: "once",
    // A command may plan a promotion of many apps.
    deadlineMs: 5 * minutes,
    concurrency: "setting",
    handler: "runCommands",
  },
  promotions: {
    key: (job: PromotionsJob) => repositoryKey(job),
    sameness: "collapse",
    deadlineMs: 10 * minutes,
    concurrency: "setting",
    handler: "runPromotions",
    schedulable: true,
  },
  gates: {
    key: (job: GatesJob) => endKey(job),
    sameness: "collapse",
    deadlineMs: 5 * minutes,
    concurrency: "setting",
    handler: "runGates",
    schedulable: true,
  },
  rollback: {
    key: (job: RollbackJob) => `${repositoryKey(job)}/${encodeURIComponent(job.environment)}`,
    sameness: "collapse",
    deadlineMs: 10 * minutes,
    concurrency: "setting",
    handler: "runRollback",
    schedulable: true,
  },
  "status-comment": {
    key: (job: StatusCommentJob) => pullRequestKey(job),
    sameness: "collapse",
    deadlineMs: 5 * minutes,
    concurrency: 2,
    handler: "runStatusComment",
    formerly: { name: "chain" },
  },
  registry: {
    key: (job: RegistryJob) => `registry/${job.hook}/${job.id}`,
    sameness: "once",
    deadlineMs: 60 * seconds,
    concurrency: 8,
    handler: "runRegistry",
  },
  watch: {
    key: (job: WatchJob) => repositoryKey(job),
    sameness: "collapse",
    deadlineMs: 2 * minutes,
    concurrency: 2,
    handler: "runWatch",
  },
  image: {
    key: (job: ImageJob) => `${repositoryKey(job)}/${job.unit}`,
    sameness: "collapse",
    deadlineMs: 5 * minutes,
    concurrency: "setting",
    handler: "runImage",
    schedulable: true,
  },
  "image-pull": {
    key: (job: ImagePullJob) => endKey(job),
    sameness: "collapse",
    deadlineMs: 2 * minutes,
    concurrency: "setting",
    handler: "runImagePull",
    schedulable: true,
  },
  reconcile: {
    key: (job: ReconcileJob) => `${repositoryKey(job)}/${encodeURIComponent(job.environment ?? "")}`,
    sameness: "collapse",
    deadlineMs: 10 * minutes,
    concurrency: "setting",
    handler: "runReconcile",
    schedulable: true,
  },
  drift: {
    key: (job: DriftJob) => `${repositoryKey(job)}/${encodeURIComponent(job.environment)}`,
    sameness: "collapse",
    deadlineMs: 10 * minutes,
    concurrency: 2,
    handler: "runDrift",
    schedulable: true,
  },
  scheduled: {
    key: (job: ScheduledJob): string => `scheduled/${job.at}/${jobKey(job.job)}`,
    sameness: "once",
    deadlineMs: 30 * seconds,
    concurrency: 4,
    handler: "runScheduled",
    formerly: {
      name: "wake",
      read: ({ wakes, ...job }) => ({ ...job, job: wakes }),
      write: ({ job: wakes, ...job }) => ({ ...job, wakes }),
    },
  },
} as const satisfies Readonly<Record<string, JobKind>>;

type JobKinds = typeof JOB_KINDS;

/** The names of the kinds. */
export type JobType = keyof JobKinds;

type Jobs = { readonly [T in JobType]: Parameters<JobKinds[T]["key"]>[0] };

/** What one kind of job looks like. */
export type JobOf<T extends JobType> = Jobs[T];

/** Everything that goes through the queue. */
export type Job = Jobs[JobType];

/** The kinds that may be scheduled. */
type SchedulableType = { [T in JobType]: JobKinds[T] extends { readonly schedulable: true } ? T : never }[JobType];

/**
 * Adds another job at a moment: a window opens, a soak or a hold is over, a build is old enough, whoever did not
 * answer may be asked again.
 */
export interface ScheduledJob {
  readonly type: "scheduled";
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly job: Jobs[SchedulableType];
}

const byType: { readonly [T in JobType]: JobKind<JobOf<T>> } = JOB_KINDS;

/** The names of all kinds, in the table's order. */
export const JOB_TYPES: readonly JobType[] = Object.keys(JOB_KINDS).filter(isJobType);

/** A kind by its name. */
export function jobKind<T extends JobType>(type: T): JobKind<JobOf<T>> {
  return byType[type];
}

/** Whether what is stored as a kind's name is that of one that may be scheduled. */
export function isSchedulable(type: unknown): boolean {
  return typeof type === "string" && isJobType(type) && jobKind(type).schedulable === true;
}

/** The key under which jobs that mean the same work collapse. */
export function jobKey(job: Job): string {
  return keyOf(job.type, job);
}

function isJobType(name: string): name is JobType {
  return Object.hasOwn(JOB_KINDS, name);
}

function keyOf<T extends JobType>(type: T, job: JobOf<T>): string {
  return jobKind(type).key(job);
}

function repositoryKey(job: { readonly type: string; readonly repository: RepositoryName }): string {
  return `${job.type}/${job.repository.owner}/${job.repository.name}`;
}

function pullRequestKey(job: Parameters<typeof repositoryKey>[0] & { readonly pullRequest: number }): string {
  return `${repositoryKey(job)}/${job.pullRequest}`;
}

/** What says that a pull request ended must not be lost in a job that does not. */
function endKey(job: GatesJob | ImagePullJob): string {
  return job.ended === true ? `${pullRequestKey(job)}/ended` : pullRequestKey(job);
}
