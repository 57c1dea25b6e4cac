import { z } from "zod";
import type { PushedImage } from "../../model/images.ts";
import { canonicalImage } from "../../model/registry.ts";
import { eventsKeptMs } from "../event-log.ts";
import type { ImagePorts } from "./ports.ts";

const kind = "image-tag-seen";

const stored = z.object({ tag: z.string(), written: z.number() });

/** How many events, and how many remembered tags, are looked at. */
const most = { events: 50, tags: 1_000 } as const;

/** Remembered for longer than the log remembers, so that it never says less. */
const keptMs = 2 * eventsKeptMs;

/**
 * Remembers when tags of images were first reported: at that moment, in milliseconds since the epoch, unless it is
 * known. A tag that is pushed again and again is remembered for as long as that goes on, and costs one read each time.
 */
export async function noteSightings(
  { records }: Pick<ImagePorts, "records">,
  pushes: readonly PushedImage[],
  at: number,
  signal: AbortSignal,
): Promise<void> {
  for (const { image, tag } of pushes) {
    if (tag === undefined) continue;
    signal.throwIfAborted();
    const id = `${image}:${tag}`;
    const known = await records.get(kind, id);
    const first = Math.min(at, known?.at ?? at);
    const written = stored.safeParse(known?.value).data?.written ?? 0;
    if (first === known?.at && at - written < eventsKeptMs) continue;
    await records.put(kind, { id, at: first, keys: [image], value: { tag, written: at } }, keptMs);
  }
}

/**
 * Which tags of an image events named lately, the newest first, and when each tag was first reported, in milliseconds
 * since the epoch.
 */
export async function tagSightings(
  { eventLog, records }: Pick<ImagePorts, "eventLog" | "records">,
  name: string,
): Promise<{ readonly pushed: readonly string[]; readonly firstSeen: ReadonlyMap<string, number> }> {
  const image = canonicalImage(name);
  const firstSeen = new Map<string, number>();
  for (const { at, pushes } of await eventLog.events({ image, limit: most.events })) {
    for (const push of pushes) {
      if (push.image === image && push.tag !== undefined) firstSeen.set(push.tag, at);
    }
  }
  const pushed = [...firstSeen.keys()];
  for (const { at, value } of await records.find(kind, { key: image, limit: most.tags })) {
    const { tag } = stored.parse(value);
    firstSeen.set(tag, Math.min(at, firstSeen.get(tag) ?? at));
  }
  return { pushed, firstSeen };
}
