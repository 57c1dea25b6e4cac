import { createHash } from "node:crypto";
import { z } from "zod";
import type { DeployStatus, OperationReport } from "../../model/deploy.ts";
import { canonicalJson, type Json } from "../../model/json.ts";
import type { Records } from "../../model/records.ts";
import type { RepositoryName } from "../../model/tree.ts";

/** What was last said on GitHub of an app in an environment. */
export interface Reported {
  /** Of what was said: what has another one is said again. */
  readonly key: string;
  /** Of how far it was, where it was under way. */
  readonly progress: string;
  /** When it was said. */
  readonly at: number;
  /** The Deployment that it was said of, and its commit. */
  readonly deployment: number;
  readonly sha: string;
  readonly version: string;
  /** Since when it waits, where it does; `said`: a comment says so. */
  readonly waits?: { readonly since: number; readonly said: boolean } | undefined;
}

const schema = z.record(
  z.string(),
  z.object({
    key: z.string(),
    progress: z.string(),
    at: z.number(),
    deployment: z.number(),
    sha: z.string(),
    version: z.string(),
    waits: z.object({ since: z.number(), said: z.boolean() }).optional(),
  }),
);

const kind = "deploy-report";

/** By app. What is not known, because the store was wiped, is asked of GitHub again. */
export type ReportedApps = ReadonlyMap<string, Reported>;

/** How long it is kept that nothing more was said. */
const keepMs = 30 * 24 * 3_600_000;

/** What was last said of an environment. */
export async function readReported(
  records: Records,
  repository: RepositoryName,
  environment: string,
): Promise<ReportedApps> {
  const value = (await records.get(kind, idOf(repository, environment)))?.value;
  return new Map(Object.entries(schema.safeParse(value).data ?? {}));
}

/** Keeps it; apps that are gone are left out by the caller. */
export async function writeReported(
  records: Records,
  repository: RepositoryName,
  environment: string,
  apps: ReportedApps,
  now: number,
): Promise<void> {
  const value = z.json().parse(JSON.parse(JSON.stringify(Object.fromEntries(apps))));
  await records.put(kind, { id: idOf(repository, environment), at: now, keys: [], value }, keepMs);
}

function idOf({ owner, name }: RepositoryName, environment: string): string {
  return `${owner}/${name}/${environment}`.toLowerCase();
}

/** How long a deploy waits before a comment says so. */
export const waitMs = 5 * 60_000;
/** How long what is under way is left as it was said. */
const progressMs = 15_000;

/** Whether there is something new to say of an app. */
export function isNews(report: OperationReport, before: Reported | undefined, now: number): boolean {
  if (before === undefined || before.key !== keyOf(report)) return true;
  if (before.waits !== undefined) return !before.waits.said && now - before.waits.since >= waitMs;
  return before.progress !== progressOf(report.status) && now - before.at >= progressMs;
}

/** Equal for reports that say the same. Moments and how far it is are left out. */
export function keyOf({ operation: { id, head, digest }, status }: OperationReport): string {
  return hash([status.state, ...whatOf(status, { id, head, digest })]);
}

function whatOf(
  status: DeployStatus,
  { id, head, digest }: { readonly id: string; readonly head: string; readonly digest: string },
): readonly string[] {
  switch (status.state) {
    case "waiting":
      return [head, status.reason];
    case "progressing":
      return [id];
    case "live":
      // The same at every later head that changes nothing.
      return [digest, ...status.kept.map(({ object }) => `${object.kind}/${object.namespace ?? ""}/${object.name}`)];
    case "failed":
      return [id, status.failure.summary];
    case "superseded":
      return [id, status.by];
    default:
      return status satisfies never;
  }
}

/** Of how far it is. */
export function progressOf(status: DeployStatus): string {
  if (status.state !== "progressing") return "";
  const { steps, readiness } = status;
  return hash([
    steps.map(({ step, state, text }) => [step, state, text]),
    readiness?.ready ?? 0,
    readiness?.wanted ?? 0,
  ]);
}

function hash(value: Json): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}
