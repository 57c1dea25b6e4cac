import type { Queue as BullQueue, Worker as BullWorker, Processor, WorkerOptions } from "bullmq";
import type { RecordStore } from "./records/record-store.ts";

/** What we use of a BullMQ queue, whatever keeps it. */
export type StoredQueue = Pick<
  BullQueue<unknown>,
  "add" | "addBulk" | "getJob" | "getJobCounts" | "waitUntilReady" | "close"
> & {
  on(event: "error", listener: (error: Error) => void): unknown;
};

/** What we use of a BullMQ worker, whatever keeps its queue. */
export type StoredWorker = Pick<BullWorker<unknown>, "run" | "close" | "waitUntilReady"> & {
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "stalled", listener: (jobId: string) => void): unknown;
  on(event: "lockRenewalFailed", listener: (jobIds: string[]) => void): unknown;
  on(event: "locksRenewed", listener: (renewed: { jobIds: string[] }) => void): unknown;
};

/** How a worker runs; the store adds how it is reached. */
export type WorkerSettings = Omit<WorkerOptions, "connection" | "prefix">;

/** What a BullMQ worker calls for each job. */
export type JobProcessor = Processor<unknown>;

/** Where the jobs are kept. One per process, shared by all kinds of jobs. */
export interface Store {
  /** What is kept costs memory, so what is no longer needed is dropped at once. */
  readonly inMemory: boolean;
  /** Makes the store usable. Rejects while it cannot be reached; then it can be called again. */
  prepare(): Promise<void>;
  /** Only after `prepare`. */
  queue(name: string): StoredQueue;
  /** Only after `prepare`. */
  worker(name: string, processor: JobProcessor, settings: WorkerSettings): StoredWorker;
  /** Only after `prepare`. */
  readonly records: RecordStore;
  /** Resolves when the store answers; may hang when it does not. */
  ping(): Promise<void>;
  /** Closes every connection without waiting for answers. */
  close(): Promise<void>;
}

/** Receives the errors of connections that nobody waits for. */
export type OnStoreError = (error: Error) => void;
