import { promisify } from "node:util";
import { zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from "node:zlib";
import { z } from "zod";
import { Fault } from "../model/errors.ts";
import { type Job, type JobOf, type JobType, jobKind } from "../model/job-kinds.ts";
import { cleanJson } from "./clean-text.ts";

/** Smaller jobs are stored as they are. */
const packFrom = 1_024;
/** Above this, packing would keep the process from other work for longer than a thread's round trip takes. */
const threadFrom = 256 * 1024;

/** A large job as it is stored: webhook payloads shrink to about an eighth. */
interface PackedJob {
  /** As it is stored, see `FormerKind`. */
  readonly type: string;
  /** zstd of the job's JSON, as base64. */
  readonly packed: string;
}

const packedSchema = z.object({ packed: z.base64() });
// The store is our own: only the kind is checked, against a queue shared by mistake.
const jobSchema = z.looseObject({ type: z.string() });

/** The job as the store keeps it. */
export async function packJob(job: Job): Promise<{ readonly type: string } | PackedJob> {
  const former = formerJob(job);
  const { value: stored, text } = cleanJson(former, JSON.stringify(former));
  if (text.length < packFrom) return stored;
  const bytes = text.length < threadFrom ? zstdCompressSync(text) : await promisify(zstdCompress)(text);
  return { type: stored.type, packed: bytes.toString("base64") };
}

/** The job of that kind out of what was stored; a `bug` Fault when it is something else. */
export async function unpackJob<T extends JobType>(type: T, stored: unknown): Promise<JobOf<T>> {
  const packed = packedSchema.safeParse(stored);
  const job = currentJob(type, packed.success ? JSON.parse(await unzip(packed.data.packed)) : stored);
  if (!isJobOf(type, job)) throw new Fault("bug", `what is stored in the queue of ${type} is no such job`);
  return job;
}

/** A job of a renamed kind as it was stored under the earlier name. */
function formerJob(job: Job): { readonly type: string } {
  const { formerly } = jobKind(job.type);
  return formerly === undefined ? job : { ...(formerly.write?.({ ...job }) ?? job), type: formerly.name };
}

/** A job that was stored under the kind's earlier name, as the job that it is now. */
function currentJob(type: JobType, stored: unknown): unknown {
  const { formerly } = jobKind(type);
  const job = jobSchema.safeParse(stored);
  if (formerly === undefined || !job.success || job.data.type !== formerly.name) return stored;
  return { ...(formerly.read?.(job.data) ?? job.data), type };
}

async function unzip(packed: string): Promise<string> {
  const bytes = Buffer.from(packed, "base64");
  const text = bytes.byteLength < threadFrom ? zstdDecompressSync(bytes) : await promisify(zstdDecompress)(bytes);
  return text.toString("utf8");
}

function isJobOf<T extends JobType>(type: T, value: unknown): value is JobOf<T> {
  const job = jobSchema.safeParse(value);
  return job.success && job.data.type === type;
}
