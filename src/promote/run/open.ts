import { publishWithRetries } from "../../change/pull-request/publish-with-retries.ts";
import type { RepositoryContext } from "../../change/repository-context.ts";
import type { PullRequest } from "../../model/github.ts";
import type { PromotionPlan } from "../../model/promotion.ts";
import { type ComputedPromotion, computePromotion } from "../compute.ts";
import type { PromotionMetadata } from "../text/metadata.ts";
import { enqueueUpdates } from "./enqueue-updates.ts";
import { publishedEvent } from "./events.ts";
import type { PromotionPorts } from "./ports.ts";
import { type PromotionRequest, proposalOf } from "./proposal.ts";

/** What became of it. */
export interface PromotionResult {
  readonly plan: PromotionPlan;
  /** Absent when there is nothing to promote. */
  readonly pull?: PullRequest;
  readonly how?: "opened" | "updated" | "same";
  readonly metadata?: PromotionMetadata;
  /** What the pull request said before, where it was updated. */
  readonly before?: PromotionMetadata;
  /** The logins of those whose approval no longer counts. */
  readonly dismissed?: readonly string[];
}

/** Plans, and opens or updates the pull request; see `publishWithRetries`. Throws `Moved` where it stops then. */
export function openPromotion(
  ports: PromotionPorts,
  first: RepositoryContext,
  request: PromotionRequest,
): Promise<PromotionResult> {
  const whenMoved = request.whenMoved === "stop" ? "stop" : "replan";
  return publishWithRetries(
    ports,
    first,
    async ({ context, number, publish }) => {
      const follows = request.whenMoved === "follow" && number > 1;
      const now = follows ? { ...request, commit: context.head } : request;
      const computed = await planPromotion(ports, context, now);
      const { plan } = computed;
      if (!plan.targets.some(({ outcome }) => outcome === "planned")) return { plan };
      const published = await publish(proposalOf(ports, context, now, computed));
      const event = publishedEvent(context.where, published, ports.clock());
      if (event !== undefined) ports.events.announce(event);
      const { pull, how, now: metadata, before, dismissed } = published;
      await enqueueUpdates(ports, context.where, how === "same" ? { carried: [] } : metadata, pull.number);
      return { plan, pull, how, metadata, dismissed, ...(before === undefined ? {} : { before }) };
    },
    { want: [request.commit], whenMoved },
  );
}

/** The plan for what is asked, at the context's base. */
export function planPromotion(
  ports: PromotionPorts,
  context: RepositoryContext,
  request: PromotionRequest,
): Promise<ComputedPromotion> {
  return computePromotion({
    repository: context.repository,
    base: context.head,
    sourceCommit: request.commit,
    pairs: request.pairs,
    from: request.from,
    to: request.environment,
    allTargets: context.targets.targets,
    renderer: ports.renderer,
    signal: context.signal,
  });
}
