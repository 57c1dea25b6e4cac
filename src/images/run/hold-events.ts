import { openContext } from "../../change/repository-context.ts";
import { UserError } from "../../model/errors.ts";
import type { HandledEvent } from "../../model/events.ts";
import { unitsOf } from "../units.ts";
import type { ImagePorts } from "./ports.ts";

/**
 * A hold began or ended: every image of the repository is evaluated again. Handles `hold.set` and `hold.ended`, which
 * are dispatched again after a crash, so that no image is missed. A repository without a usable configuration has no
 * images.
 */
export async function evaluateAfterHold(event: HandledEvent, ports: ImagePorts, signal: AbortSignal): Promise<void> {
  const { installationId, repository, defaultBranch } = event;
  const where = { installationId, repository };
  const context = await openContext(ports, where, defaultBranch, signal).catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  for (const { name } of context === undefined ? [] : unitsOf(context.config))
    await ports.queue.add({ type: "image", ...where, defaultBranch, unit: name });
}
