import { openContext } from "../../change/repository-context.ts";
import { UserError } from "../../model/errors.ts";
import type { HandledEvent } from "../../model/events.ts";
import { unitsOf } from "../units.ts";
import type { ImagePorts } from "./ports.ts";

/**
 * A hold began or ended: every image of the repository is evaluated again, and its open pull request. Handles
 * `hold.set` and `hold.ended`, which are dispatched again after a crash, so that no image is missed. A repository
 * without a usable configuration has no images.
 */
export async function evaluateAfterHold(event: HandledEvent, ports: ImagePorts, signal: AbortSignal): Promise<void> {
  const { installationId, repository, defaultBranch } = event;
  const where = { installationId, repository };
  const context = await openContext(ports, where, defaultBranch, signal).catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  if (context === undefined) return;
  for (const { name, branch } of unitsOf(context.config)) {
    await ports.queue.add({ type: "image", ...where, defaultBranch, unit: name });
    // What is held may be merged by GitHub's queue meanwhile.
    const published = context.branches.has(branch) ? await context.state.published(branch) : undefined;
    if (published !== undefined && !published.settled)
      await ports.queue.add({ type: "image-pull", ...where, pullRequest: published.pullRequest });
  }
}
