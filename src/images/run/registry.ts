import type { RegistryJob } from "../../model/jobs.ts";
import { lookSoon } from "./pace.ts";
import type { ImagePorts } from "./ports.ts";
import { watchersOf } from "./watchers.ts";

/** Writes an event into the delivery log and has every unit looked at that asks for an image of it. May be repeated. */
export async function runRegistry(job: RegistryJob, ports: ImagePorts): Promise<void> {
  const { id, hook, source, at, pushes, ignored } = job;
  await ports.deliveries.received({ id, hook, source, at, pushes, ...(ignored === undefined ? {} : { ignored }) });
  for (const image of new Set(pushes.map((push) => push.image))) {
    const watchers = await watchersOf(ports, image);
    for (const { unit, ...where } of watchers) await lookSoon(ports, { type: "image", ...where, unit });
    if (watchers.length === 0) {
      const summary = "no repository's configuration names this image";
      await ports.deliveries.concluded({ repository: "", unit: "", image, at: ports.clock(), summary, tags: [] });
    }
  }
}
