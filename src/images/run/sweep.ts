import type { InstalledRepositories } from "../../model/github.ts";
import type { ImagePorts } from "./ports.ts";
import { isSubscribed, repositoryId, subscribedBefore } from "./subscriptions.ts";

type SweepPorts = Pick<ImagePorts, "queue" | "records" | "clock">;

/**
 * Has every repository read of which it is not known what images it asks for, or that is known under another
 * installation or default branch: after an event was lost, and after the store was wiped. Once all are listed, those
 * that are known and not among them are read too, for which GitHub is asked whether they are still there. Gives how
 * many.
 */
export async function sweepWatches(
  ports: SweepPorts,
  installed: InstalledRepositories,
  signal: AbortSignal,
): Promise<number> {
  const began = ports.clock();
  const listed = new Set<string>();
  let added = 0;
  for await (const { installationId, repository, defaultBranch } of installed(signal)) {
    listed.add(repositoryId(repository));
    if (await isSubscribed(ports, { installationId, repository, defaultBranch })) continue;
    await ports.queue.add({ type: "watch", installationId, repository, defaultBranch });
    added += 1;
  }
  for (const { installationId, repository } of await subscribedBefore(ports, began)) {
    if (listed.has(repositoryId(repository))) continue;
    signal.throwIfAborted();
    await ports.queue.add({ type: "watch", installationId, repository });
    added += 1;
  }
  return added;
}
