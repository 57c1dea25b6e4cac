import type { StateAddress } from "../../model/state.ts";
import type { PromotionMetadata } from "../text/metadata.ts";
import type { PromotionPorts } from "./ports.ts";

/** How many changes of one promotion have their status comment renewed. */
const maxChanges = 30;

/** Has the gates of a promotion evaluated, and the status comments renewed of the changes that it carries. */
export async function refresh(
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
