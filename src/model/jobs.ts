import type { RepositoryName } from "./tree.ts";

/** A webhook delivery as it came in: the durable inbox keeps it until it is handled. */
export interface DeliveryJob {
  readonly type: "delivery";
  /** GitHub's delivery GUID; the job's id. */
  readonly id: string;
  readonly event: string;
  /** The raw JSON text of the body, its signature verified. */
  readonly payload: string;
}

/** Preview a pull request. Carries ids, not state: the head is read when the job runs, so the latest head wins. */
export interface PreviewJob {
  readonly type: "preview";
  readonly installationId: number;
  readonly repository: RepositoryName;
  readonly pullRequest: number;
}

/** Carry out the commands of one comment. */
export interface CommandJob {
  readonly type: "command";
  readonly installationId: number;
  readonly repository: RepositoryName;
  readonly pullRequest: number;
  readonly commentId: number;
  /** Who wrote it; the rights are checked when the job runs. */
  readonly actor: string;
  /** The comment's text at the time of the event. */
  readonly body: string;
}

/** Everything that goes through the queue. */
export type Job = DeliveryJob | PreviewJob | CommandJob;

/** The kinds of jobs. */
export type JobType = Job["type"];

/** What one kind of job looks like. */
export type JobOf<T extends JobType> = Extract<Job, { type: T }>;

/** The key under which jobs that mean the same work collapse. */
export function jobKey(job: Job): string {
  switch (job.type) {
    case "delivery":
      return job.id;
    case "preview":
      return `preview/${job.repository.owner}/${job.repository.name}/${job.pullRequest}`;
    case "command":
      return `command/${job.repository.owner}/${job.repository.name}/${job.commentId}`;
    default:
      return job satisfies never;
  }
}
