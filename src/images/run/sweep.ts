import { messageOf } from "../../model/errors.ts";
import type { InstalledRepositories } from "../../model/github.ts";
import type { ImagePorts } from "./ports.ts";
import { isWatched } from "./watchers.ts";

/** Has every repository looked at of which it is not known what images it asks for: after an installation whose event was lost, and after the store was wiped. Gives how many. */
export async function sweepWatches(
  ports: Pick<ImagePorts, "queue" | "records" | "log">,
  installed: InstalledRepositories,
  signal: AbortSignal,
): Promise<number> {
  let added = 0;
  for await (const { installationId, repository, defaultBranch } of installed(signal)) {
    if (await isWatched(ports, repository)) continue;
    await ports.queue.add({ type: "watch", installationId, repository, defaultBranch });
    added += 1;
  }
  return added;
}

/** Sweeps at the start and then every `everyMs`; a sweep that fails is tried at the next time. */
export function sweepRegularly(
  ports: Pick<ImagePorts, "queue" | "records" | "log">,
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
