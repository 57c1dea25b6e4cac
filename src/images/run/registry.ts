import type { RegistryJob } from "../../model/jobs.ts";
import type { RunContext } from "../../model/queue.ts";
import { evaluateSoon } from "./debounce.ts";
import type { ImagePorts } from "./ports.ts";
import { type Subscription, subscriptionsTo } from "./subscriptions.ts";
import { noteSightings } from "./tag-sightings.ts";

/** Writes an event into the event log and has every unit looked at that asks for an image of it. Idempotent. */
export async function runRegistry(
  job: RegistryJob,
  ports: ImagePorts,
  { signal }: Pick<RunContext, "signal">,
): Promise<void> {
  const { id, hook, source, at, pushes, ignored } = job;
  await ports.eventLog.received({ id, hook, source, at, pushes, ...(ignored === undefined ? {} : { ignored }) });
  ports.events.announce({
    kind: "registry.received",
    id: ["registry.received", hook, id].join("/"),
    at: ports.clock(),
    hook,
    source,
    receivedAt: at,
    pushes,
    ...(ignored === undefined ? {} : { ignored }),
  });
  await noteSightings(ports, pushes, at, signal);
  for (const image of new Set(pushes.map((push) => push.image))) {
    signal.throwIfAborted();
    await tell(ports, image, await subscriptionsTo(ports, image), signal);
  }
}

async function tell(
  ports: ImagePorts,
  image: string,
  subscriptions: readonly Subscription[],
  signal: AbortSignal,
): Promise<void> {
  if (subscriptions.length === 0)
    await conclude(ports, {
      repository: "",
      unit: "",
      image,
      summary: "no repository's configuration names this image",
    });
  for (const { unit, broken, ...where } of subscriptions) {
    signal.throwIfAborted();
    // It may have been fixed since: then the evaluation says something newer.
    if (broken !== undefined) {
      const { owner, name } = where.repository;
      const summary = `the configuration is broken: ${broken}`;
      await conclude(ports, { repository: `${owner}/${name}`, unit, image, summary });
    }
    await evaluateSoon(ports, { type: "image", ...where, unit });
  }
}

async function conclude(
  { eventLog, clock }: ImagePorts,
  what: { readonly repository: string; readonly unit: string; readonly image: string; readonly summary: string },
): Promise<void> {
  await eventLog.concluded({ ...what, at: clock(), tags: [] });
}
