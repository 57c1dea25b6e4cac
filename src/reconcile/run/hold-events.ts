import type { HandledEvent } from "../../model/events.ts";
import type { ReconcilePorts } from "./ports.ts";

/** A hold began or ended: what waits is deployed, and what is under way stops. Idempotent: it adds a job. */
export async function reconcileAfterHold(event: HandledEvent, ports: Pick<ReconcilePorts, "queue">): Promise<void> {
  const { installationId, repository, defaultBranch, environment } = event;
  await ports.queue.add({ type: "reconcile", installationId, repository, defaultBranch, environment });
}
