import { baseOf, openContext, type RepositoryContext } from "../../../change/repository-context.ts";
import type { CommandCall } from "../../../model/command.ts";
import { UserError } from "../../../model/errors.ts";
import { type EventKind, eventId } from "../../../model/events.ts";
import type { PullRequest } from "../../../model/github.ts";
import { type PromotionMetadata, promotionOf } from "../../text/metadata.ts";
import type { PromotionPorts } from "../ports.ts";

/** A promotion whose pull request is open. */
export interface OpenPromotion {
  readonly context: RepositoryContext;
  readonly pull: PullRequest;
  readonly metadata: PromotionMetadata;
}

/** The open promotion that the comment is on; anything else is a `refused` UserError that names the `command`. */
export async function promotionAt(ports: PromotionPorts, call: CommandCall, command: string): Promise<OpenPromotion> {
  const promotion = await findPromotion(ports, call);
  if (promotion !== undefined) return promotion;
  throw new UserError("refused", `\`${command}\` is for an open promotion pull request, and this is none`, {
    fix: "comment on the promotion itself; where its description was edited, `/retry` there first",
  });
}

/** The open promotion that the comment is on, if it is on one. */
export async function findPromotion(ports: PromotionPorts, call: CommandCall): Promise<OpenPromotion | undefined> {
  const github = await ports.github(call.installationId, call.repository);
  const pull = await github.pullRequest(call.pullRequest);
  const metadata = promotionOf(pull, ports.signer);
  if (metadata === undefined || pull.state !== "open" || pull.fork) return undefined;
  const where = { installationId: call.installationId, repository: call.repository };
  const want = [`refs/pull/${pull.number}/head`, pull.head.sha, metadata.commit];
  return { context: await openContext(ports, where, baseOf(pull), call.signal, want), pull, metadata };
}

/** What the decisions about a promotion have in common. */
export function decided(call: CommandCall, metadata: PromotionMetadata) {
  return { id: call.id, at: new Date(call.at).toISOString(), by: call.actor, environment: metadata.environment };
}

/** What the events about these decisions have in common. */
export function decidedEvent(
  { clock }: PromotionPorts,
  kind: EventKind,
  { where }: RepositoryContext,
  call: CommandCall,
  { environment, targets }: PromotionMetadata,
) {
  return {
    id: eventId(kind, where.repository, call.id),
    at: clock(),
    ...where,
    pullRequest: call.pullRequest,
    environment,
    apps: targets.map(({ app }) => app),
    actor: { kind: "person", login: call.actor } as const,
  };
}
