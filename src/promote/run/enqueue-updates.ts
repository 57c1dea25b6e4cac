import type { StateAddress } from "../../model/state.ts";
import type { PromotionMetadata } from "../text/metadata.ts";
import type { PromotionPorts } from "./ports.ts";

/** How many changes of one promotion have their status comment updated. */
const maxChanges = 30;

/** Enqueues the gates of a promotion, and the status comments of the changes that it includes. */
export async function enqueueUpdates(
  ports: Pick<PromotionPorts, "queue">,
  { installationId, repository }: StateAddress,
  { carried, origin }: Pick<PromotionMetadata, "carried" | "origin">,
  gatesOf?: number,
): Promise<void> {
  const where = { installationId, repository };
  if (gatesOf !== undefined) await ports.queue.add({ type: "gates", ...where, pullRequest: gatesOf });
  const changes = new Set([...(origin === undefined ? [] : [origin]), ...carried.slice(0, maxChanges)]);
  for (const pullRequest of changes) await ports.queue.add({ type: "status-comment", ...where, pullRequest });
}
