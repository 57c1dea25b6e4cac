import { eventId } from "../../model/events.ts";
import type { StateAddress } from "../../model/state.ts";
import type { PromotionPorts } from "./ports.ts";

/** How a proposed rollback ended without a merge. */
export interface ProposalEnd {
  readonly environment: string;
  readonly apps: readonly string[];
  readonly pullRequest: number;
  /** The branch that the environments live on. */
  readonly defaultBranch: string;
  /** A person closed it, or Sluice did. */
  readonly how: "declined" | "dropped";
  readonly reason?: string;
}

/**
 * Ends what a proposed rollback holds, and has what waited evaluated again. Idempotent: the decision is written once.
 */
export async function endProposal(
  ports: Pick<PromotionPorts, "state" | "queue" | "events" | "clock">,
  where: StateAddress,
  { environment, apps, pullRequest, defaultBranch, how, reason }: ProposalEnd,
  signal: AbortSignal,
): Promise<void> {
  const id = `proposal-${pullRequest}-${how}`;
  const at = ports.clock();
  const decision = { id, at: new Date(at).toISOString(), by: "sluice", environment, apps, pullRequest } as const;
  const why = reason === undefined ? {} : { reason };
  await ports.state.record(where, { ...decision, ...why, kind: `rollback-${how}` }, signal);
  await ports.queue.add({ type: "promotions", ...where, defaultBranch });
  for (const app of apps) {
    const event = { id: eventId("hold.ended", where.repository, id, app), at, ...where, environment, app };
    const actor = { kind: "automation", login: "sluice" } as const;
    await ports.events.dispatch({ ...event, kind: "hold.ended", defaultBranch, pullRequest, actor }, signal);
  }
}
