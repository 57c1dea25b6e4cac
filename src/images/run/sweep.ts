import { messageOf } from "../../model/errors.ts";
import type { InstalledRepositories } from "../../model/github.ts";
import type { ImagePorts } from "./ports.ts";
import { isSubscribed, repositoryId, subscribedBefore } from "./subscriptions.ts";

type SweepPorts = Pick<ImagePorts, "queue" | "records" | "log" | "clock">;

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

/** Sweeps at the start and then every `everyMs`; a sweep that fails is tried at the next time. */
export function sweepRegularly(
  ports: SweepPorts,
  installed: InstalledRepositories,
  everyMs: number,
): { stop(): Promise<void> } {
  const stop = new AbortController();
  let running = Promise.resolve();
  const sweep = (): void => {
    running = running
      .then(() => sweepWatches(ports, installed, AbortSignal.any([stop.signal, AbortSignal.timeout(everyMs)])))
      .then((added) => added > 0 && ports.log.info({ repositories: added }, "learning which images are asked for"))
      .then(
        () => undefined,
        (error: unknown) => {
          if (!stop.signal.aborted) ports.log.warn({ error: messageOf(error) }, "the repositories could not be listed");
        },
      );
  };
  sweep();
  const timer = setInterval(sweep, everyMs).unref();
  return {
    stop: async () => {
      clearInterval(timer);
      stop.abort();
      await running;
    },
  };
}
