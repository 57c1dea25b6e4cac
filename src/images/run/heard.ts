import { canonicalImage } from "../../model/registry.ts";
import type { ImagePorts } from "./ports.ts";

/** How many events are looked at. */
const most = 50;

/** Which tags of an image events named lately, the newest first, and when each was first heard of among them. */
export async function heardOf(
  { deliveries }: Pick<ImagePorts, "deliveries">,
  name: string,
): Promise<{ readonly pushed: readonly string[]; readonly firstSeen: ReadonlyMap<string, number> }> {
  const image = canonicalImage(name);
  const firstSeen = new Map<string, number>();
  for (const { at, pushes } of await deliveries.deliveries({ image, limit: most })) {
    for (const push of pushes) {
      if (push.image === image && push.tag !== undefined) firstSeen.set(push.tag, at);
    }
  }
  return { pushed: [...firstSeen.keys()], firstSeen };
}
