import { z } from "zod";
import type { ReconcileJob } from "../../model/deploy.ts";
import type { InstalledRepositories } from "../../model/github.ts";
import type { RepositoryName } from "../../model/tree.ts";
import type { ReconcilePorts } from "./ports.ts";

const KIND = "deploys";
const MARK = { kind: "deploys-listed", id: "all" } as const;
/** How long a list of all repositories is good for, in milliseconds. A store that was wiped has none. */
const listedMs = 30 * 60_000;
const maxRepositories = 10_000;

type SweepPorts = Pick<ReconcilePorts, "queue" | "records" | "clock">;

const stored = z.object({
  installationId: z.number(),
  owner: z.string(),
  name: z.string(),
  defaultBranch: z.string(),
});

function idOf({ owner, name }: RepositoryName): string {
  return `${owner}/${name}`.toLowerCase();
}

/** Keeps whether a repository has environments that are deployed, for the sweep. */
export async function rememberDeploys(
  { records, clock }: Pick<SweepPorts, "records" | "clock">,
  { installationId, repository, defaultBranch }: ReconcileJob,
  deploys: boolean,
): Promise<void> {
  const id = idOf(repository);
  if (!deploys) return records.remove(KIND, id);
  await records.put(KIND, { id, at: clock(), keys: [], value: { installationId, ...repository, defaultBranch } });
}

/**
 * Has every repository that deploys looked at again, whatever events were lost; every half hour, and when the store was
 * wiped, each one that the App is installed on. Gives how many of them were not known to deploy.
 */
export async function sweepDeploys(
  ports: SweepPorts,
  installed: InstalledRepositories,
  signal: AbortSignal,
): Promise<number> {
  const jobs = new Map<string, ReconcileJob>();
  for (const { value } of await ports.records.find(KIND, { limit: maxRepositories })) {
    const read = stored.safeParse(value);
    if (!read.success) continue;
    const { installationId, owner, name, defaultBranch } = read.data;
    const repository = { owner, name };
    jobs.set(idOf(repository), { type: "reconcile", installationId, repository, defaultBranch });
  }
  const known = jobs.size;
  if ((await ports.records.get(MARK.kind, MARK.id)) === undefined) {
    for await (const found of installed(signal)) jobs.set(idOf(found.repository), { type: "reconcile", ...found });
    await ports.records.put(MARK.kind, { id: MARK.id, at: ports.clock(), keys: [], value: true }, listedMs);
  }
  for (const job of jobs.values()) {
    signal.throwIfAborted();
    await ports.queue.add(job);
  }
  return jobs.size - known;
}
